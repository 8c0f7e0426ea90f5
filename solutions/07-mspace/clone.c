/* A copy of an address space that shares its frames until one of the two writes.
 * Contract: kernel/07-mspace/mspace.h */
#include <stddef.h>

#include "errno.h"
#include "mspace.h"
#include "pages.h"
#include "slabs.h"
#include "todo.h"

// BEGIN SOLUTION
/* Puts what is at PAGE of VMA into COPY, too. */
static int share_page(vma_t *vma, vma_t *copy, uint32_t page) {
    paddr_t frame;
    uint32_t flags;
    bool cow = !(vma->flags & VMA_SHARED);
    int error = vma_page_find(vma, page, &frame, &flags);
    if (!error && cow && !(flags & PAGE_COW))
        error = vma_page_replace(vma, page, frame, true);
    return error ? error : vma_page_put(copy, page, frame, cow);
}

static int share_pages(vma_t *vma, vma_t *copy) {
    uint32_t end = vma_end(vma), page = vma_pages_next(vma, vma->node.value);
    int error = 0;
    for (; page < end && !error; page = vma_pages_next(vma, page + PAGE_SIZE))
        error = share_page(vma, copy, page);
    return error;
}

/* Makes an area like VMA in the space TO, with what is in it. */
static int copy_area(vma_t *vma, mspace_t *to) {
    vma_t *copy = mspace_new_vma(to);
    if (!copy)
        return -ENOMEM;
    *copy = *vma;
    copy->mspace = to;
    list_init(&copy->link);
    if (copy->ino)
        inode_open(copy->ino);
    bbtree_insert(&to->tree, &copy->node);
    to->v_size += copy->length / PAGE_SIZE;
    return share_pages(vma, copy);
}

static int copy_areas(mspace_t *from, mspace_t *to) {
    int error = 0;
    for (bbnode_t *node = bbtree_first(&from->tree); node && !error; node = bbtree_next(node))
        if (!(vma_of(node)->flags & VMA_DEAD))
            error = copy_area(vma_of(node), to);
    return error;
}
// END SOLUTION

int mspace_clone(mspace_t *mspace, mspace_t **copy) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    mspace_t *made;
    if (mspace == kernel_mspace)
        return -EPERM;
    int error = mspace_create(&made);
    if (error)
        return error;
    splock_lock(&mspace->lock);
    error = copy_areas(mspace, made);
    splock_unlock(&mspace->lock);
    if (!error && mspace_clone_hook)
        error = mspace_clone_hook(mspace, made);
    if (error)
        mspace_close(made);
    else
        *copy = made;
    return error;
    // END SOLUTION
}
