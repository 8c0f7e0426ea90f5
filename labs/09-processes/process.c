/* Processes: their beginnings, ends, and children. Contract: kernel/09-processes/process.h */
#include "process.h"

#include "errno.h"
#include "gdt.h"
#include "interrupts.h"
#include "kernel_stack.h"
#include "panic.h"
#include "scheduler.h"
#include "slabs.h"
#include "string.h"
#include "todo.h"

int process_spawn(const char *name, thread_fn thread, void *argument, struct process **process) {
    TODO();
    return -ENOSYS;
}

struct process *process_find(uint32_t pid) {
    TODO();
    return NULL;
}

struct trap_frame *process_frame(const struct process *process) {
    TODO();
    return NULL;
}

void user_frame(struct trap_frame *frame, uint32_t eip, uint32_t esp) {
    TODO();
}

void process_exit(int32_t code) {
    TODO();
    panic("process_exit() is still to be written");
}

int process_kill(struct process *process, int32_t status) {
    TODO();
    return -ENOSYS;
}

int process_reap(uint32_t pid, int32_t *status) {
    TODO();
    return -ENOSYS;
}

int process_wait(uint32_t pid, int32_t *status) {
    TODO();
    return -ENOSYS;
}

int process_fork(void) {
    TODO();
    return -ENOSYS;
}
