/* The timer, its line opened before its rate is set, the divisor rounded by its remainder. */
#include "pit.h"

#include "errno.h"
#include "io.h"
#include "pic.h"

void (*pit_on_tick)(struct trap_frame *frame);
static uint32_t count;

static void clock(struct trap_frame *frame) {
    __asm__ volatile("incl %0" : "+m"(count));
    if (pit_on_tick)
        (*pit_on_tick)(frame);
}

int pit_init(uint32_t hertz) {
    static enum { NOT_YET, OURS } state;
    if (hertz - PIT_HERTZ_MIN > PIT_HERTZ_MAX - PIT_HERTZ_MIN)
        return -ERANGE;
    if (state == NOT_YET && trap_register(0x20, clock))
        return -EBUSY;
    state = OURS;
    pic_unmask(0);
    uint32_t divisor = PIT_CLOCK / hertz, rest = PIT_CLOCK % hertz;
    if (rest > hertz - rest)
        divisor++;
    out8(0x43, 0x34);
    out8(0x40, (uint8_t)divisor);
    out8(0x40, (uint8_t)(divisor >> 8));
    return 0;
}

uint32_t pit_ticks(void) {
    return *(volatile uint32_t *)&count;
}
