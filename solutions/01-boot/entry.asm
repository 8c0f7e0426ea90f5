; Where the boot loader hands over to the kernel. Contract: kernel/01-boot/entry.h

bits 32

global _start
global boot_stack_bottom
global boot_stack_top
extern kernel_main
extern bss_start
extern bss_end

BOOT_STACK_SIZE equ 16384

section .multiboot align=4
; The header: three words whose sum is 0 (exercise 1).
; BEGIN SOLUTION
MAGIC equ 0x1badb002
FLAGS equ 1 << 0 | 1 << 1               ; modules on page boundaries, and the memory map
    dd MAGIC
    dd FLAGS
    dd -(MAGIC + FLAGS)
; END SOLUTION

section .bss align=16
boot_stack_bottom:
    resb BOOT_STACK_SIZE
boot_stack_top:

section .text
; In: EAX = magic, EBX = address of the boot information (exercise 2).
_start:
; BEGIN SOLUTION
    cld
    mov esp, boot_stack_top
    mov edx, eax                        ; rep stosb wants EAX, ECX and EDI
    xor eax, eax
    mov edi, bss_start
    mov ecx, bss_end
    sub ecx, edi
    rep stosb                           ; the stack lies in there: nothing is on it yet
    xor ebp, ebp
    push ebx
    push edx
    call kernel_main
; END SOLUTION
stop:
    cli
    hlt
    jmp stop
