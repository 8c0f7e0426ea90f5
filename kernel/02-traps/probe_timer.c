/* Commands for the interrupt controllers, the timer, and the interrupt flag. */
#include <stddef.h>

#include "interrupts.h"
#include "pic.h"
#include "pit.h"
#include "probe.h"

PROBE(interrupts_on, "", "lets interrupts in") {
    interrupts_on();
    return 0;
}

PROBE(interrupts_off, "", "keeps interrupts out") {
    interrupts_off();
    return 0;
}

PROBE(pic_init, "", "prepares both controllers anew") {
    bool were_on = interrupts_save();
    pic_init();
    interrupts_restore(were_on);
    return 0;
}

PROBE(pic_mask, "irq", "keeps a line from the processor") {
    return pic_mask((uint32_t)call->number[0]);
}

PROBE(pic_unmask, "irq", "lets a line through") {
    return pic_unmask((uint32_t)call->number[0]);
}

PROBE(pic_spurious, "irq", "whether an interrupt that has come is none") {
    probe_decimal(call, pic_spurious((uint32_t)call->number[0]));
    return 0;
}

PROBE(pic_end, "irq", "ends an interrupt in service") {
    pic_end((uint32_t)call->number[0]);
    return 0;
}

PROBE(pit_init, "hertz", "has the timer tick so many times a second") {
    return pit_init((uint32_t)call->number[0]);
}

PROBE(pit_ticks, "", "ticks since boot") {
    probe_hex(call, pit_ticks());
    return 0;
}

/* What the hook saw: the grader reads it from outside. */
uint32_t tick_hook_calls, tick_hook_ticks, tick_hook_vector, tick_hook_flags;

static void tick_hook(struct trap_frame *frame) {
    tick_hook_calls++;
    tick_hook_ticks = pit_ticks();
    tick_hook_vector = frame->vector;
    tick_hook_flags = interrupts_are_on();
}

PROBE(pit_on_tick, "on", "sets (1) or clears (0) a hook that counts; calls of it so far") {
    pit_on_tick = call->number[0] ? tick_hook : NULL;
    probe_decimal(call, (int32_t)tick_hook_calls);
    return 0;
}
