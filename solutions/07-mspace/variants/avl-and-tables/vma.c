/* Another way: what each type allows is a table. */
#include "vma.h"

#include "errno.h"
#include "mspace.h"

#define CALL_ONLY (VMA_MAP_FIXED | VMA_RESOLVE)
#define ANY_RIGHTS (VMA_RIGHTS | VMA_CAN)

static const struct rule {
    uint32_t must, may; /* bits that have to be there, bits that can be */
    bool kernel_only;
} rules[] = {
    [VMA_HEAP >> 8] = {VMA_RW, 0, false},
    [VMA_STACK >> 8] = {VMA_RW, VMA_GROWSDOWN, false},
    [VMA_FILE >> 8] = {0, ANY_RIGHTS | VMA_SHARED | VMA_COPY_ON_WRITE, false},
    [VMA_PHYS >> 8] = {0, ANY_RIGHTS & ~(VMA_EXEC | VMA_CAN_EXEC), true},
    [VMA_ANON >> 8] = {0, ANY_RIGHTS, false},
};

int vma_stored_flags(uint32_t flags, bool kernel, uint32_t *stored) {
    uint32_t type = (flags & VMA_TYPE) >> 8, rest = flags & ~(uint32_t)(VMA_TYPE | CALL_ONLY);
    const uint32_t both = VMA_SHARED | VMA_COPY_ON_WRITE;
    if (!type || type >= sizeof rules / sizeof *rules || (rules[type].kernel_only && !kernel))
        return -EINVAL;
    if (!(rest & VMA_CAN))
        rest |= (rest & VMA_RIGHTS) << 4;
    uint32_t needed = (rest & VMA_RIGHTS) << 4 | (rest & VMA_COPY_ON_WRITE ? VMA_CAN_WRITE : 0);
    if (rest & ~(rules[type].must | rules[type].may) || rules[type].must & ~rest ||
        needed & ~rest || (rest & both) == both)
        return -EINVAL;
    if (type == VMA_FILE >> 8 && !(rest & VMA_SHARED) && rest & VMA_WRITE)
        rest ^= VMA_WRITE | (rest & VMA_COPY_ON_WRITE ? 0 : VMA_COPY_ON_WRITE);
    *stored = rest | type << 8;
    return 0;
}

void vma_split(vma_t *vma, uint32_t length, vma_t *high) {
    int32_t limit = vma->limit, here = (int32_t)length;
    bool moves = (vma->flags & VMA_TYPE) == VMA_FILE || (vma->flags & VMA_TYPE) == VMA_PHYS;
    *high = (vma_t){.node.value = vma->node.value + length,
                    .length = vma->length - length,
                    .ino = vma->ino,
                    .offset = vma->offset + (moves ? length : 0),
                    .limit = limit <= 0     ? limit
                             : limit > here ? limit - here
                                            : -1,
                    .flags = vma->flags,
                    .mspace = vma->mspace};
    vma->length = length;
    vma->limit = limit > here ? 0 : limit;
    if (high->ino)
        high->ino->references++;
    bbtree_insert(&vma->mspace->tree, &high->node);
}
