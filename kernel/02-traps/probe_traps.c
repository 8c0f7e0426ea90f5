/* Commands for traps: handlers that note what they see, and ways to cause traps. */
#include <stddef.h>

#include "errno.h"
#include "gdt.h"
#include "interrupts.h"
#include "io.h"
#include "panic.h"
#include "probe.h"
#include "probe_state.h"
#include "string.h"
#include "trap.h"

#define RECORDS 64
#define TOO_MANY 100000 /* traps: one of them must be coming again for ever */
#define FRAME_WORDS 17  /* without user_esp and user_ss */
#define EFLAGS_TRAP 0x100

/* What a handler saw. The grader reads this from outside. */
struct trap_record {
    uint32_t handler; /* which one, as given to trap_register */
    uint32_t address; /* of the frame */
    uint32_t frame[FRAME_WORDS];
    uint32_t ds, es, fs, gs, eflags; /* the handler's own */
    uint32_t in_service;             /* ISR of both interrupt controllers; the second's is high */
};
struct trap_record trap_records[RECORDS];
uint32_t trap_record_count;

static struct trap_cause expected; /* where the trap to come shall be, and where to go on then */
static const struct machine_state *rewrite_with;

static uint32_t in_service(void) {
    out8(0x20, 0x0b);
    out8(0xa0, 0x0b);
    return (uint32_t)in8(0x20) | (uint32_t)in8(0xa0) << 8;
}

static void read_own_state(struct trap_record *record) {
    __asm__ volatile("pushfl\n\tpopl %0\n\tmovl %%ds, %1\n\tmovl %%es, %2\n\t"
                     "movl %%fs, %3\n\tmovl %%gs, %4"
                     : "=r"(record->eflags), "=r"(record->ds), "=r"(record->es), "=r"(record->fs),
                       "=r"(record->gs));
    record->in_service = in_service();
}

/* Notes FRAME, and lets code that was expected to fault go on behind the fault. */
static void note(uint32_t handler, struct trap_frame *frame) {
    struct trap_record *record = &trap_records[trap_record_count % RECORDS];
    if (trap_record_count++ >= TOO_MANY)
        panic("the same trap, again and again: vector 0x%x at 0x%x", frame->vector, frame->eip);
    read_own_state(record);
    record->handler = handler;
    record->address = (uint32_t)frame;
    memcpy(record->frame, frame, sizeof record->frame);
    if (frame->eip == expected.fault)
        frame->eip = expected.resume;
    frame->eflags &= ~EFLAGS_TRAP;
}

static void note_1(struct trap_frame *frame) {
    note(1, frame);
}

static void note_2(struct trap_frame *frame) {
    note(2, frame);
}

/* Gives the code other registers than it had. */
static void rewrite(struct trap_frame *frame) {
    note(3, frame);
    memcpy(frame, rewrite_with, offsetof(struct trap_frame, vector));
    frame->eflags = rewrite_with->eflags;
}

/* Causes the same trap from inside its handler, with registers of its own at every depth. */
static uint32_t nest_left, nest_reached, nest_intact;

static void nest(struct trap_frame *frame) {
    struct machine_state before, after;
    note(4, frame);
    nest_reached++;
    if (nest_left-- == 0)
        return;
    memset(&before, (int)(nest_left + 1), sizeof before);
    before.gs = before.fs = before.es = before.ds = SELECTOR_USER_DATA;
    before.eflags = 2;
    after = before;
    machine_run(&after, (void (*)(void))(trap_int_table + 4 * frame->vector));
    after.esp = before.esp;
    nest_intact += !memcmp(&before, &after, sizeof before);
}

trap_handler probe_trap_default;

static const trap_handler handlers[] = {NULL, note_1, note_2, rewrite, nest};

PROBE(trap_register, "vector [handler]",
      "registers one that notes what it sees: 0 none (NULL), 1, 2, 3 rewrites, 4 nests") {
    uint32_t handler = call->count > 1 ? (uint32_t)call->number[1] : 1;
    if (handler >= sizeof handlers / sizeof *handlers)
        return -ERANGE;
    if (probe_trap_default && call->number[0] < TRAP_EXCEPTIONS)
        trap_unregister((uint32_t)call->number[0]);
    return trap_register((uint32_t)call->number[0], handlers[handler]);
}

PROBE(trap_unregister, "vector", "takes the handler away") {
    int error = trap_unregister((uint32_t)call->number[0]);
    if (!error && probe_trap_default && call->number[0] < TRAP_EXCEPTIONS)
        trap_register((uint32_t)call->number[0], probe_trap_default);
    return error;
}

PROBE(trap_dispatch, "frame [cr2]",
      "dispatches the struct trap_frame at that address, CR2 holding that") {
    bool were_on = interrupts_save();
    if (call->count > 1)
        __asm__ volatile("movl %0, %%cr2" : : "r"((uint32_t)call->number[1]));
    trap_dispatch((struct trap_frame *)(uint32_t)call->number[0]);
    interrupts_restore(were_on);
    return 0;
}

