/* Stacks that grow. Contract: kernel/08-faults/faults.h */
#include <stddef.h>

#include "faults.h"
#include "todo.h"

vma_t *stack_reaching(mspace_t *mspace, uint32_t page) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    mspace_bury(mspace);
    bbnode_t *above = bbtree_search_ge(&mspace->tree, page);
    bbnode_t *below = bbtree_search_le(&mspace->tree, page);
    uint32_t lowest = (below ? vma_end(vma_of(below)) : mspace->lower_bound) + PAGE_SIZE;
    if (!above || !(vma_of(above)->flags & VMA_GROWSDOWN) || page < lowest)
        return NULL;
    bool is_near = above->value - page <= STACK_STEP * PAGE_SIZE;
    bool is_short = vma_end(vma_of(above)) - page <= STACK_LIMIT * PAGE_SIZE;
    return is_near && is_short ? vma_of(above) : NULL;
    // END SOLUTION
}

void stack_move_start(vma_t *stack, uint32_t start) {
    // BEGIN SOLUTION
    //| TODO();
    mspace_t *mspace = stack->mspace;
    uint32_t growth = stack->node.value - start; /* modulo 2^32: it may shrink, too */
    bbtree_remove(&mspace->tree, stack->node.value);
    stack->node.value = start;
    stack->length += growth;
    bbtree_insert(&mspace->tree, &stack->node);
    mspace->v_size += (uint32_t)((int32_t)growth / (int32_t)PAGE_SIZE);
    // END SOLUTION
}
