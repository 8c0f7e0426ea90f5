/* Areas: their flags, and how they are cut. Contract: kernel/07-mspace/vma.h */
#include "vma.h"

#include "errno.h"
#include "mspace.h"
#include "panic.h"
#include "todo.h"

// BEGIN SOLUTION
#define CALL_ONLY (VMA_MAP_FIXED | VMA_RESOLVE)
#define ALLOWED                                                                                    \
    (VMA_RIGHTS | VMA_SHARED | VMA_CAN | VMA_COPY_ON_WRITE | VMA_TYPE | VMA_GROWSDOWN | CALL_ONLY)

/* Returns whether FLAGS, whose capabilities are filled in, may be those of an area. */
static bool are_possible(uint32_t flags, bool kernel) {
    bool read_and_write = (flags & (VMA_RIGHTS | VMA_CAN)) == VMA_RW;
    bool belongs_to_others = flags & (VMA_SHARED | VMA_COPY_ON_WRITE);
    switch (flags & VMA_TYPE) {
    case VMA_HEAP:
        return read_and_write && !belongs_to_others && !(flags & VMA_GROWSDOWN);
    case VMA_STACK:
        return read_and_write && !belongs_to_others;
    case VMA_FILE:
        return !(flags & VMA_GROWSDOWN) && (!(flags & VMA_COPY_ON_WRITE) || !(flags & VMA_SHARED));
    case VMA_PHYS:
        return kernel && !belongs_to_others && !(flags & (VMA_GROWSDOWN | VMA_CAN_EXEC));
    case VMA_ANON:
        return !belongs_to_others && !(flags & VMA_GROWSDOWN);
    default:
        return false;
    }
}

/* Returns whether each right in FLAGS, and COPY_ON_WRITE, has its capability. */
static bool are_covered(uint32_t flags) {
    uint32_t needed = (flags & VMA_RIGHTS) << 4;
    if (flags & VMA_COPY_ON_WRITE)
        needed |= VMA_CAN_WRITE;
    return !(needed & ~flags);
}
// END SOLUTION

int vma_stored_flags(uint32_t flags, bool kernel, uint32_t *stored) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (flags & ~(uint32_t)ALLOWED)
        return -EINVAL;
    if (!(flags & VMA_CAN))
        flags |= (flags & VMA_RIGHTS) << 4;
    if (!are_covered(flags) || !are_possible(flags, kernel))
        return -EINVAL;
    if ((flags & VMA_TYPE) == VMA_FILE && !(flags & VMA_SHARED) && flags & VMA_WRITE)
        flags = (flags & ~(uint32_t)VMA_WRITE) | VMA_COPY_ON_WRITE;
    *stored = flags & ~(uint32_t)CALL_ONLY;
    return 0;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Shares the limit of LOW, whose length is what it will be, out among LOW and HIGH. */
static void split_limit(vma_t *low, vma_t *high) {
    high->limit = low->limit;
    if (low->limit <= 0)
        return;
    bool reaches_high = (uint32_t)low->limit > low->length;
    high->limit = reaches_high ? low->limit - (int32_t)low->length : -1;
    if (reaches_high)
        low->limit = 0;
}
// END SOLUTION

void vma_split(vma_t *vma, uint32_t length, vma_t *high) {
    // BEGIN SOLUTION
    //| TODO();
    uint32_t type = vma->flags & VMA_TYPE;
    *high = *vma;
    list_init(&high->link);
    high->node.value += length;
    high->length -= length;
    vma->length = length;
    if (type == VMA_FILE || type == VMA_PHYS)
        high->offset += length;
    split_limit(vma, high);
    if (high->ino)
        inode_open(high->ino);
    ASSERT_EQ(bbtree_insert(&vma->mspace->tree, &high->node), 0);
    // END SOLUTION
}
