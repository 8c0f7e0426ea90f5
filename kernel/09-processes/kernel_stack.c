/* Kernel stacks in the kernel's own space. See kernel_stack.h. */
#include "kernel_stack.h"

#include "mspace.h"
#include "panic.h"
#include "process.h"

/* It cannot grow when it overflows: for that, the processor would have to push something first. */
int kernel_stack_take(uint32_t *stack) {
    return kmap(stack, KERNEL_STACK_SIZE, NULL, 0, VMA_FG_STACK | VMA_GROWSDOWN | VMA_RESOLVE);
}

void kernel_stack_give(uint32_t stack) {
    ASSERT_EQ(kunmap(stack, KERNEL_STACK_SIZE), 0);
    mspace_scavenge(kernel_mspace);
}
