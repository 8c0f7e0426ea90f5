/* Stacks that grow. Contract: kernel/08-faults/faults.h */
#include <stddef.h>

#include "faults.h"
#include "todo.h"

vma_t *stack_reaching(mspace_t *mspace, uint32_t page) {
    TODO();
    return NULL;
}

void stack_move_start(vma_t *stack, uint32_t start) {
    TODO();
}
