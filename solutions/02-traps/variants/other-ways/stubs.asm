; Stubs of 16 bytes each, the table computed; registers saved one by one.

bits 32

global trap_stubs
global trap_return
extern trap_dispatch

ERRORS equ 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | 1 << 21 | 1 << 29 | 1 << 30

section .text
trap_return:
    add esp, 4
    pop esp
back:
    pop gs
    pop fs
    pop es
    pop ds
    pop edi
    pop esi
    pop ebp
    add esp, 4
    pop ebx
    pop edx
    pop ecx
    pop eax
    lea esp, [esp + 8]
    iretd

save:
    push eax
    push ecx
    push edx
    push ebx
    push 0
    push ebp
    push esi
    push edi
    push ds
    push es
    push fs
    push gs
    mov ebx, esp
    mov ecx, ss
    and esp, ~15
    mov ax, 0x10
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    cld
    sub esp, 12
    push ebx
    call trap_dispatch
    mov esp, ebx                        ; trap_dispatch, being C, keeps EBX
    jmp back

align 16
stubs:
%assign v 0
%rep 256
    %if v >= 32 || !(ERRORS >> v & 1)
    push byte 0
    %endif
    push dword v
    jmp near save
    align 16
    %assign v v + 1
%endrep

section .data align=16
trap_stubs:
%assign v 0
%rep 256
    dd stubs + 16 * v
    %assign v v + 1
%endrep
