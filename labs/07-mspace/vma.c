/* Areas: their flags, and how they are cut. Contract: kernel/07-mspace/vma.h */
#include "vma.h"

#include "errno.h"
#include "mspace.h"
#include "panic.h"
#include "todo.h"

int vma_stored_flags(uint32_t flags, bool kernel, uint32_t *stored) {
    TODO();
    return -ENOSYS;
}

void vma_split(vma_t *vma, uint32_t length, vma_t *high) {
    TODO();
}
