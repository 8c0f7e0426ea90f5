/* New areas, and where there is room for them. Contract: kernel/07-mspace/mspace.h */
#include <stddef.h>

#include "errno.h"
#include "mspace.h"
#include "pages.h"
#include "slabs.h"
#include "todo.h"

int mspace_map(mspace_t *mspace, uint32_t *address, uint32_t length, inode_t *ino, uint32_t offset,
               int32_t limit, uint32_t flags) {
    TODO();
    return -ENOSYS;
}

int kmap(uint32_t *address, uint32_t length, inode_t *ino, uint32_t offset, uint32_t flags) {
    TODO();
    return -ENOSYS;
}

int kunmap(uint32_t address, uint32_t length) {
    TODO();
    return -ENOSYS;
}
