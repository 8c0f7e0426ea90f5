/* The 8254 timer: the kernel's clock, on IRQ 0. Graded: exercise 8.
 *
 * Counter 0 counts down at PIT_CLOCK. In mode 2 it counts from the divisor to 1, asks for an
 * interrupt, and starts again. The command byte 0x34 at port 0x43 chooses counter 0, mode 2,
 * binary; the divisor follows at port 0x40, low byte first.
 */
#ifndef MIROIR_PIT_H
#define MIROIR_PIT_H

#include <stdint.h>

#include "trap.h"

#define PIT_CLOCK 1193182    /* Hz */
#define PIT_HERTZ_MIN 19     /* the divisor has 16 bits */
#define PIT_HERTZ_MAX 596591 /* the divisor of mode 2 is 2 or more */

/* Has the timer tick HERTZ times a second, as exactly as a divisor can: the integer nearest to
 * PIT_CLOCK / HERTZ. The first call also registers the handler of IRQ 0, and unmasks it, but no
 * other line. May be called again, for another rate: the count of ticks goes on.
 * Returns 0; -ERANGE if HERTZ is not in PIT_HERTZ_MIN .. PIT_HERTZ_MAX; -EBUSY if IRQ 0 has another
 * handler. After an error all is as before: the timer, the handlers and the masks. */
int pit_init(uint32_t hertz);

/* Returns the ticks since boot; after 2^32 - 1 comes 0. */
uint32_t pit_ticks(void);

/* Called at every tick after it has been counted, with interrupts off, unless it is NULL. For one
 * later stage; this one leaves it NULL. Defined by pit.c. */
extern void (*pit_on_tick)(struct trap_frame *frame);

#endif
