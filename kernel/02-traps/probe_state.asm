; Running a piece of code with chosen registers, and causing traps. Contract: probe_state.h
;
; What follows reads memory through SS, the one segment register that is always the kernel's.

bits 32

DOUBLE_FAULT equ 0x30
WORDS equ 13                            ; MACHINE_STATE_WORDS
EFLAGS_TRAP equ 0x100

extern trap_return

section .text

global machine_run
machine_run:                            ; (state, cause)
    push ebp
    mov ebp, esp
    pusha
    pushf
    mov esi, [ebp + 8]
    push esi                            ; where the result goes
    push dword [ebp + 12]
    sub esp, WORDS * 4
    mov edi, esp
    mov ecx, WORDS
    rep movsd
    pop gs
    pop fs
    pop es
    pop ds
    popa
    popf
    call [esp]
    pushf
    pusha
    push ds
    push es
    push fs
    push gs
    mov ax, ss
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    cld
    mov esi, esp
    mov edi, [esp + 4 * (WORDS + 1)]
    mov ecx, WORDS
    rep movsd
    add esp, 4 * (WORDS + 2)
    popf
    popa
    pop ebp
    ret

; The causes of exceptions. Each ends in the instruction at fault and a return.

cause_divide:
.fault:
    div dword [ss:zero]
.resume:
    ret

cause_debug:
    pushf
    or dword [esp], EFLAGS_TRAP
    popf
    nop                                 ; the trap comes after it
.fault:
.resume:
    ret

cause_breakpoint:
    int3
.fault:
.resume:
    ret

cause_overflow:
    push eax
    mov al, 0x7f
    inc al
    pop eax
    into
.fault:
.resume:
    ret

cause_bound:
.fault:
    bound eax, [ss:bounds]
.resume:
    ret

cause_opcode:
.fault:
    ud2
.resume:
    ret

cause_no_fpu:                           ; the caller has set CR0.TS
.fault:
    fnop
.resume:
    ret

cause_tss:
.fault:
    jmp DOUBLE_FAULT:0
.resume:
    ret

cause_selector:
.fault:
    mov ds, [ss:trap_cause_selector]
.resume:
    ret

cause_stack:
.fault:
    mov ss, [ss:trap_cause_selector]
.resume:
    ret

cause_fpu:                              ; the caller has set CR0.NE
    fninit
    fldcw [ss:fpu_control]
    fld1
    fldz
    fdivp
.fault:
    fwait
.resume:
    fninit
    ret

global trap_int_table
align 4
trap_int_table:
%assign vector 0
%rep 256
    db 0xcd, vector
    ret
    nop
%assign vector vector + 1
%endrep

global trap_enter_without_error
trap_enter_without_error:
    pushf
    cli
    push cs
    push dword .back
    jmp [ss:trap_enter_stub]
.back:
    ret

global trap_enter_with_error
trap_enter_with_error:
    pushf
    cli
    push cs
    push dword .back
    push dword [ss:trap_enter_error]
    jmp [ss:trap_enter_stub]
.back:
    ret

global trap_return_cause
trap_return_cause:
    cli
    mov eax, [ss:trap_return_state]
    push dword [ss:eax + 4 * 12]
    push cs
    push dword .back
    push dword 0
    push dword 0
%assign word 11
%rep 12
    push dword [ss:eax + 4 * word]
%assign word word - 1
%endrep
    mov eax, esp
    times 4 push dword -1               ; the frame need not lie right behind the argument
    push eax
    call trap_return
.back:
    ret

ELSEWHERE_CODE equ 0x38
ELSEWHERE_DATA equ 0x40

global segments_elsewhere
segments_elsewhere:
    lgdt [elsewhere]
    jmp ELSEWHERE_CODE:.inside
.inside:
    mov eax, ELSEWHERE_DATA
    mov ds, eax
    mov es, eax
    mov fs, eax
    mov gs, eax
    mov ss, eax
    ret

global stack_break
stack_break:                            ; (esp)
    mov esp, [esp + 4]
    mov eax, 0x1230                     ; beyond the end of the table
    mov ds, eax
    jmp $

global countdown
countdown:
    dec dword [ss:countdown_left]
    jnz countdown
    ret

section .rodata align=8

%macro cause 2
    dd %1, cause_%2, cause_%2.fault, cause_%2.resume
%endmacro

global trap_causes
trap_causes:
    cause 0, divide
    cause 1, debug
    cause 3, breakpoint
    cause 4, overflow
    cause 5, bound
    cause 6, opcode
    cause 7, no_fpu
    cause 10, tss
    cause 11, selector
    cause 12, stack
    cause 13, selector
    cause 16, fpu
causes_end:

global trap_cause_count
trap_cause_count: dd (causes_end - trap_causes) / 16

zero: dd 0
bounds: dd 1, 0                         ; no number is both at least 1 and at most 0
fpu_control: dw 0x037b                  ; a division by zero is an exception

align 8
elsewhere_table:
    times ELSEWHERE_CODE / 8 dq 0
    dq 0x00cf9b000000ffff
    dq 0x00cf93000000ffff
elsewhere_end:
elsewhere:
    dw elsewhere_end - elsewhere_table - 1
    dd elsewhere_table

section .bss align=4

global trap_cause_selector
global trap_enter_stub
global trap_enter_error
global trap_return_state
global countdown_left
trap_cause_selector: resd 1
trap_enter_stub: resd 1
trap_enter_error: resd 1
trap_return_state: resd 1
countdown_left: resd 1
