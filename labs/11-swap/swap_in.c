/* Pages that come back. Contract: kernel/11-swap/swap.h */
#include "swap.h"

#include <stddef.h>

#include "absent.h"
#include "errno.h"
#include "frames.h"
#include "oom.h"
#include "page_fault.h"
#include "pages.h"
#include "slots.h"
#include "todo.h"

uint32_t swap_wanted;

int swap_absent(vma_t *vma, uint32_t page, bool write) {
    TODO();
    return -ENOENT;
}

int swap_fault(mspace_t *mspace, uint32_t address, uint32_t error) {
    TODO();
    return swap_next_fault(mspace, address, error);
}

int swap_bring(inode_t *ino, uint32_t offset, uint32_t size) {
    TODO();
    return -ENOSYS;
}

void swap_forget(vma_t *vma) {
    TODO();
}

void swap_forget_inode(inode_t *ino) {
    TODO();
}

int swap_clone(mspace_t *mspace, mspace_t *copy) {
    TODO();
    return 0;
}
