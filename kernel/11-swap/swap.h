/* Pages that go to the disk, and come back. Graded: exercises 5 to 7.
 *
 *               candidate          swap_out()                       write
 *     present ------------> absent, slot HELD, frame in memory ------------> absent, in the slot
 *        ^                        |                                                |
 *        +------------------------+ no transfer                                    | read
 *        +------------ swap_fault(): swap_absent() <-------------------------------+
 *
 * A handler does not wait for a page: a fault whose page is on the disk is answered by -EAGAIN, and
 * whoever faulted sends the request to the disk, waits, and sends the fault again.
 *
 * Directories, page tables, slots: whatever is the kernel's stays in memory.
 */
#ifndef MIROIR_SWAP_H
#define MIROIR_SWAP_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "dispatch.h"
#include "mspace.h"

/* ---- Out: exercise 5 ---- */

/* Has the block of SLOT written to (WRITE) from FRAME, or read into it, by a request to `disk`
 * (disk.h), number 1 of its kind, from the current process: the reason is BECAUSE_MISSING for a read,
 * BECAUSE_KERNEL for a write. Blocks. If a handler's code calls it, which cannot submit (-EBUSY),
 * it is part of that request: disk_handle() is called directly. Returns the status of the result,
 * or the error if there is none. */
int swap_transfer(uint32_t slot, paddr_t frame, bool write);

/* Takes VICTIM away from its space or cache. Blocks while something is written. By its kind:
 *   PAGE_IN_CACHE    that is all
 *   PAGE_OF_ITS_OWN  it becomes absent: in the slot that its frame remembers, if there is one,
 *                    which is written only if it is held, and nobody is at it; otherwise in a slot
 *                    that is taken, linked, and written
 *   of a cache       a file's: that is all. Shared memory's: absent in a slot that is taken, and
 *                    written (what others have written to it meanwhile cannot be known)
 * While its bytes are being written, the slot is held and has one more reference, which belongs to
 * the transfer (swap_transfers): the page can come back meanwhile, and even be written to.
 *
 * Returns 0. -ENOENT: it is not present (any more); -EPERM: it is LOOK_PINNED, unless it is that
 * because of a red zone; -ENOSPC: no slot is free; -ERANGE: its slot has SLOT_REFERENCES_LIMIT;
 * -ENOMEM: no memory to note it: after these, nothing has changed. -EIO, or another error of the
 * transfer: it could not be written; it is absent, and its slot held: the bytes are in memory, and
 * stay there. */
int swap_out(const struct candidate *victim);

/* The transfers that somebody waits for. */
struct swap_transfer {
    struct list link; /* in swap_transfers */
    uint32_t pid;     /* whoever waits */
    uint32_t slot;    /* with a reference; 0: that one had SLOT_REFERENCES_LIMIT */
    paddr_t frame;    /* with a reference; 0: none */
};
extern struct list swap_transfers;

/* Begins TRANSFER for the current process: SLOT gets one more reference, if it can have one more;
 * FRAME, unless it is 0, is handed over with one; and ends it: gives both back. */
void transfer_begin(struct swap_transfer *transfer, uint32_t slot, paddr_t frame);
void transfer_end(struct swap_transfer *transfer);

/* Ends the transfers of process PID, which has ended itself. */
void transfers_forget(uint32_t pid);

/* ---- In: exercise 6 ---- */

/* What the kit makes page_absent_hook (resolve.h). PAGE of VMA is not present.
 *
 * If it is absent, and its slot remembers a frame (slot_frame()): puts that there, with PAGE_COW, and
 * the page is absent no more. 0, or -ENOMEM, nothing having changed. (So a write to it comes as one
 * more fault, from which it is known that the frame is not as the slot any more.) If the slot
 * remembers none: -EAGAIN, and swap_wanted is the slot.
 *
 * If VMA is a FILE, and the page of its inode's cache that belongs there, wherever `limit` is, is
 * absent: if its slot remembers a frame, that is put back into the cache, which takes a reference;
 * the page is absent no more, and the two are unlinked (frame_unlink()): whoever maps the frame may
 * write to it; then -ENOENT. If it remembers none: -EAGAIN as above. In all other cases: -ENOENT,
 * there is nothing to bring back. */
