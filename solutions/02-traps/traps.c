/* Which handler gets which trap. Contract: kernel/02-traps/trap.h */
#include "trap.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "gdt.h"
#include "panic.h"
#include "pic.h"
#include "todo.h"

uint32_t trap_unexpected;

// BEGIN SOLUTION
static trap_handler handlers[TRAP_VECTORS];
// END SOLUTION

const char *trap_name(uint32_t vector) {
    // BEGIN SOLUTION
    //| TODO();
    //| return "";
    static const char *const names[TRAP_EXCEPTIONS] = {
#define TRAP_NAME(name, vector, text) [vector] = text,
        TRAP_LIST(TRAP_NAME)
#undef TRAP_NAME
    };
    if (vector >= TRAP_VECTORS)
        return "no such vector";
    if (vector >= TRAP_EXCEPTIONS)
        return "interrupt";
    return names[vector] ? names[vector] : "reserved exception";
    // END SOLUTION
}

int trap_register(uint32_t vector, trap_handler handler) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (vector >= TRAP_VECTORS || !handler)
        return -EINVAL;
    if (vector == TRAP_DOUBLE_FAULT || handlers[vector])
        return -EBUSY;
    handlers[vector] = handler;
    return 0;
    // END SOLUTION
}

int trap_unregister(uint32_t vector) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (vector >= TRAP_VECTORS)
        return -EINVAL;
    if (!handlers[vector])
        return -ENOENT;
    handlers[vector] = NULL;
    return 0;
    // END SOLUTION
}

// BEGIN SOLUTION
static uint32_t touched_address(void) {
    uint32_t cr2;
    __asm__ volatile("movl %%cr2, %0" : "=r"(cr2));
    return cr2;
}

static void __attribute__((noreturn)) report(const struct trap_frame *frame) {
    if (frame->vector == TRAP_PAGE_FAULT)
        panic_from(frame->eip, frame->ebp, "%s, error code 0x%x, at 0x%x, touching 0x%x",
                   trap_name(frame->vector), frame->error, frame->eip, touched_address());
    panic_from(frame->eip, frame->ebp, "%s, error code 0x%x, at 0x%x", trap_name(frame->vector),
               frame->error, frame->eip);
}

/* Settles IRQ with the controllers; returns whether there is something to handle. */
static bool acknowledge(uint32_t irq) {
    if (!pic_spurious(irq)) {
        pic_end(irq); /* now: the handler may go away to another task before it returns */
        return true;
    }
    pic_spurious_count++;
    if (irq == 15)
        pic_end(2); /* the second controller's line on the first, which is in service */
    return false;
}
// END SOLUTION

void trap_dispatch(struct trap_frame *frame) {
    // BEGIN SOLUTION
    //| TODO();
    uint32_t vector = frame->vector;
    if (vector >= PIC_VECTOR && vector < PIC_VECTOR + PIC_LINES &&
        !acknowledge(vector - PIC_VECTOR))
        return;
    if (vector < TRAP_VECTORS && handlers[vector])
        handlers[vector](frame);
    else if (vector < TRAP_EXCEPTIONS)
        report(frame);
    else
        trap_unexpected++;
    // END SOLUTION
}

void trap_double_fault(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| panic("trap_double_fault() is still to be written");
    struct trap_frame frame = {
        .vector = TRAP_DOUBLE_FAULT, .eip = kernel_tss.eip, .ebp = kernel_tss.ebp};
    report(&frame);
    // END SOLUTION
}
