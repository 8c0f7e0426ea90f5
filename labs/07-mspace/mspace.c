/* Address spaces: how they are made, used, searched and given back.
 * Contract: kernel/07-mspace/mspace.h */
#include "mspace.h"

#include <stddef.h>

#include "directory.h"
#include "errno.h"
#include "panic.h"
#include "slabs.h"
#include "todo.h"

int mspace_create(mspace_t **mspace) {
    TODO();
    return -ENOSYS;
}

void mspace_open(mspace_t *mspace) {
    TODO();
}

int mspace_close(mspace_t *mspace) {
    TODO();
    return -ENOSYS;
}

void mspace_switch(mspace_t *mspace) {
    TODO();
}

vma_t *mspace_vma_at(const mspace_t *mspace, uint32_t address) {
    TODO();
    return NULL;
}

vma_t *mspace_search_vma(mspace_t *mspace, uint32_t address) {
    TODO();
    return NULL;
}

int mspace_bury(mspace_t *mspace) {
    TODO();
    return 0;
}

vma_t *mspace_new_vma(mspace_t *mspace) {
    TODO();
    return NULL;
}
