/* Round robin, queues, and a processor that rests. Contract: kernel/09-processes/scheduler.h */
#include "scheduler.h"

#include "gdt.h"
#include "interrupts.h"
#include "panic.h"
#include "pit.h"
#include "todo.h"

uint32_t context_prepare(uint32_t top, uint32_t keep, void (*start)(void)) {
    TODO();
    return top - keep;
}

void schedule(void) {
    TODO();
}

void scheduler_ready(struct process *process) {
    TODO();
}

void scheduler_yield(void) {
    TODO();
}

void scheduler_block(struct list *queue) {
    TODO();
}

void scheduler_wake(struct list *queue) {
    TODO();
}

void scheduler_sleep(uint32_t ticks) {
    TODO();
}

void scheduler_tick(void) {
    TODO();
}

void scheduler_idle(void) {
    TODO();
}

void scheduler_interrupt(struct trap_frame *frame, bool tick) {
    TODO();
}
