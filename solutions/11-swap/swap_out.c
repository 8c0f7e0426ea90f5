/* Pages that go. Contract: kernel/11-swap/swap.h */
#include "swap.h"

#include <stddef.h>

#include "absent.h"
#include "disk.h"
#include "errno.h"
#include "frames.h"
#include "manager.h"
#include "pages.h"
#include "slots.h"
#include "todo.h"

struct list swap_transfers = LIST_EMPTY(swap_transfers);

int swap_transfer(uint32_t slot, paddr_t frame, bool write) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct request_result result = {0};
    struct request request = {.version = REQUEST_VERSION,
                              .device = disk.device.id,
                              .nature = write ? NATURE_BLOCK_WRITE : NATURE_BLOCK_READ,
                              .reason = write ? BECAUSE_KERNEL : BECAUSE_MISSING,
                              .sender = current_process->pid,
                              .need = 1,
                              .arguments = {slot, frame}};
    int error = request_perform(&request, &result);
    if (error == -EBUSY)
        return disk_handle(&disk.device, &request, &result);
    return error ? error : result.status;
    // END SOLUTION
}

void transfer_begin(struct swap_transfer *transfer, uint32_t slot, paddr_t frame) {
    // BEGIN SOLUTION
    //| TODO();
    transfer->pid = current_process->pid;
    transfer->slot = slot_ref(slot) ? 0 : slot; /* so many references outlive any transfer */
    transfer->frame = frame;
    list_append(&swap_transfers, &transfer->link);
    // END SOLUTION
}

void transfer_end(struct swap_transfer *transfer) {
    // BEGIN SOLUTION
    //| TODO();
    list_remove(&transfer->link);
    if (transfer->frame)
        frame_free(transfer->frame, 1);
    slot_drop(transfer->slot);
    // END SOLUTION
}

void transfers_forget(uint32_t pid) {
    // BEGIN SOLUTION
    //| TODO();
    for (struct list *link = swap_transfers.next, *next; link != &swap_transfers; link = next) {
        struct swap_transfer *transfer = list_element(link, struct swap_transfer, link);
        next = link->next;
        if (transfer->pid == pid)
            transfer_end(transfer);
    }
    // END SOLUTION
}

// BEGIN SOLUTION
/* Returns whether somebody is writing SLOT: a transfer that reads has a frame. */
static bool is_being_written(uint32_t slot) {
    list_each (link, &swap_transfers) {
        const struct swap_transfer *transfer = list_element(link, struct swap_transfer, link);
        if (transfer->slot == slot && !transfer->frame)
            return true;
    }
    return false;
}

/* Writes what SLOT is held for, if it is, and if nobody else does. */
static int write_slot(uint32_t slot) {
    struct swap_transfer transfer;
    if (!slots[slot].held || is_being_written(slot))
        return 0;
    transfer_begin(&transfer, slot, 0);
    int error = swap_transfer(slot, slots[slot].frame, true);
    if (!error)
        slot_release(slot);
    transfer_end(&transfer);
    return error;
}

static int take_held(paddr_t frame, uint32_t *slot) {
    int error = slot_take(slot);
    if (!error)
        slot_hold(*slot, frame);
    return error;
}

/* Notes that PAGE of OWNER, which shows FRAME, is in *SLOT. */
static int note(const void *owner, uint32_t page, paddr_t frame, uint32_t *slot) {
    *slot = frame_slot(frame);
    int error = *slot ? slot_ref(*slot) : take_held(frame, slot);
    if (error)
        return error;
    error = absent_add(owner, page, *slot);
    if (error)
        slot_drop(*slot);
    return error;
}

/* Takes PAGE of VMA away, if it can go. *SLOT becomes the slot that it is in then, if it is in one. */
static int take_away(vma_t *vma, uint32_t page, uint32_t *slot) {
    paddr_t frame;
    uint32_t flags;
    if (vma_page_find(vma, page, &frame, &flags))
        return -ENOENT;
    enum page_way way = page_way(vma, page, frame);
    if (way == PAGE_STAYS)
        return -EPERM;
    int error = way == PAGE_OF_ITS_OWN ? note(vma->mspace, page, frame, slot) : 0;
    return error ? error : vma_page_remove(vma, page);
}

static int out_of_space(const struct candidate *victim) {
    struct process *process = process_find(victim->number);
    if (!process || process->mspace == kernel_mspace)
        return -ENOENT;
    uint32_t slot = 0;
    splock_lock(&process->mspace->lock);
    vma_t *vma = mspace_vma_at(process->mspace, victim->page);
    int error = vma ? take_away(vma, victim->page, &slot) : -ENOENT;
    splock_unlock(&process->mspace->lock);
    return error || !slot ? error : write_slot(slot);
}

/* Returns where the cache of the inode that VICTIM is of has its frame, and stores the inode in *INO;
 * NULL if there is none. */
static paddr_t *cached_frame(const struct candidate *victim, inode_t **ino) {
    list_each (link, &inodes) {
        *ino = list_element(link, inode_t, link);
        if ((*ino)->number != victim->number)
            continue;
        bool is_there =
            (*ino)->pages && victim->page < (*ino)->size && (*ino)->pages[victim->page / PAGE_SIZE];
        return is_there ? &(*ino)->pages[victim->page / PAGE_SIZE] : NULL;
    }
    return NULL;
}

static int out_of_cache(const struct candidate *victim) {
    inode_t *ino;
    uint32_t slot = 0;
    paddr_t *frame = cached_frame(victim, &ino);
    if (!frame)
        return -ENOENT;
    if (candidate_look(victim) == LOOK_PINNED)
        return -EPERM;
    if (!ino->data) {
        int error = note(ino, victim->page, *frame, &slot);
        if (error)
            return error;
    }
    frame_free(*frame, 1);
    *frame = 0;
    return slot ? write_slot(slot) : 0;
}
// END SOLUTION

int swap_out(const struct candidate *victim) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    return victim->is_cached ? out_of_cache(victim) : out_of_space(victim);
    // END SOLUTION
}
