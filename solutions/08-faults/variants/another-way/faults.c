/* Different but right: the kinds in a table, and one way out of a fault, whatever became of it. */
#include "faults.h"

#include <stddef.h>

#include "errno.h"
#include "resolve.h"

enum fault_kind fault_decode(uint32_t error) {
    static const uint8_t kinds[8] = {
        [FAULT_PRESENT] = FAULT_OTHER,
        [FAULT_PRESENT | FAULT_USER] = FAULT_OTHER,
        [FAULT_PRESENT | FAULT_WRITE] = FAULT_WRITE_DENIED,
        [FAULT_PRESENT | FAULT_WRITE | FAULT_USER] = FAULT_WRITE_DENIED,
    };
    return error < sizeof kinds ? (enum fault_kind)kinds[error] : FAULT_OTHER;
}

bool vma_allows(const vma_t *vma, bool write) {
    uint32_t enough = VMA_WRITE | VMA_COPY_ON_WRITE;
    if (!write)
        enough |= VMA_READ | VMA_EXEC;
    return (vma->flags & enough) != 0;
}

/* Returns 0 if PAGE of VMA needs nothing, -EFAULT otherwise: all that can be done under the policy
 * "eager". */
static int only_look(vma_t *vma, uint32_t page, bool write) {
    paddr_t frame;
    uint32_t flags = 0;
    int error = vma_page_find(vma, page, &frame, &flags);
    return error || (write && flags & PAGE_COW) ? -EFAULT : 0;
}

int mspace_fault(mspace_t *mspace, uint32_t address, uint32_t error) {
    uint32_t page = address - address % PAGE_SIZE, start = 0;
    bool write = (error & FAULT_WRITE) != 0;
    int result = -EFAULT;
    splock_lock(&mspace->lock);
    vma_t *vma = mspace_vma_at(mspace, address);
    if (!vma && !mspace_eager && fault_decode(error) != FAULT_OTHER &&
        (vma = stack_reaching(mspace, page)) && vma_allows(vma, write)) {
        start = vma->node.value;
        stack_move_start(vma, page);
    }
    if (vma && vma_allows(vma, write) && fault_decode(error) != FAULT_OTHER)
        result = (mspace_eager ? only_look : vma_resolve)(vma, page, write);
    if (result && start)
        stack_move_start(vma, start);
    splock_unlock(&mspace->lock);
    return result;
}
