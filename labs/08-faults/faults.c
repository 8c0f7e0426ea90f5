/* A page fault, from its error code to the page that was missing. Contract:
 * kernel/08-faults/faults.h
 */
#include "faults.h"

#include <stddef.h>

#include "errno.h"
#include "resolve.h"
#include "todo.h"

enum fault_kind fault_decode(uint32_t error) {
    TODO();
    return FAULT_OTHER;
}

bool vma_allows(const vma_t *vma, bool write) {
    TODO();
    return false;
}

int mspace_fault(mspace_t *mspace, uint32_t address, uint32_t error) {
    TODO();
    return -ENOSYS;
}
