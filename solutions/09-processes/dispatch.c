/* What comes in from ring 3: calls and mistakes. Contract: kernel/09-processes/dispatch.h */
#include "dispatch.h"

#include "process.h"
#include "todo.h"

void trap_syscall(struct trap_frame *frame) {
    // BEGIN SOLUTION
    //| TODO();
    struct syscall call = {frame->eax,
                           {frame->ebx, frame->ecx, frame->edx, frame->esi, frame->edi}};
    frame->eax = (uint32_t)syscall_dispatch(&call);
    // END SOLUTION
}

void trap_exception(struct trap_frame *frame) {
    // BEGIN SOLUTION
    //| TODO();
    //| trap_unregister(frame->vector); /* so that the kernel's own exceptions are seen */
    //| trap_dispatch(frame);
    if ((frame->cs & 3) == 3)
        process_end(frame, 0);
    trap_unregister(frame->vector);
    trap_dispatch(frame);
    // END SOLUTION
}

void process_end(const struct trap_frame *frame, uint32_t address) {
    // BEGIN SOLUTION
    //| TODO();
    //| process_exit(STATUS_CODE);
    process_report(frame, address);
    process_kill(current_process, STATUS_KILLED + (int32_t)frame->vector);
    __builtin_unreachable();
    // END SOLUTION
}
