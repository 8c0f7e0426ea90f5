/* Round robin, queues, and a processor that rests. Contract: kernel/09-processes/scheduler.h */
#include "scheduler.h"

#include "gdt.h"
#include "interrupts.h"
#include "panic.h"
#include "pit.h"
#include "todo.h"

uint32_t context_prepare(uint32_t top, uint32_t keep, void (*start)(void)) {
    // BEGIN SOLUTION
    //| TODO();
    //| return top - keep;
    uint32_t *stack = (uint32_t *)(top - keep);
    *--stack = 0; /* where START would return to: a backtrace ends there */
    *--stack = (uint32_t)start;
    for (int i = 0; i < 4; i++)
        *--stack = 0;
    return (uint32_t)stack;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Makes NEXT the current process, in its address space. */
static void take_over(struct process *next) {
    list_remove(&next->queue);
    next->state = PROCESS_RUNNING;
    current_process = next;
    if (next->mspace != mspace_current)
        mspace_switch(next->mspace);
    kernel_tss.esp0 = next->stack + KERNEL_STACK_SIZE;
}
// END SOLUTION

void schedule(void) {
    // BEGIN SOLUTION
    //| TODO();
    bool were_on = interrupts_save();
    ASSERT(!list_empty(&run_queue));
    struct process *previous = current_process;
    struct process *next = list_element(run_queue.next, struct process, queue);
    take_over(next);
    if (next != previous)
        context_switch(&previous->esp, next->esp);
    interrupts_restore(were_on);
    // END SOLUTION
}

void scheduler_ready(struct process *process) {
    // BEGIN SOLUTION
    //| TODO();
    process->state = PROCESS_READY;
    list_append(&run_queue, &process->queue);
    // END SOLUTION
}

void scheduler_yield(void) {
    // BEGIN SOLUTION
    //| TODO();
    if (list_empty(&run_queue))
        return;
    scheduler_ready(current_process);
    schedule();
    // END SOLUTION
}

void scheduler_block(struct list *queue) {
    // BEGIN SOLUTION
    //| TODO();
    if (current_process == &boot_process) {
        scheduler_idle();
        return;
    }
    current_process->state = PROCESS_BLOCKED;
    list_append(queue, &current_process->queue);
    schedule();
    // END SOLUTION
}

void scheduler_wake(struct list *queue) {
    // BEGIN SOLUTION
    //| TODO();
    while (!list_empty(queue)) {
        struct process *process = list_element(queue->next, struct process, queue);
        list_remove(&process->queue);
        scheduler_ready(process);
    }
    // END SOLUTION
}

void scheduler_sleep(uint32_t ticks) {
    // BEGIN SOLUTION
    //| TODO();
    if (!ticks) {
        scheduler_yield();
        return;
    }
    current_process->wake_tick = pit_ticks() + ticks;
    scheduler_block(&sleepers);
    // END SOLUTION
}

void scheduler_tick(void) {
    // BEGIN SOLUTION
    //| TODO();
    uint32_t now = pit_ticks();
    for (struct list *link = sleepers.next, *next; link != &sleepers; link = next) {
        struct process *sleeper = list_element(link, struct process, queue);
        next = link->next;
        if ((int32_t)(now - sleeper->wake_tick) >= 0) {
            list_remove(link);
            scheduler_ready(sleeper);
        }
    }
    // END SOLUTION
}

// BEGIN SOLUTION
/* Halts the processor until an interrupt comes. `sti` lets none in before the next instruction: so
 * none can come in between, and be slept through. */
static void halt(void) {
    uint32_t before = pit_ticks();
    __asm__ volatile("sti; hlt; cli" : : : "memory");
    if (pit_ticks() != before)
        scheduler_on_tick();
}
// END SOLUTION

void scheduler_idle(void) {
    // BEGIN SOLUTION
    //| TODO();
    static uint32_t seen;
    bool were_on = interrupts_save();
    if (!list_empty(&run_queue))
        scheduler_yield();
    else if (scheduler_interrupts == seen)
        halt();
    seen = scheduler_interrupts;
    interrupts_restore(were_on);
    // END SOLUTION
}

void scheduler_interrupt(struct trap_frame *frame, bool tick) {
    // BEGIN SOLUTION
    //| TODO();
    if ((frame->cs & 3) != 3)
        return;
    if (tick) {
        scheduler_on_tick();
    } else {
        list_remove(&boot_process.queue);
        list_prepend(&run_queue, &boot_process.queue);
    }
    scheduler_yield();
    // END SOLUTION
}
