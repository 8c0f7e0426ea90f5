/* Different but right: the stack is looked for from the area below, and pages are counted from its
 * end. */
#include <stddef.h>

#include "faults.h"

/* Returns the first area of MSPACE above PAGE, which is in none, and in *FREE the first address
 * that is free below PAGE. */
static vma_t *area_above(mspace_t *mspace, uint32_t page, uint32_t *free) {
    bbnode_t *node = bbtree_search_le(&mspace->tree, page);
    *free = node ? vma_end(vma_of(node)) : mspace->lower_bound;
    node = node ? bbtree_next(node) : bbtree_first(&mspace->tree);
    return node ? vma_of(node) : NULL;
}

vma_t *stack_reaching(mspace_t *mspace, uint32_t page) {
    uint32_t free;
    mspace_bury(mspace);
    vma_t *stack = area_above(mspace, page, &free);
    if (!stack || !(stack->flags & VMA_GROWSDOWN))
        return NULL;
    uint32_t pages = (vma_end(stack) - page) / PAGE_SIZE;
    if (pages > STACK_LIMIT || pages > stack->length / PAGE_SIZE + STACK_STEP)
        return NULL;
    return page > free && page - free >= PAGE_SIZE ? stack : NULL;
}

void stack_move_start(vma_t *stack, uint32_t start) {
    mspace_t *mspace = stack->mspace;
    uint32_t end = vma_end(stack);
    bbtree_remove(&mspace->tree, stack->node.value);
    mspace->v_size -= stack->length / PAGE_SIZE;
    stack->node.value = start;
    stack->length = end - start;
    mspace->v_size += stack->length / PAGE_SIZE;
    bbtree_insert(&mspace->tree, &stack->node);
}
