/* Commands that start kernel threads, and tell what they did and when. */
#include <stddef.h>

#include "errno.h"
#include "gdt.h"
#include "interrupts.h"
#include "io.h"
#include "pit.h"
#include "probe.h"
#include "probe_processes.h"
#include "scheduler.h"

#define LOG_SIZE 256

/* What threads have noted, in order. */
static struct { uint32_t pid, value; } noted[LOG_SIZE];
static uint32_t noted_count;

static struct list waiting = LIST_EMPTY(waiting);

static void note(uint32_t value) {
    if (noted_count < LOG_SIZE) {
        noted[noted_count].pid = current_process->pid;
        noted[noted_count++].value = value;
    }
}

/* Starts a thread that calls FUNCTION with the number that CALL was given, and answers its pid. */
static int start(struct probe_call *call, const char *name, thread_fn function) {
    struct process *process;
    int error = process_spawn(name, function, (void *)(uint32_t)call->number[0], &process);
    if (!error)
        probe_hex(call, process->pid);
    return error;
}

static void yield_often(void *times) {
    for (uint32_t i = 0; i < (uint32_t)times; i++) {
        note(i);
        scheduler_yield();
    }
}

PROBE(thread_yield, "times", "starts a thread that notes a number and yields, so often: its pid") {
    return start(call, "yield", yield_often);
}

static void sleep_once(void *ticks) {
    uint32_t before = pit_ticks();
    scheduler_sleep((uint32_t)ticks);
    note(pit_ticks() - before);
}

PROBE(thread_sleep, "ticks",
      "starts a thread that sleeps, and notes how many ticks came: its pid") {
    return start(call, "sleep", sleep_once);
}

static void block_once(void *value) {
    scheduler_block(&waiting);
    note((uint32_t)value);
}

PROBE(thread_block, "value", "starts a thread that blocks, then notes a value: its pid") {
    return start(call, "block", block_once);
}

PROBE(thread_wake, "", "wakes the threads of thread_block") {
    scheduler_wake(&waiting);
    return 0;
}

static void exit_with(void *code) {
    process_exit((int32_t)code);
}

PROBE(thread_exit, "code", "starts a thread that calls process_exit(): its pid") {
    return start(call, "exit", exit_with);
}

static void note_start(void *value) {
    uint32_t place;
    note((uint32_t)value);
    note((uint32_t)&place);
    note(interrupts_are_on());
}

PROBE(thread_start, "value",
      "starts a thread that notes its argument, where its stack is, whether interrupts are on") {
    return start(call, "a name of more than sixteen characters", note_start);
}

static void exit_later(void *code) {
    scheduler_yield();
    process_exit((int32_t)code);
}

static uint32_t spawn_child(thread_fn thread, int32_t code) {
    struct process *process;
    return process_spawn("child", thread, (void *)code, &process) ? 0 : process->pid;
}

static void note_wait(uint32_t pid) {
    int32_t status = 0;
    note((uint32_t)process_wait(pid, &status));
    note((uint32_t)status);
}

static void be_parent(void *code) {
    spawn_child(exit_with, (int32_t)code);
    note_wait(spawn_child(exit_later, (int32_t)code + 1));
    note_wait(0);
    note_wait(0);
}

PROBE(thread_parent, "code",
      "starts a thread with two children, of which the second ends later; it waits for that one, "
      "for any, for any, and notes what process_wait() returned, and the status: its pid") {
    return start(call, "parent", be_parent);
}

/* What comes while a thread runs in the place of a program. */
enum { FROM_RING_3 = 1, TICK = 2 };

static void be_interrupted(void *how) {
    struct trap_frame frame = {.cs = (uint32_t)how & FROM_RING_3 ? SELECTOR_USER_CODE
                                                                 : SELECTOR_KERNEL_CODE};
    note(0);
    scheduler_interrupt(&frame, (uint32_t)how & TICK);
    note(1);
}

PROBE(thread_interrupt, "how",
      "starts a thread that calls scheduler_interrupt(), as from ring 3 (1), for a tick (2), and "
      "notes 0 before and 1 after it: its pid") {
    return start(call, "interrupt", be_interrupted);
}

