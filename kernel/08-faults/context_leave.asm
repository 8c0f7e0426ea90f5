; Two ways out of a context, for context.c: by returning, and by a trap that returns somewhere else.

bits 32

global context_call
global context_leave

section .text
; int context_call(uint32_t *ebp, context_fn function, void *argument)
context_call:
    push ebp
    mov ebp, esp
    push ebx
    push esi
    push edi
    pushfd
    mov eax, [ebp + 8]
    mov [eax], ebp
    push dword [ebp + 16]
    call [ebp + 12]
context_leave:                          ; wherever ESP is: what it needs is found from EBP
    lea esp, [ebp - 16]
    popfd
    pop edi
    pop esi
    pop ebx
    pop ebp
    ret
