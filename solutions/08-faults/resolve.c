/* What a page shows when it is touched for the first time. Contract: kernel/08-faults/resolve.h */
#include "resolve.h"

#include "errno.h"
#include "string.h"
#include "todo.h"

// BEGIN SOLUTION
/* Puts a new frame at PAGE: COUNT bytes of VMA's inode from OFFSET on, or fewer if it ends before,
 * then blank. */
static int put_new(vma_t *vma, uint32_t page, uint32_t offset, uint32_t count) {
    paddr_t frame;
    int error = frame_alloc(1, ZONE_NORMAL, &frame);
    if (error)
        return error;
    uint8_t *bytes = frame_view(frame);
    uint32_t filled = count ? inode_read(vma->ino, bytes, count, offset) : 0;
    memset(bytes + filled, 0, PAGE_SIZE - filled);
    error = vma_page_put(vma, page, frame, false);
    frame_free(frame, 1); /* the page has a reference of its own, or nobody has */
    return error;
}

/* Returns how many bytes of the page that starts BEFORE bytes after VMA are the inode's. */
static uint32_t file_bytes(const vma_t *vma, uint32_t before) {
    if (vma->limit == 0)
        return PAGE_SIZE;
    if (vma->limit < 0 || (uint32_t)vma->limit <= before)
        return 0;
    uint32_t left = (uint32_t)vma->limit - before;
    return left < PAGE_SIZE ? left : PAGE_SIZE;
}

static int put_file(vma_t *vma, uint32_t page, bool write) {
    uint32_t before = page - vma->node.value, offset = vma->offset + before;
    uint32_t count = file_bytes(vma, before);
    bool is_private = !(vma->flags & VMA_SHARED);
    paddr_t frame;
    if (count && offset >= vma->ino->size)
        return -EIO;
    if (count < PAGE_SIZE || (is_private && write))
        return put_new(vma, page, offset, count);
    int error = inode_page(vma->ino, offset / PAGE_SIZE, &frame);
    return error ? error : vma_page_put(vma, page, frame, is_private);
}

static int put_physical(vma_t *vma, uint32_t page) {
    paddr_t frame = vma->offset + (page - vma->node.value);
    int error = vma_page_put(vma, page, frame, false);
    return error == -ENOENT ? -EIO : error;
}
// END SOLUTION

int vma_fill(vma_t *vma, uint32_t page, bool write) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    int error = page_absent_hook ? page_absent_hook(vma, page, write) : -ENOENT;
    if (error != -ENOENT)
        return error;
    switch (vma->flags & VMA_TYPE) {
    case VMA_FILE:
        return put_file(vma, page, write);
    case VMA_PHYS:
        return put_physical(vma, page);
    default:
        return put_new(vma, page, 0, 0);
    }
    // END SOLUTION
}

int vma_resolve(vma_t *vma, uint32_t page, bool write) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    paddr_t frame;
    uint32_t flags;
    if (vma_page_find(vma, page, &frame, &flags))
        return vma_fill(vma, page, write);
    return write ? vma_unshare(vma, page) : 0;
    // END SOLUTION
}
