/* Different but right: every page is asked, present or not, and the copy is made whole before the
 * original is looked at. */
#include "errno.h"
#include "resolve.h"

int vma_resolve_now(vma_t *vma, uint32_t page) {
    if (vma->flags & VMA_CAN_WRITE)
        return vma_resolve(vma, page, true);
    return vma_resolve(vma, page, false);
}

static int unshare(mspace_t *mspace) {
    int error = 0;
    splock_lock(&mspace->lock);
    for (bbnode_t *node = bbtree_last(&mspace->tree); node; node = bbtree_previous(node)) {
        vma_t *vma = vma_of(node);
        if (!(vma->flags & VMA_CAN_WRITE) || vma->flags & (VMA_DEAD | VMA_SHARED))
            continue;
        for (uint32_t page = node->value; page != vma_end(vma); page += PAGE_SIZE)
            if (error != -ENOMEM)
                error = vma_unshare(vma, page);
    }
    splock_unlock(&mspace->lock);
    return error == -ENOMEM ? error : 0;
}

int mspace_unshare(mspace_t *mspace, mspace_t *copy) {
    int error = 0;
    if (mspace_eager) {
        error = unshare(copy);
        if (error)
            mspace_sweep(copy);
        unshare(mspace);
    }
    return error;
}