PROBE(trap_name, "vector", "what a vector is called") {
    probe_text(call, trap_name((uint32_t)call->number[0]));
    return 0;
}

PROBE(trap_records, "[index]", "how many traps were noted, or the frame of one") {
    if (!call->count) {
        probe_decimal(call, (int32_t)trap_record_count);
        return 0;
    }
    if (call->number[0] >= trap_record_count || call->number[0] >= RECORDS)
        return -ENOENT;
    for (uint32_t i = 0; i < FRAME_WORDS; i++)
        probe_hex(call, trap_records[call->number[0]].frame[i]);
    return 0;
}

PROBE(trap_forget, "", "forgets the traps noted so far") {
    trap_record_count = 0;
    memset(trap_records, 0, sizeof trap_records);
    return 0;
}

/* Runs CAUSE with the registers in the struct machine_state at ADDRESS, or with some of its own
 * if that is 0; those let a backtrace find its way. */
static void run(uint32_t address, void (*cause)(void)) {
    struct machine_state own = {.gs = SELECTOR_KERNEL_DATA,
                                .fs = SELECTOR_KERNEL_DATA,
                                .es = SELECTOR_KERNEL_DATA,
                                .ds = SELECTOR_KERNEL_DATA,
                                .ebp = (uint32_t)__builtin_frame_address(0),
                                .eflags = 2};
    machine_run(address ? (struct machine_state *)address : &own, cause);
}

PROBE(trap_int, "vector [state]",
      "executes INT, with the registers at that address; they are there afterwards") {
    if (call->number[0] >= TRAP_VECTORS)
        return -ERANGE;
    run((uint32_t)call->number[1], (void (*)(void))(trap_int_table + 4 * call->number[0]));
    return 0;
}

PROBE(trap_enter, "vector [state] [error]",
      "jumps to a stub as the processor does, with an error code if one is given") {
    if (call->number[0] >= TRAP_VECTORS)
        return -ERANGE;
    trap_enter_stub = trap_stubs[call->number[0]];
    trap_enter_error = (uint32_t)call->number[2];
    run((uint32_t)call->number[1],
        call->count > 2 ? trap_enter_with_error : trap_enter_without_error);
    return 0;
}

static void set_cr0(uint32_t bits, uint32_t mask) {
    uint32_t cr0;
    __asm__ volatile("movl %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("movl %0, %%cr0" : : "r"((cr0 & ~mask) | bits));
}

PROBE(trap_raise, "vector [selector]",
      "causes an exception; 11 and 13 by loading DS with the selector, 12 with SS") {
    const uint32_t ts = 1 << 3, em = 1 << 2, mp = 1 << 1, ne = 1 << 5;
    trap_cause_selector = (uint32_t)call->number[1];
    for (uint32_t i = 0; i < trap_cause_count; i++) {
        expected = trap_causes[i];
        if (expected.vector != call->number[0])
            continue;
        set_cr0(ne | mp | (expected.vector == TRAP_NO_FPU ? ts : 0), ts | em | mp | ne);
        run(0, expected.run);
        set_cr0(0, ts);
        probe_hex(call, expected.fault);
        probe_hex(call, expected.resume);
        return 0;
    }
    return -ENOENT;
}

PROBE(trap_rewrite, "vector from state",
      "executes INT with the registers at STATE; its handler 3 sets them to those at FROM") {
    if (call->number[0] >= TRAP_VECTORS)
        return -ERANGE;
    rewrite_with = (const struct machine_state *)(uint32_t)call->number[1];
    run((uint32_t)call->number[2], (void (*)(void))(trap_int_table + 4 * call->number[0]));
    return 0;
}

PROBE(trap_nest, "vector depth",
      "executes INT, whose handler 4 does the same inside; depth reached, levels left intact") {
    if (call->number[0] >= TRAP_VECTORS)
        return -ERANGE;
    nest_left = (uint32_t)call->number[1];
    nest_reached = nest_intact = 0;
    run(0, (void (*)(void))(trap_int_table + 4 * call->number[0]));
    probe_decimal(call, (int32_t)nest_reached);
    probe_decimal(call, (int32_t)nest_intact);
    return 0;
}

PROBE(trap_return, "from state",
      "with the registers at STATE, leaves for those at FROM; they are at STATE afterwards") {
    trap_return_state = (const struct machine_state *)(uint32_t)call->number[0];
    run((uint32_t)call->number[1], trap_return_cause);
    return 0;
}

PROBE(stack_break, "esp", "puts the stack pointer there, and then causes exception 13") {
    interrupts_off();
    stack_break((uint32_t)call->number[0]);
}

PROBE(countdown, "count [state]",
      "counts down with the registers at that address; they are there afterwards") {
    countdown_left = (uint32_t)call->number[0];
    if (!countdown_left)
        return -EINVAL;
    run((uint32_t)call->number[1], countdown);
    return 0;
}
