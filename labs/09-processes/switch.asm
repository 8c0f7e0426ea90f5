; From one stack to another. Contract: kernel/09-processes/scheduler.h

bits 32

global context_switch
extern trap_unwritten

section .text

context_switch:
    push dword __?LINE?__
    push dword this_file
    call trap_unwritten

section .rodata
this_file: db __?FILE?__, 0
