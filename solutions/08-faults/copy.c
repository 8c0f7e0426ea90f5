/* Copy on write: the copy, when somebody writes. Contract: kernel/08-faults/resolve.h */
#include "errno.h"
#include "resolve.h"
#include "string.h"
#include "todo.h"

// BEGIN SOLUTION
/* Only one frame can be viewed at a time; this is where the bytes are in between. */
static void copy_frame(paddr_t to, paddr_t from) {
    static uint8_t bytes[PAGE_SIZE];
    memcpy(bytes, frame_view(from), PAGE_SIZE);
    memcpy(frame_view(to), bytes, PAGE_SIZE);
}

/* Puts a copy of FRAME, which is at PAGE, there in its place. */
static int put_copy(vma_t *vma, uint32_t page, paddr_t frame) {
    paddr_t fresh;
    int error = frame_alloc(1, ZONE_NORMAL, &fresh);
    if (error)
        return error;
    copy_frame(fresh, frame);
    error = vma_page_replace(vma, page, fresh, false);
    frame_free(fresh, 1); /* the page has a reference of its own, or nobody has */
    return error;
}
// END SOLUTION

int vma_unshare(vma_t *vma, uint32_t page) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    paddr_t frame;
    uint32_t flags;
    int error = vma_page_find(vma, page, &frame, &flags);
    if (error || !(flags & PAGE_COW))
        return error;
    if (frame_references(frame) == 1)
        return vma_page_replace(vma, page, frame, false);
    return put_copy(vma, page, frame);
    // END SOLUTION
}
