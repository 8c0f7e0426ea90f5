/* Different but right: a new stack is a struct, sleepers are sorted by the time when they wake, and
 * who is woken goes through one function. */
#include "scheduler.h"

#include "gdt.h"
#include "interrupts.h"
#include "pit.h"

/* What context_switch() finds on a stack that was never left. */
struct fresh {
    uint32_t edi, esi, ebx, ebp;
    void (*start)(void);
    uint32_t nowhere;
};

uint32_t context_prepare(uint32_t top, uint32_t keep, void (*start)(void)) {
    struct fresh *fresh = (struct fresh *)(top - keep) - 1;
    *fresh = (struct fresh){.start = start};
    return (uint32_t)fresh;
}

static struct process *process_at(struct list *link) {
    return list_element(link, struct process, queue);
}

void schedule(void) {
    struct process *old = current_process;
    bool were_on = interrupts_save();
    current_process = process_at(run_queue.next);
    list_remove(&current_process->queue);
    current_process->state = PROCESS_RUNNING;
    if (current_process != old) {
        kernel_tss.esp0 = current_process->stack + KERNEL_STACK_SIZE;
        mspace_switch(current_process->mspace);
        context_switch(&old->esp, current_process->esp);
    }
    interrupts_restore(were_on);
}

/* Puts PROCESS right before PLACE in a queue. */
static void enqueue(struct process *process, struct list *place, enum process_state state) {
    process->state = state;
    list_insert_before(place, &process->queue);
}

void scheduler_ready(struct process *process) {
    enqueue(process, &run_queue, PROCESS_READY);
}

void scheduler_yield(void) {
    if (!list_empty(&run_queue)) {
        scheduler_ready(current_process);
        schedule();
    }
}

void scheduler_block(struct list *queue) {
    if (current_process->pid == 0) {
        scheduler_idle();
    } else {
        enqueue(current_process, queue, PROCESS_BLOCKED);
        schedule();
    }
}

static void wake(struct list *link) {
    list_remove(link);
    scheduler_ready(process_at(link));
}

void scheduler_wake(struct list *queue) {
    while (!list_empty(queue))
        wake(queue->next);
}

static int32_t ticks_until(const struct process *sleeper) {
    return (int32_t)(sleeper->wake_tick - pit_ticks());
}

void scheduler_sleep(uint32_t ticks) {
    if (!ticks) {
        scheduler_yield();
        return;
    }
    current_process->wake_tick = pit_ticks() + ticks;
    struct list *place = sleepers.next;
    while (place != &sleepers && ticks_until(process_at(place)) <= (int32_t)ticks)
        place = place->next;
    scheduler_block(place);
}

void scheduler_tick(void) {
    struct list *link = sleepers.next;
    while (link != &sleepers) {
        struct list *next = link->next;
        if (ticks_until(process_at(link)) <= 0)
            wake(link);
        link = next;
    }
}

void scheduler_idle(void) {
    static uint32_t known;
    bool were_on = interrupts_save();
    uint32_t before = pit_ticks();
    if (!list_empty(&run_queue))
        scheduler_yield();
    else if (known == scheduler_interrupts)
        __asm__ volatile("sti\n\thlt\n\tcli" : : : "memory");
    known = scheduler_interrupts;
    if (before != pit_ticks())
        scheduler_on_tick();
    interrupts_restore(were_on);
}

void scheduler_interrupt(struct trap_frame *frame, bool tick) {
    if (frame->cs % 4 != 3)
        return;
    if (tick)
        scheduler_on_tick();
    else if (boot_process.state == PROCESS_READY) {
        list_remove(&boot_process.queue);
        list_prepend(&run_queue, &boot_process.queue);
    }
    scheduler_yield();
}
