/* A page fault, from its error code to the page that was missing. Contract:
 * kernel/08-faults/faults.h
 */
#include "faults.h"

#include <stddef.h>

#include "errno.h"
#include "resolve.h"
#include "todo.h"

enum fault_kind fault_decode(uint32_t error) {
    // BEGIN SOLUTION
    //| TODO();
    //| return FAULT_OTHER;
    if (error & ~(uint32_t)(FAULT_PRESENT | FAULT_WRITE | FAULT_USER))
        return FAULT_OTHER;
    if (!(error & FAULT_PRESENT))
        return FAULT_MISSING;
    return error & FAULT_WRITE ? FAULT_WRITE_DENIED : FAULT_OTHER;
    // END SOLUTION
}

bool vma_allows(const vma_t *vma, bool write) {
    // BEGIN SOLUTION
    //| TODO();
    //| return false;
    return write ? vma_may_write(vma) : vma->flags & (VMA_RIGHTS | VMA_COPY_ON_WRITE);
    // END SOLUTION
}

// BEGIN SOLUTION
/* Returns whether nothing has to be done at PAGE of VMA. */
static bool is_in_place(vma_t *vma, uint32_t page, bool write) {
    paddr_t frame;
    uint32_t flags;
    return !vma_page_find(vma, page, &frame, &flags) && !(write && flags & PAGE_COW);
}

/* Resolves a fault at PAGE of VMA. */
static int resolve(vma_t *vma, uint32_t page, bool write) {
    if (!vma_allows(vma, write))
        return -EFAULT;
    if (mspace_eager)
        return is_in_place(vma, page, write) ? 0 : -EFAULT;
    return vma_resolve(vma, page, write);
}

/* Resolves a fault at PAGE, which is in no area: perhaps a stack can grow as far. */
static int resolve_by_growth(mspace_t *mspace, uint32_t page, bool write) {
    vma_t *stack = mspace_eager ? NULL : stack_reaching(mspace, page);
    if (!stack)
        return -EFAULT;
    uint32_t start = stack->node.value;
    stack_move_start(stack, page);
    int error = resolve(stack, page, write);
    if (error)
        stack_move_start(stack, start);
    return error;
}
// END SOLUTION

int mspace_fault(mspace_t *mspace, uint32_t address, uint32_t error) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    uint32_t page = address & PAGE_FRAME;
    bool write = error & FAULT_WRITE;
    if (fault_decode(error) == FAULT_OTHER)
        return -EFAULT;
    splock_lock(&mspace->lock);
    vma_t *vma = mspace_vma_at(mspace, page);
    int result = vma ? resolve(vma, page, write) : resolve_by_growth(mspace, page, write);
    splock_unlock(&mspace->lock);
    return result;
    // END SOLUTION
}