int swap_absent(vma_t *vma, uint32_t page, bool write);
extern uint32_t swap_wanted;

/* What the kit makes file_bring_hook (files.h). Has come back what is absent of INO's cache, as far
 * as it holds any of the SIZE bytes from OFFSET on: a slot that remembers no frame is read into one
 * first, as swap_fault() does it. Blocks: what has come back may go again while the next page is
 * waited for. Returns 0 when all of it is there at the same time, and nobody else has run since; or
 * an error of frame_alloc() or of the transfer. */
int swap_bring(inode_t *ino, uint32_t offset, uint32_t size);

/* What the kit makes fault_resolver (faults.h). Resolves a fault by swap_next_fault, which was the
 * resolver before, and does what that cannot.
 *
 *   - First: swap_keep_room().
 *   - Calls swap_next_fault; right before, without a chance for others to run in between, if the
 *     fault is a write to a page that is present, and its frame has no other reference:
 *     frame_unlink(), because the frame will be written to. -EAGAIN: has swap_wanted read into a
 *     new frame (ZONE_NORMAL), by a transfer; links both, unless the slot has come to remember
 *     another frame meanwhile, which is as good; and calls swap_next_fault again.
 *   - -ENOMEM, from whatever: swap_make_room(SWAP_HIGH, frames_managed()); if that is false,
 *     out_of_memory() (oom.h); unless that fails, too, begins anew, SWAP_TRIES times at
 *     most: the first try does not count.
 *
 * Where nobody can wait, only swap_next_fault is called, and -EAGAIN becomes -EIO: in the kernel's
 * own space, whoever touches it; and in any other that is not the current process's (exec fills
 * one), unless the current process is process 0. Returns 0, or an error of swap_next_fault or of
 * the transfer; never -EAGAIN. */
int swap_fault(mspace_t *mspace, uint32_t address, uint32_t error);
extern int (*swap_next_fault)(mspace_t *mspace, uint32_t address, uint32_t error);

/* ---- In time: exercise 7 ---- */

#define SWAP_LOW 16u  /* free frames: under that, whoever asks for something makes room first, */
#define SWAP_HIGH 32u /* until so many are free */
#define SWAP_TRIES 5  /* how often -ENOMEM is not taken for an answer */

/* Returns how many frames are free, in both zones. */
uint32_t swap_free_frames(void);

/* Has pages go, as page_clock chooses, until FRAMES frames are free, or clock_choose() finds none, or
 * PATIENCE pages in a row cannot go (swap_out() fails). Returns whether FRAMES frames are free: a few
 * less are soon gone, and the same search comes again. Blocks. */
bool swap_make_room(uint32_t frames, uint32_t patience);

/* If fewer than SWAP_LOW frames are free, and a slot is: swap_make_room(SWAP_HIGH, SWAP_HIGH). */
void swap_keep_room(void);

/* What the kit makes syscall_dispatch (dispatch.h): has CALL carried out by swap_next_call, which was
 * there before.
 *   - First: swap_keep_room().
 *   - -ENOMEM: swap_make_room(SWAP_HIGH, frames_managed()), and if that is true, once more; then with
 *     twice as many frames, and so on, SWAP_TRIES times at most, the first try not counted. If it is
 *     false, that ends it. */
int32_t swap_call(const struct syscall *call);
extern int32_t (*swap_next_call)(const struct syscall *call);

/* ---- Areas and spaces that change: exercise 6 ---- */

/* What the kit makes mspace_forget_hook and inode_forget_hook: what is absent of VMA, or of INO, is
 * forgotten. */
void swap_forget(vma_t *vma);
void swap_forget_inode(inode_t *ino);

/* What the kit makes mspace_clone_hook: the absent pages of MSPACE are absent in COPY, too, in the
 * same slots. Returns as absent_copy(). */
int swap_clone(mspace_t *mspace, mspace_t *copy);

#endif
