/* Contexts: a piece of kernel code that a bad page fault ends, while the kernel goes on. Given by
 * the kit.
 *
 * For code that touches addresses which it cannot vouch for: those that a process hands in, for
 * instance. A later stage ends whole processes in the same way.
 */
#ifndef MIROIR_CONTEXT_H
#define MIROIR_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "trap.h"

/* How a context was ended by a fault. */
struct context_end {
    uint32_t address; /* what was touched, */
    uint32_t error;   /* the processor's error code, */
    uint32_t eip;     /* and the instruction that did it */
};

typedef int (*context_fn)(void *argument);

/* Calls FUNCTION with ARGUMENT. Returns what it returns; or, if a fault in it was not resolved,
 * -EFAULT, and *END says which (END may be NULL). FUNCTION is left where it stands then: what it
 * held, it still holds; so let it hold nothing. *END is untouched if it returns by itself. A
 * context may run another: a fault ends the innermost. */
int context_run(context_fn function, void *argument, struct context_end *end);

/* Ends the innermost context that runs: changes FRAME so that the trap returns from context_run(),
 * and returns true. If none runs, or FRAME is of ring 3, returns false, FRAME being untouched. */
bool context_fault(struct trap_frame *frame, uint32_t address);

/* The innermost context that runs, NULL: none. A later stage that has several stacks keeps one for
 * each. */
struct context;
extern struct context *context_innermost;

#endif
