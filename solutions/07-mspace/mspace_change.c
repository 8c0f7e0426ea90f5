/* Unmapping and protecting: all of a range, or nothing. Contract: kernel/07-mspace/mspace.h */
#include <stddef.h>

#include "errno.h"
#include "mspace.h"
#include "pages.h"
#include "slabs.h"
#include "todo.h"

// BEGIN SOLUTION
/* A run of pages of a space, and the areas that it starts and ends in. */
struct range {
    mspace_t *mspace;
    uint32_t start, end;
    vma_t *first, *last;
};

static vma_t *next_area(const vma_t *vma) {
    bbnode_t *node = bbtree_next(&vma->node);
    return node ? vma_of(node) : NULL;
}

static int check_range(const mspace_t *mspace, uint32_t address, uint32_t length) {
    if ((address | length) % PAGE_SIZE || !length)
        return -EINVAL;
    if (address < mspace->lower_bound || address >= mspace->upper_bound)
        return -EINVAL;
    return length <= mspace->upper_bound - address ? 0 : -EINVAL;
}

/* Finds the areas of RANGE: every page must be in one, and all must have the capabilities CAN. */
static int find_areas(struct range *range, uint32_t can) {
    uint32_t end = range->start, missing = 0;
    vma_t *vma = range->first = mspace_vma_at(range->mspace, range->start);
    for (; vma && vma->node.value <= end && !(vma->flags & VMA_DEAD); vma = next_area(vma)) {
        missing |= can & ~vma->flags;
        end = vma_end(vma);
        range->last = vma;
        if (end >= range->end)
            return missing ? -EPERM : 0;
    }
    return -ENOENT;
}

/* Splits the first and the last area of RANGE, as far as they go beyond it. */
static void cut(struct range *range, vma_t *first, vma_t *last) {
    if (first) {
        vma_split(range->first, range->start - range->first->node.value, first);
        if (range->last == range->first)
            range->last = first;
        range->first = first;
    }
    if (last)
        vma_split(range->last, range->end - range->last->node.value, last);
}

/* Splits areas so that RANGE starts and ends where areas do. */
static int cut_out(struct range *range) {
    bool low = range->first->node.value<range->start, high = vma_end(range->last)> range->end;
    vma_t *first = low ? mspace_new_vma(range->mspace) : NULL;
    vma_t *last = high ? mspace_new_vma(range->mspace) : NULL;
    if ((low && !first) || (high && !last)) {
        free(first);
        free(last);
        return -ENOMEM;
    }
    cut(range, first, last);
    return 0;
}

typedef void (*change_fn)(vma_t *vma, uint32_t rights);

/* Does CHANGE to the areas of RANGE, if all have the capabilities for RIGHTS. */
static int change_range(struct range *range, uint32_t rights, change_fn change) {
    int error = find_areas(range, rights << 4);
    if (error || (error = cut_out(range)))
        return error;
    for (vma_t *vma = range->first; vma && vma->node.value < range->end; vma = next_area(vma))
        change(vma, rights);
    return 0;
}

static int change(mspace_t *mspace, uint32_t address, uint32_t length, uint32_t rights,
                  change_fn change) {
    int error = check_range(mspace, address, length);
    if (error)
        return error;
    struct range range = {.mspace = mspace, .start = address, .end = address + length};
    splock_lock(&mspace->lock);
    error = change_range(&range, rights, change);
    splock_unlock(&mspace->lock);
    return error;
}

static void kill(vma_t *vma, uint32_t rights) {
    if (mspace_forget_hook)
        mspace_forget_hook(vma);
    vma_pages_remove(vma);
    if (vma->ino)
        inode_close(vma->ino);
    vma->ino = NULL;
    vma->flags |= VMA_DEAD;
    vma->mspace->v_size -= vma->length / PAGE_SIZE;
    list_append(&vma->mspace->dead, &vma->link);
}

static void set_rights(vma_t *vma, uint32_t rights) {
    bool copies = (vma->flags & VMA_TYPE) == VMA_FILE && !(vma->flags & VMA_SHARED);
    if (copies && rights & VMA_WRITE)
        rights = (rights & ~(uint32_t)VMA_WRITE) | VMA_COPY_ON_WRITE;
    vma->flags = (vma->flags & ~(uint32_t)(VMA_RIGHTS | VMA_COPY_ON_WRITE)) | rights;
    vma_pages_update(vma);
}
// END SOLUTION

int mspace_unmap(mspace_t *mspace, uint32_t address, uint32_t length) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    return change(mspace, address, length, 0, kill);
    // END SOLUTION
}

int mspace_protect(mspace_t *mspace, uint32_t address, uint32_t length, uint32_t rights) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (rights & ~(uint32_t)VMA_RIGHTS)
        return -EINVAL;
    return change(mspace, address, length, rights, set_rights);
    // END SOLUTION
}

int mspace_scavenge(mspace_t *mspace) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    splock_lock(&mspace->lock);
    int count = mspace_bury(mspace);
    splock_unlock(&mspace->lock);
    return count;
    // END SOLUTION
}

void mspace_sweep(mspace_t *mspace) {
    // BEGIN SOLUTION
    //| TODO();
    splock_lock(&mspace->lock);
    for (bbnode_t *node = bbtree_first(&mspace->tree); node; node = bbtree_next(node))
        if (!(vma_of(node)->flags & VMA_DEAD))
            kill(vma_of(node), 0);
    mspace_bury(mspace);
    splock_unlock(&mspace->lock);
    // END SOLUTION
}
