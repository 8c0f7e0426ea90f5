/* Address spaces: how they are made, used, searched and given back.
 * Contract: kernel/07-mspace/mspace.h */
#include "mspace.h"

#include <stddef.h>

#include "directory.h"
#include "errno.h"
#include "panic.h"
#include "slabs.h"
#include "todo.h"

int mspace_create(mspace_t **mspace) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    mspace_t *made = alloc_zeroed(sizeof *made);
    if (!made)
        return -ENOMEM;
    int error = directory_create(&made->directory);
    if (error) {
        free(made);
        return error;
    }
    made->users = 1;
    made->lower_bound = USER_START;
    made->upper_bound = USER_END;
    made->phys_pg_count = 1;
    list_init(&made->dead);
    *mspace = made;
    return 0;
    // END SOLUTION
}

void mspace_open(mspace_t *mspace) {
    // BEGIN SOLUTION
    //| TODO();
    splock_lock(&mspace->lock);
    mspace->users++;
    splock_unlock(&mspace->lock);
    // END SOLUTION
}

// BEGIN SOLUTION
/* Takes a user off MSPACE, if it may go. Returns how many are left, or a negative errno. */
static int drop_user(mspace_t *mspace) {
    if (mspace == kernel_mspace)
        return -EPERM;
    if (mspace->users == 1 && mspace == mspace_current)
        return -EBUSY;
    splock_lock(&mspace->lock);
    int left = (int)--mspace->users;
    splock_unlock(&mspace->lock);
    return left;
}
// END SOLUTION

int mspace_close(mspace_t *mspace) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    int left = drop_user(mspace);
    if (left)
        return left < 0 ? left : 0;
    mspace_sweep(mspace);
    ASSERT_EQ(directory_destroy(mspace->directory), 0);
    free(mspace);
    return 0;
    // END SOLUTION
}

void mspace_switch(mspace_t *mspace) {
    // BEGIN SOLUTION
    //| TODO();
    paddr_t previous;
    ASSERT_EQ(directory_switch(mspace->directory, &previous), 0);
    mspace_current = mspace;
    // END SOLUTION
}

vma_t *mspace_vma_at(const mspace_t *mspace, uint32_t address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    bbnode_t *node = bbtree_search_le(&mspace->tree, address);
    if (!node || address - node->value >= vma_of(node)->length)
        return NULL;
    return vma_of(node)->flags & VMA_DEAD ? NULL : vma_of(node);
    // END SOLUTION
}

vma_t *mspace_search_vma(mspace_t *mspace, uint32_t address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    splock_lock(&mspace->lock);
    vma_t *vma = mspace_vma_at(mspace, address);
    splock_unlock(&mspace->lock);
    return vma;
    // END SOLUTION
}

int mspace_bury(mspace_t *mspace) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    int count = 0;
    for (; !list_empty(&mspace->dead); count++) {
        vma_t *vma = list_element(mspace->dead.next, vma_t, link);
        list_remove(&vma->link);
        bbtree_remove(&mspace->tree, vma->node.value);
        free(vma);
    }
    return count;
    // END SOLUTION
}

vma_t *mspace_new_vma(mspace_t *mspace) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    vma_t *vma = alloc(sizeof *vma);
    if (!vma && mspace_bury(mspace))
        vma = alloc(sizeof *vma);
    return vma;
    // END SOLUTION
}
