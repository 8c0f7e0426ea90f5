; Where the processor enters the kernel: one stub for each vector. Contract: kernel/02-traps/trap.h

bits 32

global trap_stubs
global trap_return
; BEGIN SOLUTION
;| extern trap_unwritten
extern trap_dispatch

KERNEL_DATA equ 0x10                    ; SELECTOR_KERNEL_DATA (gdt.h)

; The vectors for which the processor pushes an error code.
%define HAS_ERROR(v) ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || (v) == 29 || (v) == 30)
; END SOLUTION

section .text
; BEGIN SOLUTION
;| ; The stubs, the common code and trap_return go here. Until then, every vector leads to:
;| unwritten:
;|     push dword __?LINE?__
;|     push dword this_file
;|     call trap_unwritten
;|
;| trap_return:
;|     jmp unwritten
%assign vector 0
%rep 256
stub_%+vector:
%if !HAS_ERROR(vector)
    push dword 0
%endif
    push dword vector
    jmp complete_frame
%assign vector vector + 1
%endrep

; In: a struct trap_frame from `vector` on. EBP still is the stopped code's: a backtrace goes on
; there.
complete_frame:
    pusha
    push ds
    push es
    push fs
    push gs
    mov eax, KERNEL_DATA
    mov ds, eax
    mov es, eax
    mov fs, eax
    mov gs, eax
    cld
    push esp
    call trap_dispatch
    add esp, 4
restore:
    pop gs
    pop fs
    pop es
    pop ds
    popa
    add esp, 8                          ; vector and error code
    iret

trap_return:
    mov esp, [esp + 4]
    jmp restore
; END SOLUTION

section .rodata align=4
; The address of each vector's stub, in order.
trap_stubs:
; BEGIN SOLUTION
;|     times 256 dd unwritten
;| this_file: db __?FILE?__, 0
%assign vector 0
%rep 256
    dd stub_%+vector
%assign vector vector + 1
%endrep
; END SOLUTION