PROBE(context_prepare, "",
      "the registers that it lays on a stack, EDI first, and the one in KEEP") {
    static uint32_t stack[64];
    for (uint32_t i = 0; i < 64; i++)
        stack[i] = i;
    const uint32_t *saved =
        (const uint32_t *)context_prepare((uint32_t)(stack + 64), sizeof *stack, probe_elsewhere);
    for (uint32_t i = 0; i < 4; i++)
        probe_hex(call, saved[i]);
    probe_hex(call, stack[63]);
    return 0;
}

PROBE(context_switch, "value times",
      "switches to another stack and back: how many of EBX, ESI, EDI and EBP changed, in all") {
    static uint32_t stack[1024];
    uint32_t changed = 0;
    bool were_on = interrupts_save();
    probe_elsewhere_esp = context_prepare((uint32_t)(stack + 1024), 16, probe_elsewhere);
    for (uint32_t i = 0; i < call->number[1]; i++)
        changed += probe_switch_registers((uint32_t)call->number[0] + i * 0x1000);
    interrupts_restore(were_on);
    probe_hex(call, changed);
    return 0;
}

static int overflow(int depth) {
    volatile char room[256];
    room[0] = (char)depth;
    return depth < 0 ? 0 : overflow(depth + 1) + room[0];
}

static void overflow_stack(void *depth) {
    overflow((int)depth);
}

PROBE(thread_overflow, "", "starts a thread whose stack overflows: its pid") {
    return start(call, "overflow", overflow_stack);
}

PROBE(thread_log, "", "what threads have noted since the last time: pid and value of each") {
    for (uint32_t i = 0; i < noted_count; i++) {
        probe_hex(call, noted[i].pid);
        probe_hex(call, noted[i].value);
    }
    noted_count = 0;
    return 0;
}

PROBE(kernel_invalid, "", "executes an invalid instruction in the kernel") {
    __asm__ volatile("ud2");
    return 0;
}

PROBE(scheduler_idle, "times", "calls scheduler_idle() so often: how many ticks came meanwhile") {
    uint32_t before = pit_ticks();
    for (uint32_t i = 0; i < call->number[0]; i++)
        scheduler_idle();
    probe_hex(call, pit_ticks() - before);
    return 0;
}

/* How often FUNCTION has changed whether interrupts are on. */
static uint32_t changes(void (*function)(void)) {
    uint32_t count = 0;
    bool were_on = interrupts_save();
    function();
    count += interrupts_are_on();
    interrupts_on();
    function();
    count += !interrupts_are_on();
    interrupts_restore(were_on);
    return count;
}

PROBE(scheduler_changes, "",
      "calls scheduler_yield() and scheduler_idle() with interrupts off, then on: how often each "
      "has changed that") {
    probe_hex(call, changes(scheduler_yield));
    probe_hex(call, changes(scheduler_idle));
    return 0;
}

static uint32_t hook_calls;

static void count_call(void) {
    hook_calls++;
}

PROBE(scheduler_watch, "on",
      "has calls of scheduler_on_tick counted instead of carried out; how many so far") {
    scheduler_on_tick = call->number[0] ? count_call : scheduler_tick;
    probe_hex(call, hook_calls);
    return 0;
}

static void note_end(struct process *process) {
    note(process->pid);
    note(process->mspace == kernel_mspace);
}

PROBE(process_watch, "on",
      "has process_end_hook note each process that ends, and whether its space is gone by then") {
    process_end_hook = call->number[0] ? note_end : NULL;
    return 0;
}

PROBE(scheduler_tick, "pid wake_tick", "calls scheduler_tick() when a sleeper has this wake_tick") {
    struct process *sleeper = process_find((uint32_t)call->number[0]);
    if (!sleeper)
        return -ENOENT;
    sleeper->wake_tick = pit_ticks() + (uint32_t)call->number[1];
    scheduler_tick();
    return 0;
}

PROBE(switch_bench, "times", "cycles that so many switches between threads take") {
    call->number[0] /= 2;
    int error = start(call, "bench", yield_often);
    if (!error)
        error = start(call, "bench", yield_often);
    call->length = 0;
    uint64_t before = cpu_cycles();
    probe_wait_all();
    probe_hex(call, cpu_cycles() - before);
    noted_count = 0;
    return error;
}
