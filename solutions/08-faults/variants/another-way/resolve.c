/* Different but right: one function for each type, in a table; a page is put first and filled then;
 * a file is read whole and its end cut off. */
#include "resolve.h"

#include "errno.h"
#include "string.h"

typedef int (*fill_fn)(vma_t *vma, uint32_t page, bool write);

/* Puts a new blank frame at PAGE, and stores it in *FRAME. */
static int put_blank(vma_t *vma, uint32_t page, paddr_t *frame) {
    int error = frame_alloc(1, ZONE_NORMAL, frame);
    if (error)
        return error;
    memset(frame_view(*frame), 0, PAGE_SIZE);
    error = vma_page_put(vma, page, *frame, false);
    frame_free(*frame, 1);
    return error;
}

static int fill_blank(vma_t *vma, uint32_t page, bool write) {
    paddr_t frame;
    return put_blank(vma, page, &frame);
}

static int fill_file(vma_t *vma, uint32_t page, bool write) {
    uint32_t before = page - vma->node.value;
    int64_t left = vma->limit ? (int64_t)vma->limit - before : (int64_t)PAGE_SIZE;
    bool own = write && !(vma->flags & VMA_SHARED);
    paddr_t frame;
    int error;
    if (left <= 0)
        return fill_blank(vma, page, write);
    if (vma->offset + before >= vma->ino->size)
        return -EIO;
    if (left >= PAGE_SIZE && !own) {
        error = inode_page(vma->ino, (vma->offset + before) / PAGE_SIZE, &frame);
        return error ? error : vma_page_put(vma, page, frame, !(vma->flags & VMA_SHARED));
    }
    error = put_blank(vma, page, &frame);
    if (error)
        return error;
    uint8_t *bytes = frame_view(frame);
    inode_read(vma->ino, bytes, PAGE_SIZE, vma->offset + before);
    if (left < PAGE_SIZE)
        memset(bytes + left, 0, PAGE_SIZE - (uint32_t)left);
    return 0;
}

static int fill_physical(vma_t *vma, uint32_t page, bool write) {
    paddr_t frame = vma->offset - vma->node.value + page;
    if (frame_at(frame) && !frame_references(frame))
        return -EIO;
    return vma_page_put(vma, page, frame, false);
}

int vma_fill(vma_t *vma, uint32_t page, bool write) {
    static const fill_fn fill[] = {
        [VMA_HEAP >> 8] = fill_blank, [VMA_STACK >> 8] = fill_blank,   [VMA_FILE >> 8] = fill_file,
        [VMA_ANON >> 8] = fill_blank, [VMA_PHYS >> 8] = fill_physical,
    };
    if (page_absent_hook) {
        int known = page_absent_hook(vma, page, write);
        if (known != -ENOENT)
            return known;
    }
    return fill[(vma->flags & VMA_TYPE) >> 8](vma, page, write);
}

int vma_resolve(vma_t *vma, uint32_t page, bool write) {
    int error = write ? vma_unshare(vma, page) : -ENOENT;
    paddr_t frame;
    uint32_t flags;
    if (!write)
        error = vma_page_find(vma, page, &frame, &flags);
    return error == -ENOENT ? vma_fill(vma, page, write) : error;
}
