/* Page faults, exception 14: what was touched, by whom, and why that is fatal. Graded: exercise 4.
 *
 * The processor pushes an error code, made of the bits below, and leaves the address in CR2.
 */
#ifndef MIROIR_PAGE_FAULT_H
#define MIROIR_PAGE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "trap.h"

enum page_fault_error {
    FAULT_PRESENT = 1 << 0, /* the page is there, but this access is not allowed */
    FAULT_WRITE = 1 << 1,   /* a write; otherwise a read, or the fetch of an instruction */
    FAULT_USER = 1 << 2,    /* in ring 3 */
};

/* Why a fault is fatal. Where several fit, the first in this list is the one. */
enum page_fault_reason {
    REASON_NULL,        /* the address lies in page 0 */
    REASON_WINDOW,      /* it lies in the windows of OTHER_SLOT or MIRROR_SLOT, whatever the error
                           code: no table there, as a rule */
    REASON_NOT_MAPPED,  /* no page is present there */
    REASON_KERNEL_PAGE, /* ring 3 touched something outside USER_START .. USER_END */
    REASON_KERNEL_CODE, /* a write to code or constants: from the byte kernel_start up to, not
                           including, kernel_rodata_end; the rest of that page is READ_ONLY */
    REASON_READ_ONLY,   /* a write to a page that is read-only */
    REASON_FORBIDDEN,   /* any other access that a present page does not allow */
};

/* Each reason in words: "null pointer", "not mapped"... Provided by the kit. */
extern const char *const page_fault_words[];

/* Returns why a fault at ADDRESS with the error code ERROR is fatal: a function of these two
 * values alone. */
enum page_fault_reason page_fault_reason(uint32_t address, uint32_t error);

/* Handles exception 14; the kit registers it at boot. Offers the fault to page_fault_hook first,
 * and returns if the hook has resolved it. Otherwise ends the kernel on behalf of the code that
 * was interrupted, by panic_from(eip, ebp, ...), with the message
 *
 *     page fault: ACCESS ADDRESS by WHO: WORDS
 *
 * ACCESS is `write to` if the error code says so, else `jump to` if the address is that of the
 * instruction itself, else `read of`; ADDRESS is printed with %p; WHO is `the kernel`, or
 * `a user program` when the error code says ring 3; WORDS is what page_fault_words[] says of the
 * reason. For instance: page fault: write to 0x00000010 by the kernel: null pointer */
void page_fault(struct trap_frame *frame);

/* For a later stage that can do something about faults: called with the interrupted code's frame
 * and the address; returns true if the instruction shall be tried again. NULL: there is none. */
typedef bool (*page_fault_hook_fn)(struct trap_frame *frame, uint32_t address);
extern page_fault_hook_fn page_fault_hook;

#endif
