/* Copy on write: the copy, when somebody writes. Contract: kernel/08-faults/resolve.h */
#include "errno.h"
#include "resolve.h"
#include "string.h"
#include "todo.h"

int vma_unshare(vma_t *vma, uint32_t page) {
    TODO();
    return -ENOSYS;
}
