/* Slots: the places on the disk where pages go. Graded: exercise 1.
 *
 *     disk     | block 0 | block 1 | block 2 | block 3 | ...        slot N is block N; slot 0 does
 *              +---------+---------+---------+---------+---         not exist: 0 means "none"
 *     slots[]      ---        2         0         1
 *                          two pages   free    one page
 *
 * A slot has one reference for each page that is absent and has its content there (absent.h). Without
 * references it is free: it may be taken at any time.
 *
 * Slot and frame may remember each other: the frame has the same bytes as the slot. So a page that
 * came back and was not written to since can go again without being written; and of several spaces
 * that share a frame only the first pays for the transfer. The slot's `frame` and the `owner` in the
 * frame's descriptor (frames.h) say so, and both must: a frame that was freed, or handed out anew,
 * has another owner. Such a memory holds neither of them: a free slot is still free, and the frame
 * has no reference for it.
 *
 * With one exception: as long as the bytes are not yet on the disk, the slot is HELD. It has a
 * reference of its own of the frame then, which goes when it is released.
 */
#ifndef MIROIR_SLOTS_H
#define MIROIR_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "page.h"

#define SLOTS_LIMIT 0xffffu           /* slots, at most */
#define SLOT_REFERENCES_LIMIT 0x7fffu /* of one slot */

struct slot {
    uint16_t references;
    uint16_t held; /* 1 or 0 */
    paddr_t frame; /* what it remembers, see slot_frame(); 0: nothing */
};

/* The slots, by number, alloc()ed; slots[0] is not used. NULL: none. Defined by slots.c. */
extern struct slot *slots;

/* ---- Taking and giving back ---- */

/* Makes a slot of each block of a disk that has BLOCKS, but block 0, and of SLOTS_LIMIT at most; all
 * are free and remember nothing. A table from before is given back: no slot of it is held. Returns 0;
 * -EINVAL if BLOCKS is under 2, nothing having changed; -ENOMEM: then there is no slot. */
int slots_init(uint32_t blocks);

/* Takes a free slot, any, and stores its number in *SLOT: it has one reference and remembers nothing.
 * Returns 0, or -ENOSPC if no slot is free. */
int slot_take(uint32_t *slot);

/* Adds a reference to SLOT: one more page is there. Returns 0; -EINVAL if there is no such slot;
 * -ENOENT if it is free, and slot_frame() is 0: nobody knows what is there; -ERANGE if it has
 * SLOT_REFERENCES_LIMIT. */
int slot_ref(uint32_t slot);

/* Drops a reference of SLOT. With the last one, a slot that is held gives back its reference of the
 * frame and forgets the frame; another one goes on remembering it. Returns 0; -EINVAL; -ENOENT if
 * SLOT has no reference. */
int slot_drop(uint32_t slot);

/* Return how many slots there are, and how many are free. */
uint32_t slots_total(void);
uint32_t slots_free(void);

/* ---- Remembering ---- SLOT is a slot, FRAME the address of a frame in use. */

/* Has SLOT and FRAME remember each other, and nothing else. SLOT is not held. */
void slot_link(uint32_t slot, paddr_t frame);

/* Returns the frame that SLOT remembers, if that is in use and remembers SLOT, too; otherwise 0. */
paddr_t slot_frame(uint32_t slot);

/* Returns the slot that FRAME remembers, if that remembers FRAME, too; otherwise 0. */
uint32_t frame_slot(paddr_t frame);

/* Has FRAME, and the slot that remembers it, forget each other: its bytes are about to change, and no
 * page is absent that needs them. A slot that is held gives back its reference of FRAME. */
void frame_unlink(paddr_t frame);

/* As slot_link(), and makes SLOT held: it takes a reference of FRAME, which can have one more. */
void slot_hold(uint32_t slot, paddr_t frame);

/* The bytes are on the disk now: if SLOT is held, gives back its reference of the frame, which it
 * goes on remembering. */
void slot_release(uint32_t slot);

#endif
