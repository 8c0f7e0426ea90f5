/* cheat, earns at most 0 in: test_rate, test_hook */
/* A timer that looks programmed, and a count that is made of the time stamp counter. */
#include "pit.h"

#include "errno.h"
#include "io.h"
#include "pic.h"

void (*pit_on_tick)(struct trap_frame *frame);
static uint32_t rate, before;
static uint64_t since;

static void ignore(struct trap_frame *frame) {
    (void)frame;
}

int pit_init(uint32_t hertz) {
    if (hertz < PIT_HERTZ_MIN || hertz > PIT_HERTZ_MAX)
        return -ERANGE;
    trap_register(PIC_VECTOR, ignore);
    out8(0x43, 0x34);
    out8(0x40, 0);
    out8(0x40, 0);
    before = pit_ticks();
    since = cpu_cycles();
    rate = PIT_CLOCK / ((PIT_CLOCK + hertz / 2) / hertz);
    return pic_unmask(0);
}

uint32_t pit_ticks(void) {
    return before + (uint32_t)((cpu_cycles() - since) * rate / 1000000000);
}
