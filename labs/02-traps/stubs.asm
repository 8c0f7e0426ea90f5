; Where the processor enters the kernel: one stub for each vector. Contract: kernel/02-traps/trap.h

bits 32

global trap_stubs
global trap_return
extern trap_unwritten

section .text
; The stubs, the common code and trap_return go here. Until then, every vector leads to:
unwritten:
    push dword __?LINE?__
    push dword this_file
    call trap_unwritten

trap_return:
    jmp unwritten

section .rodata align=4
; The address of each vector's stub, in order.
trap_stubs:
    times 256 dd unwritten
this_file: db __?FILE?__, 0
