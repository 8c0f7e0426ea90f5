/* The pages of an area, and what they count for. Contract: kernel/07-mspace/pages.h */
#include "pages.h"

#include <stddef.h>

#include "control.h"
#include "directory.h"
#include "errno.h"
#include "mirror.h"
#include "mspace.h"
#include "panic.h"
#include "todo.h"

int vma_page_put(vma_t *vma, uint32_t page, paddr_t frame, bool cow) {
    TODO();
    return -ENOSYS;
}

int vma_page_replace(vma_t *vma, uint32_t page, paddr_t frame, bool cow) {
    TODO();
    return -ENOSYS;
}

int vma_page_remove(vma_t *vma, uint32_t page) {
    TODO();
    return -ENOSYS;
}

int vma_page_find(vma_t *vma, uint32_t page, paddr_t *frame, uint32_t *flags) {
    TODO();
    return -ENOSYS;
}

void vma_pages_remove(vma_t *vma) {
    TODO();
}

void vma_pages_update(vma_t *vma) {
    TODO();
}

uint32_t vma_pages_next(vma_t *vma, uint32_t from) {
    TODO();
    return vma_end(vma);
}
