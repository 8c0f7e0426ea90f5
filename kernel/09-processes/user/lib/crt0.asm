; Where every user program starts: the kernel has put argc and argv on the stack (exec.h).

bits 32

global _start
extern main, exit

section .text
_start:
    xor ebp, ebp
    call main
    push eax
    call exit
