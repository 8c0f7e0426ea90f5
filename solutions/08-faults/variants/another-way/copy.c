/* Different but right: copied in pieces through the stack, and the old frame is held meanwhile. */
#include "errno.h"
#include "resolve.h"
#include "string.h"

#define PIECE 512

static void copy_frame(paddr_t to, paddr_t from) {
    uint8_t piece[PIECE];
    for (uint32_t done = 0; done < PAGE_SIZE; done += PIECE) {
        memcpy(piece, (const uint8_t *)frame_view(from) + done, PIECE);
        memcpy((uint8_t *)frame_view(to) + done, piece, PIECE);
    }
}

int vma_unshare(vma_t *vma, uint32_t page) {
    paddr_t old, own;
    uint32_t flags;
    int error = vma_page_find(vma, page, &old, &flags);
    if (error)
        return error;
    if (!(flags & PAGE_COW))
        return 0;
    bool is_alone = frame_references(old) == 1;
    own = old;
    error = is_alone ? frame_ref(old) : frame_alloc(1, ZONE_NORMAL, &own);
    if (error)
        return error;
    if (!is_alone)
        copy_frame(own, old);
    error = vma_page_replace(vma, page, own, false);
    frame_free(own, 1);
    return error;
}
