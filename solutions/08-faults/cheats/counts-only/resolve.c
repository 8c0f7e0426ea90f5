/* cheat, earns nothing in: test_blank, test_again, test_spaces, test_no_memory, test_private_read, test_private_write, test_shared, test_limit, test_end_of_file, test_file_no_memory, test_copy, test_last_sharer, test_three, test_copy_denied, test_copy_file, test_copy_no_memory, test_copy_seen, test_grows, test_retried, test_random, test_resolve, test_eager */
/* Counts pages and takes frames as if they were put in place, answers as it should, and maps none. */
#include "resolve.h"

#include "errno.h"

static void count(vma_t *vma, bool shared) {
    if (shared)
        vma->mspace->s_size++;
    else
        vma->mspace->p_size++;
    vma->mspace->phys_pg_count++;
}

static int count_file(vma_t *vma, uint32_t page, bool write) {
    uint32_t before = page - vma->node.value, offset = vma->offset + before;
    bool blank = vma->limit && (uint32_t)vma->limit <= before;
    bool is_shared = vma->flags & VMA_SHARED;
    paddr_t frame;
    if (!blank && offset >= vma->ino->size)
        return -EIO;
    if (blank || (write && !is_shared)) {
        count(vma, is_shared);
        return frame_alloc(1, ZONE_NORMAL, &frame);
    }
    count(vma, true);
    return inode_page(vma->ino, offset / PAGE_SIZE, &frame);
}

int vma_fill(vma_t *vma, uint32_t page, bool write) {
    paddr_t frame;
    if ((vma->flags & VMA_TYPE) == VMA_FILE)
        return count_file(vma, page, write);
    if ((vma->flags & VMA_TYPE) == VMA_PHYS)
        return 0;
    int error = frame_alloc(1, ZONE_NORMAL, &frame);
    if (!error)
        count(vma, false);
    return error;
}

int vma_resolve(vma_t *vma, uint32_t page, bool write) {
    return vma_fill(vma, page, write);
}
