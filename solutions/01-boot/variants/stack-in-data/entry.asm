; Different but right: the stack is part of the image, outside .bss; the header comes last in its
; section; other registers hold the arguments, and a loop clears.

bits 32

global _start, boot_stack_bottom, boot_stack_top
extern kernel_main, bss_start, bss_end

section .multiboot align=4
    times 5 dd 0x90909090               ; the header may lie anywhere in the first 8 KiB
    dd 0x1badb002, 3, -0x1badb005

section .data align=16
boot_stack_bottom:
    times 16384 db 0xcc
boot_stack_top:

section .text
_start:
    cli
    cld
    mov esp, boot_stack_top - 16        ; a little room left free
    mov esi, eax
    mov edx, bss_start
clear:
    cmp edx, bss_end
    jae clean
    mov byte [edx], 0
    inc edx
    jmp clear
clean:
    sub esp, 8
    mov [esp + 4], ebx
    mov [esp], esi
    mov ebp, 0
    call kernel_main
forever:
    cli
    hlt
    jmp forever
