/* Kernel stacks: one for each process, with nothing mapped below it, so that one that overflows is
 * a double fault (which has a stack of its own) and not a silent write into something else. Given
 * by the kit.
 */
#ifndef MIROIR_KERNEL_STACK_H
#define MIROIR_KERNEL_STACK_H

#include <stdint.h>

/* Stores in *STACK the first of KERNEL_STACK_SIZE bytes (process.h) in the kernel's own space, all
 * present; the page below is not, and stays so. Returns 0 or -ENOMEM. */
int kernel_stack_take(uint32_t *stack);

/* Gives STACK back: its frames, and its place. */
void kernel_stack_give(uint32_t stack);

#endif
