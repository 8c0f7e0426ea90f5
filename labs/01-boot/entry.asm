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

section .bss align=16
boot_stack_bottom:
    resb BOOT_STACK_SIZE
boot_stack_top:

section .text
; In: EAX = magic, EBX = address of the boot information (exercise 2).
_start:
stop:
    cli
    hlt
    jmp stop
