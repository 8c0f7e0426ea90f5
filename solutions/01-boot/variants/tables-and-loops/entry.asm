; Different but right: the stack is cleared together with everything else, a word at a time, and
; the arguments wait in registers that no instruction here uses.

bits 32

global _start, boot_stack_bottom, boot_stack_top
extern kernel_main, bss_start, bss_end

%define MAGIC 0x1badb002
%define WANTED 11b

section .multiboot align=4
header:
    dd MAGIC, WANTED, (1 << 32) - MAGIC - WANTED

section .bss align=16
boot_stack_bottom:
    resd 4096
boot_stack_top:

section .text
_start:
    xor ebp, ebp
    cld
    lea esp, [boot_stack_top]
    xchg eax, esi
    lea edi, [bss_start]
    mov ecx, bss_end
    sub ecx, edi
    shr ecx, 2
    xor eax, eax
    rep stosd
    push eax                            ; keeps the arguments at a multiple of 16
    push eax
    push ebx
    push esi
    call kernel_main
.stop:
    hlt
    jmp .stop
