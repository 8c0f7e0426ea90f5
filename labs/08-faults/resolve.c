/* What a page shows when it is touched for the first time. Contract: kernel/08-faults/resolve.h */
#include "resolve.h"

#include "errno.h"
#include "string.h"
#include "todo.h"

int vma_fill(vma_t *vma, uint32_t page, bool write) {
    TODO();
    return -ENOSYS;
}

int vma_resolve(vma_t *vma, uint32_t page, bool write) {
    TODO();
    return -ENOSYS;
}
