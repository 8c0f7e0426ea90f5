/* Who called whom, with names. */
#include "backtrace.h"

#include <stddef.h>

#include "linker.h"

/* Written by the build: the kernel's functions, by address. Empty while the kernel is linked for
 * the first time, to find out where they lie. */
struct symbol {
    uint32_t address;
    const char *name;
};
extern const struct symbol symbols[];
extern const uint32_t symbol_count;

/* A frame that starts further than this from the one below it belongs to no kernel stack. */
#define LARGEST_FRAME 0x4000u

bool (*backtrace_readable)(uint32_t address);

/* Returns whether a frame can be read at EBP: two words, perhaps in two pages. */
static bool is_readable(uint32_t ebp) {
    return !backtrace_readable || (backtrace_readable(ebp) && backtrace_readable(ebp + 4));
}

static bool in_text(uint32_t address) {
    return address >= (uint32_t)kernel_start && address < (uint32_t)kernel_text_end;
}

/* The frame at EBP holds the caller's EBP and then the return address, always higher in the same
 * stack; anything else is a frame pointer gone astray, or the end. */
void backtrace(struct call_stack *calls, uint32_t eip, uint32_t ebp) {
    calls->count = calls->standing = eip != 0;
    calls->address[0] = eip;
    while (ebp && ebp % 4 == 0 && calls->count < BACKTRACE_DEPTH && is_readable(ebp)) {
        const uint32_t *frame = (const uint32_t *)ebp;
        if (!in_text(frame[1]))
            break;
        calls->address[calls->count++] = frame[1];
        if (frame[0] <= ebp || frame[0] - ebp > LARGEST_FRAME)
            break;
        ebp = frame[0];
    }
}

const char *symbol_name(uint32_t address, uint32_t *offset) {
    const struct symbol *found = NULL;
    for (uint32_t i = 0; i < symbol_count && symbols[i].address <= address; i++)
        found = &symbols[i];
    *offset = 0;
    if (!found || !in_text(address))
        return "?";
    *offset = address - found->address;
    return found->name;
}
