/* Who called whom, with names: from the chain of frame pointers and a table of the kernel's
 * functions that the build links in. */
#ifndef MIROIR_BACKTRACE_H
#define MIROIR_BACKTRACE_H

#include <stdbool.h>
#include <stdint.h>

#define BACKTRACE_DEPTH 16

struct call_stack {
    int count;    /* calls found, 0..BACKTRACE_DEPTH */
    int standing; /* 1: the first address is where the code stood; otherwise 0 */
    uint32_t address[BACKTRACE_DEPTH]; /* innermost first; return addresses, each after its call */
};

/* Fills CALLS with EIP, unless it is 0, and the return addresses that the frame pointer EBP leads
 * to. Stops at the first frame pointer that cannot be one; never panics. */
void backtrace(struct call_stack *calls, uint32_t eip, uint32_t ebp);

/* Returns whether the word at ADDRESS can be read. NULL, as long as everything can; set by the stage
 * after which it cannot. */
extern bool (*backtrace_readable)(uint32_t address);

/* Returns the name of the function that ADDRESS lies in, and in *OFFSET how far from its start;
 * "?" and 0 when it is in none. */
const char *symbol_name(uint32_t address, uint32_t *offset);

#endif
