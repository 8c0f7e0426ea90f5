/* Contexts: what is kept of one while it runs, and how it is left by a fault. See context.h. */
#include "context.h"

#include <stddef.h>

#include "errno.h"

struct context {
    struct context *outer;
    struct context_end *end;
    uint32_t ebp; /* of context_call() */
};

struct context *context_innermost;

/* In context_leave.asm. Stores its frame pointer in *EBP, and returns FUNCTION(ARGUMENT); or what
 * is in EAX when something jumps to context_leave with that frame pointer in EBP. */
int context_call(uint32_t *ebp, context_fn function, void *argument);
extern const char context_leave[];

int context_run(context_fn function, void *argument, struct context_end *end) {
    struct context_end unwanted;
    struct context context = {context_innermost, end ? end : &unwanted, 0};
    context_innermost = &context;
    int result = context_call(&context.ebp, function, argument);
    context_innermost = context.outer;
    return result;
}

bool context_fault(struct trap_frame *frame, uint32_t address) {
    const uint32_t ring = 3;
    if (!context_innermost || frame->cs & ring)
        return false;
    *context_innermost->end = (struct context_end){address, frame->error, frame->eip};
    frame->eip = (uint32_t)context_leave;
    frame->ebp = context_innermost->ebp;
    frame->eax = (uint32_t)-EFAULT;
    return true;
}
