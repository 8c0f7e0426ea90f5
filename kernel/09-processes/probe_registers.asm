; Whether context_switch() preserves what a C function must. For probe_threads.c

bits 32

global probe_switch_registers, probe_elsewhere, probe_elsewhere_esp
extern context_switch

section .text

; uint32_t probe_switch_registers(uint32_t value): fills the four registers with values made of VALUE,
; switches to probe_elsewhere and back, and returns how many are different then.
probe_switch_registers:
    push ebp
    push ebx
    push esi
    push edi
    mov ebx, [esp + 20]
    push ebx
    lea esi, [ebx + 1]
    lea edi, [ebx + 2]
    lea ebp, [ebx + 3]
    push dword [probe_elsewhere_esp]
    push dword here_esp
    call context_switch
    add esp, 8
    pop edx
    xor eax, eax
    cmp ebx, edx
    setne al
%macro count_if_not_next 1
    inc edx
    xor ecx, ecx
    cmp %1, edx
    setne cl
    add eax, ecx
%endmacro
    count_if_not_next esi
    count_if_not_next edi
    count_if_not_next ebp
    pop edi
    pop esi
    pop ebx
    pop ebp
    ret

; Where others run meanwhile: has the four registers for itself, and switches back.
probe_elsewhere:
    mov ebx, -1
    mov esi, ebx
    mov edi, ebx
    mov ebp, ebx
    push dword [here_esp]
    push dword probe_elsewhere_esp
    call context_switch
    jmp probe_elsewhere

section .bss align=4
here_esp: resd 1
probe_elsewhere_esp: resd 1
