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

// BEGIN SOLUTION
/* Stores in *FRAME what SLOT remembers; -EAGAIN if it has to be read first. */
static int find_frame(uint32_t slot, paddr_t *frame) {
    *frame = slot_frame(slot);
    if (*frame)
        return 0;
    swap_wanted = slot;
    return -EAGAIN;
}

static int return_to_space(vma_t *vma, uint32_t page, uint32_t slot) {
    paddr_t frame;
    int error = find_frame(slot, &frame);
    if (!error)
        error = vma_page_put(vma, page, frame, true);
    if (!error)
        absent_remove(vma->mspace, page);
    return error;
}

/* Has the page of INO at OFFSET in its cache, if it was absent. */
static int return_to_cache(inode_t *ino, uint32_t offset) {
    paddr_t frame;
    uint32_t slot = absent_find(ino, offset);
    int error = slot ? find_frame(slot, &frame) : 0;
    if (error || !slot)
        return error;
    frame_ref(frame);
    ino->pages[offset / PAGE_SIZE] = frame;
    absent_remove(ino, offset);
    frame_unlink(frame);
    return 0;
}
// END SOLUTION

int swap_absent(vma_t *vma, uint32_t page, bool write) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOENT;
    uint32_t slot = absent_find(vma->mspace, page);
    if (slot)
        return return_to_space(vma, page, slot);
    if ((vma->flags & VMA_TYPE) != VMA_FILE)
        return -ENOENT;
    int error = return_to_cache(vma->ino, vma->offset + (page - vma->node.value));
    return error ? error : -ENOENT;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Has SLOT read, and a frame with its content remembered by it for as long as TRANSFER goes on. */
static int read_slot(uint32_t slot, struct swap_transfer *transfer) {
    paddr_t frame;
    int error = frame_alloc(1, ZONE_NORMAL, &frame);
    if (error)
        return error;
    transfer_begin(transfer, slot, frame);
    error = swap_transfer(slot, frame, false);
    if (error) {
        transfer_end(transfer);
        return error;
    }
    paddr_t other = slot_frame(slot); /* somebody else was quicker */
    if (!other) {
        slot_link(slot, frame);
        return 0;
    }
    frame_ref(other);
    frame_free(frame, 1);
    transfer->frame = other;
    return 0;
}

/* The frame of a page that is written to, and shown nowhere else, is not as its slot any more. */
static void unlink_written(mspace_t *mspace, uint32_t address) {
    paddr_t frame;
    uint32_t flags;
    splock_lock(&mspace->lock);
    vma_t *vma = mspace_vma_at(mspace, address);
    if (vma && !vma_page_find(vma, address & ~(PAGE_SIZE - 1), &frame, &flags) &&
        frame_references(frame) == 1)
        frame_unlink(frame);
    splock_unlock(&mspace->lock);
}

/* Between these two nobody waits: who shares the frame with whom must not change. */
static int resolve(mspace_t *mspace, uint32_t address, uint32_t error) {
    const uint32_t write_denied = FAULT_PRESENT | FAULT_WRITE;
    if ((error & write_denied) == write_denied)
        unlink_written(mspace, address);
    return swap_next_fault(mspace, address, error);
}

static int try_fault(mspace_t *mspace, uint32_t address, uint32_t error) {
    struct swap_transfer transfer;
    int result = resolve(mspace, address, error);
    if (result != -EAGAIN)
        return result;
    result = read_slot(swap_wanted, &transfer);
    if (result)
        return result;
    result = resolve(mspace, address, error);
    transfer_end(&transfer);
    return result;
}

static bool can_wait(const mspace_t *mspace) {
    return mspace != kernel_mspace && (!current_process->pid || mspace == current_process->mspace);
}

static bool find_room(void) {
    return swap_make_room(SWAP_HIGH, frames_managed()) || !out_of_memory();
}
// END SOLUTION

int swap_fault(mspace_t *mspace, uint32_t address, uint32_t error) {
    // BEGIN SOLUTION
    //| TODO();
    //| return swap_next_fault(mspace, address, error);
    int result, tries = 0;
    if (!can_wait(mspace)) {
        result = swap_next_fault(mspace, address, error);
        return result == -EAGAIN ? -EIO : result;
    }
    do {
        swap_keep_room();
        result = try_fault(mspace, address, error);
    } while (result == -EAGAIN || (result == -ENOMEM && tries++ < SWAP_TRIES && find_room()));
    return result;
    // END SOLUTION
}

int swap_bring(inode_t *ino, uint32_t offset, uint32_t size) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    uint32_t start = offset & ~(PAGE_SIZE - 1), end = offset + size;
    for (uint32_t at = start; size && at < end;) {
        struct swap_transfer transfer;
        if (return_to_cache(ino, at) != -EAGAIN) {
            at += PAGE_SIZE;
            continue;
        }
        int error = read_slot(swap_wanted, &transfer);
        if (error)
            return error;
        return_to_cache(ino, at);
        transfer_end(&transfer);
        at = start; /* others have run: what had come back may have gone again */
    }
    return 0;
    // END SOLUTION
}

void swap_forget(vma_t *vma) {
    // BEGIN SOLUTION
    //| TODO();
    absent_forget(vma->mspace, vma->node.value, vma_end(vma));
    // END SOLUTION
}

void swap_forget_inode(inode_t *ino) {
    // BEGIN SOLUTION
    //| TODO();
    absent_forget(ino, 0, ino->size);
    // END SOLUTION
}

int swap_clone(mspace_t *mspace, mspace_t *copy) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return absent_copy(mspace, copy);
    // END SOLUTION
}
