/* The scheduler: who runs next. Graded: exercises 1 and 2.
 *
 *     run_queue          first                     last
 *     +------+          +-------+     +-------+   +-------+
 *     | head | <------> | READY | <-> | READY |<->| READY | <--- preempted, woken, new
 *     +------+          +-------+     +-------+   +-------+
 *                           |  schedule()
 *                           v
 *                      current_process
 *
 * Round robin: who is ready waits in run_queue, first come, first served; a process runs until it
 * blocks or yields, or an interrupt comes while it is in ring 3. Process 0 is in the queue as the
 * others are, and never blocks: whenever another one runs, run_queue is not empty.
 *
 * All may be called with interrupts on or off (process 0 has them on), and leave that as it was.
 */
#ifndef MIROIR_SCHEDULER_H
#define MIROIR_SCHEDULER_H

#include <stdint.h>

#include "list.h"
#include "process.h"

extern struct list run_queue; /* of the processes that are READY, by their field `queue` */
extern struct list sleepers;  /* of those that sleep; the order is left open */

/* ---- Switching: exercise 1 ---- */

/* Saves what a C function must preserve (EBX, ESI, EDI, EBP) on the stack, and ESP in *SAVED; then
 * goes on with the stack at NEXT, where that has been saved before: so it returns to whoever called
 * it when NEXT was saved. In switch.asm. Called with interrupts off. */
void context_switch(uint32_t *saved, uint32_t next);

/* Lays on the stack whose first byte after its end is TOP (a multiple of 4) what makes
 * context_switch() "return" to START, a function that never returns; the four registers are 0, so
 * that a backtrace ends there. Returns the value for NEXT. Below TOP, KEEP bytes (a multiple of 4)
 * stay as they are. */
uint32_t context_prepare(uint32_t top, uint32_t keep, void (*start)(void));

/* Gives the processor to the first process of run_queue, which is not empty. The caller has put
 * current_process where it belongs (a queue; a zombie is in none). Takes the other one out of the
 * queue, makes it current and RUNNING, its address space the one in use, and the end of its kernel
 * stack esp0 of kernel_tss (process 0's is never needed), and switches. Returns when the process
 * that called has the processor again. */
void schedule(void);

/* Appends PROCESS, which is in no queue, to run_queue as READY. */
void scheduler_ready(struct process *process);

/* Lets all that are READY now run before the current process goes on: puts it at the end of
 * run_queue and calls schedule(). Returns at once if nobody else is READY. */
void scheduler_yield(void);

/* ---- Queues: exercise 2 ---- */

/* Appends the current process to QUEUE as BLOCKED, and calls schedule(). Who is woken looks whether
 * what it waited for is there, and waits again if not. Process 0 does not block: for it, this is
 * scheduler_idle(). */
void scheduler_block(struct list *queue);

/* Makes all processes in QUEUE (linked by their field `queue`) ready, in their order. */
void scheduler_wake(struct list *queue);

/* Blocks the current process, in `sleepers`, until the clock (pit_ticks()) has gone on by TICKS.
 * 0: as scheduler_yield(). Not for process 0. */
void scheduler_sleep(uint32_t ticks);

/* At every tick that finds the processor in ring 3 or idle: makes those sleepers ready whose
 * wake_tick has come (pit_ticks() goes round after 2^32: what counts is the difference). Called
 * through scheduler_on_tick, with interrupts off. */
void scheduler_tick(void);
extern void (*scheduler_on_tick)(void);

/* How many interrupts of devices have come. Counted by the kit, in the handlers. */
extern volatile uint32_t scheduler_interrupts;

/* What process 0 does when it has nothing to do, once. If another one is READY: yields. Otherwise
 * halts the processor (`sti; hlt`) until an interrupt comes; but if one has come since the last
 * scheduler_idle() returned, that one may have brought work: returns at once. When it has been halted
 * and the clock has gone on, calls scheduler_on_tick. Nothing here waits in a loop. */
void scheduler_idle(void);

/* Called by the kit for each interrupt of a device, after it has been counted, with interrupts off;
 * TICK says whether it was the clock's. In ring 0 (where only process 0 can be interrupted) does
 * nothing. In ring 3: after a tick, calls scheduler_on_tick; after any other, process 0 goes to the
 * front of run_queue, because it serves the devices; then the interrupted process yields. */
void scheduler_interrupt(struct trap_frame *frame, bool tick);

#endif
