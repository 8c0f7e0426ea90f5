/* Pages that are there before they are touched. Contract: kernel/08-faults/resolve.h */
#include "errno.h"
#include "resolve.h"
#include "todo.h"

int vma_resolve_now(vma_t *vma, uint32_t page) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    return vma_resolve(vma, page, vma->flags & VMA_CAN_WRITE);
    // END SOLUTION
}

// BEGIN SOLUTION
static int unshare_area(vma_t *vma) {
    int error = 0;
    uint32_t page = vma_pages_next(vma, vma->node.value);
    for (; page < vma_end(vma) && !error; page = vma_pages_next(vma, page + PAGE_SIZE))
        error = vma_unshare(vma, page);
    return error;
}

static int unshare_space(mspace_t *mspace) {
    int error = 0;
    splock_lock(&mspace->lock);
    for (bbnode_t *node = bbtree_first(&mspace->tree); node && !error; node = bbtree_next(node))
        if ((vma_of(node)->flags & (VMA_CAN_WRITE | VMA_DEAD)) == VMA_CAN_WRITE)
            error = unshare_area(vma_of(node));
    splock_unlock(&mspace->lock);
    return error;
}
// END SOLUTION

int mspace_unshare(mspace_t *mspace, mspace_t *copy) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    if (!mspace_eager)
        return 0;
    int error = unshare_space(copy);
    if (error)
        mspace_sweep(copy);
    int left = unshare_space(mspace); /* each frame is its alone by now: nothing is copied */
    return error ? error : left;
    // END SOLUTION
}
