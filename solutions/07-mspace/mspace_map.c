/* New areas, and where there is room for them. Contract: kernel/07-mspace/mspace.h */
#include <stddef.h>

#include "errno.h"
#include "mspace.h"
#include "pages.h"
#include "slabs.h"
#include "todo.h"

// BEGIN SOLUTION
/* What keeps others away from below an area with FLAGS, in bytes. */
static uint32_t guard_size(uint32_t flags) {
    return flags & VMA_GROWSDOWN ? PAGE_SIZE : 0;
}

/* Returns the first address that is not left free below VMA. */
static uint32_t guarded_start(const vma_t *vma) {
    return vma->node.value - guard_size(vma->flags);
}

/* ---- Where ---- */

/* Returns whether ADDRESS .. ADDRESS + LENGTH lies inside MSPACE. */
static bool is_inside(const mspace_t *mspace, uint32_t address, uint32_t length) {
    return address >= mspace->lower_bound && address < mspace->upper_bound &&
           length <= mspace->upper_bound - address;
}

/* Returns the first area of MSPACE that ends after ADDRESS, or NULL. */
static bbnode_t *first_after(const mspace_t *mspace, uint32_t address) {
    bbnode_t *node = bbtree_search_le(&mspace->tree, address);
    if (!node)
        return bbtree_first(&mspace->tree);
    return vma_end(vma_of(node)) > address ? node : bbtree_next(node);
}

/* Returns whether nothing but DEAD areas is in ADDRESS .. ADDRESS + LENGTH, which lies inside
 * MSPACE. Whatever is in the way, if it is DEAD, is buried. */
static bool make_free(mspace_t *mspace, uint32_t address, uint32_t length) {
    bbnode_t *node = first_after(mspace, address);
    bool taken = false, in_use = false;
    for (; node && guarded_start(vma_of(node)) < address + length; node = bbtree_next(node)) {
        taken = true;
        in_use |= !(vma_of(node)->flags & VMA_DEAD);
    }
    if (taken)
        mspace_bury(mspace);
    return !in_use;
}

/* Returns the lowest place of MSPACE with LENGTH free bytes, or 0. */
static uint32_t first_fit(const mspace_t *mspace, uint32_t length) {
    uint32_t place = mspace->lower_bound;
    for (bbnode_t *node = bbtree_first(&mspace->tree); node; node = bbtree_next(node)) {
        uint32_t start = guarded_start(vma_of(node));
        if (start > place && start - place >= length) /* a guard may lie in the area before */
            return place;
        place = vma_end(vma_of(node));
    }
    return mspace->upper_bound - place >= length ? place : 0;
}

/* Finds LENGTH free bytes in MSPACE, wanted at *PLACE unless that is 0. */
static int find_place(mspace_t *mspace, uint32_t *place, uint32_t length, bool fixed) {
    if (*place && is_inside(mspace, *place, length) && make_free(mspace, *place, length))
        return 0;
    if (fixed)
        return -ERANGE;
    *place = first_fit(mspace, length);
    if (!*place && mspace_bury(mspace))
        *place = first_fit(mspace, length);
    return *place ? 0 : -ENOMEM;
}

/* Finds the address for an area like VMA, wanted at *ADDRESS unless that is 0. */
static int find_address(mspace_t *mspace, uint32_t *address, const vma_t *vma, bool fixed) {
    uint32_t guard = guard_size(vma->flags);
    uint32_t place = *address ? *address - guard : 0;
    int error = find_place(mspace, &place, vma->length + guard, fixed);
    if (!error)
        *address = place + guard;
    return error;
}

/* ---- What ---- */

/* Checks that an area may be like WANTED, of which all but the flags is filled in; these it makes of
 * FLAGS. */
static int check(vma_t *wanted, uint32_t address, uint32_t flags) {
    uint32_t type = flags & VMA_TYPE;
    if ((address | wanted->length | wanted->offset) % PAGE_SIZE || !wanted->length)
        return -EINVAL;
    if (wanted->length > VMA_CFG_MAXSIZE)
        return -E2BIG;
    if (wanted->offset && (wanted->offset + wanted->length - 1 < wanted->offset ||
                           (type != VMA_FILE && type != VMA_PHYS)))
        return -EINVAL;
    if (wanted->limit < -1 || (wanted->limit && type != VMA_FILE))
        return -EINVAL;
    if ((type == VMA_FILE) != (wanted->ino != NULL))
        return -EINVAL;
    return vma_stored_flags(flags, wanted->mspace == kernel_mspace, &wanted->flags);
}

/* Makes VMA, a fresh descriptor, an area like WANTED at ADDRESS. */
static void add(vma_t *vma, const vma_t *wanted, uint32_t address) {
    *vma = *wanted;
    vma->node.value = address;
    list_init(&vma->link);
    bbtree_insert(&vma->mspace->tree, &vma->node);
    vma->mspace->v_size += vma->length / PAGE_SIZE;
    if (vma->ino)
        inode_open(vma->ino);
}

/* Takes back what add() did. */
static void take_back(vma_t *vma) {
    vma_pages_remove(vma);
    bbtree_remove(&vma->mspace->tree, vma->node.value);
    vma->mspace->v_size -= vma->length / PAGE_SIZE;
    if (vma->ino)
        inode_close(vma->ino);
    free(vma);
}

static int resolve_all(vma_t *vma) {
    int error = 0;
    for (uint32_t page = vma->node.value; page < vma_end(vma) && !error; page += PAGE_SIZE)
        error = mspace_resolve_hook(vma, page);
    return error;
}

/* Does what mspace_map() is for. WANTED has passed check(). */
static int map(mspace_t *mspace, uint32_t *address, const vma_t *wanted, uint32_t flags) {
    uint32_t place = *address;
    int error = find_address(mspace, &place, wanted, flags & VMA_MAP_FIXED);
    vma_t *vma = error ? NULL : mspace_new_vma(mspace);
    if (!vma)
        return error ? error : -ENOMEM;
    add(vma, wanted, place);
    if (mspace_resolve_hook && (flags & VMA_RESOLVE || mspace_eager))
        error = resolve_all(vma);
    if (error)
        take_back(vma);
    else
        *address = place;
    return error;
}
// END SOLUTION

int mspace_map(mspace_t *mspace, uint32_t *address, uint32_t length, inode_t *ino, uint32_t offset,
               int32_t limit, uint32_t flags) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    vma_t wanted = {
        .mspace = mspace, .length = length, .ino = ino, .offset = offset, .limit = limit};
    int error = check(&wanted, *address, flags);
    if (error)
        return error;
    splock_lock(&mspace->lock);
    error = map(mspace, address, &wanted, flags);
    splock_unlock(&mspace->lock);
    return error;
    // END SOLUTION
}

int kmap(uint32_t *address, uint32_t length, inode_t *ino, uint32_t offset, uint32_t flags) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    uint32_t place = 0;
    int error = mspace_map(kernel_mspace, &place, length, ino, offset, 0, flags);
    if (!error)
        *address = place;
    return error;
    // END SOLUTION
}

int kunmap(uint32_t address, uint32_t length) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    return mspace_unmap(kernel_mspace, address, length);
    // END SOLUTION
}
