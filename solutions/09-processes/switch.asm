; From one stack to another. Contract: kernel/09-processes/scheduler.h

bits 32

global context_switch
; BEGIN SOLUTION
;| extern trap_unwritten
; END SOLUTION

section .text

context_switch:
; BEGIN SOLUTION
;|     push dword __?LINE?__
;|     push dword this_file
;|     call trap_unwritten
;|
;| section .rodata
;| this_file: db __?FILE?__, 0
    mov eax, [esp + 4]                  ; saved
    mov edx, [esp + 8]                  ; next
    push ebp
    push ebx
    push esi
    push edi
    mov [eax], esp
    mov esp, edx
    pop edi
    pop esi
    pop ebx
    pop ebp
    ret
; END SOLUTION
