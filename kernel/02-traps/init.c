/* Stage 02 joins the kernel: segments, gates, controllers, the clock; then interrupts come in.
 * The word `interrupts=off` on the kernel's command line leaves the clock alone and interrupts out:
 * for looking at the rest in peace. */
#include "errno.h"
#include "format.h"
#include "gdt.h"
#include "idt.h"
#include "initcall.h"
#include "interrupts.h"
#include "io.h"
#include "options.h"
#include "pic.h"
#include "pit.h"

#define TICKS_PER_SECOND 100

/* A BIOS leaves lines open, on vectors of exceptions: nothing may come before pic_init() has
 * changed that. */
static void mask_every_line(void) {
    out8(0x21, 0xff);
    out8(0xa1, 0xff);
}

static void init_traps(void) {
    mask_every_line();
    gdt_init();
    idt_init();
    pic_init();
    if (boot_option("interrupts=off"))
        return;
    int result = pit_init(TICKS_PER_SECOND);
    if (result)
        kprintf("timer: not started (%s)\n", errno_meaning(result));
    interrupts_on();
}
INITCALL(init_traps);
