/* Unmapping and protecting: all of a range, or nothing. Contract: kernel/07-mspace/mspace.h */
#include <stddef.h>

#include "errno.h"
#include "mspace.h"
#include "pages.h"
#include "slabs.h"
#include "todo.h"

int mspace_unmap(mspace_t *mspace, uint32_t address, uint32_t length) {
    TODO();
    return -ENOSYS;
}

int mspace_protect(mspace_t *mspace, uint32_t address, uint32_t length, uint32_t rights) {
    TODO();
    return -ENOSYS;
}

int mspace_scavenge(mspace_t *mspace) {
    TODO();
    return -ENOSYS;
}

void mspace_sweep(mspace_t *mspace) {
    TODO();
}
