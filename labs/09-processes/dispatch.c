/* What comes in from ring 3: calls and mistakes. Contract: kernel/09-processes/dispatch.h */
#include "dispatch.h"

#include "process.h"
#include "todo.h"

void trap_syscall(struct trap_frame *frame) {
    TODO();
}

void trap_exception(struct trap_frame *frame) {
    TODO();
    trap_unregister(frame->vector); /* so that the kernel's own exceptions are seen */
    trap_dispatch(frame);
}

void process_end(const struct trap_frame *frame, uint32_t address) {
    TODO();
    process_exit(STATUS_CODE);
}
