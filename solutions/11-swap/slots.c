/* Places on the disk, and the frames that have the same bytes. Contract: kernel/11-swap/slots.h */
#include "slots.h"

#include <stddef.h>

#include "errno.h"
#include "frames.h"
#include "slabs.h"
#include "todo.h"

struct slot *slots;

// BEGIN SOLUTION
static uint32_t total, free_count;
static uint32_t last_taken; /* the search goes on from here */

static bool is_slot(uint32_t slot) {
    return slot && slot <= total;
}

static void add_reference(struct slot *slot) {
    free_count -= !slot->references;
    slot->references++;
}
// END SOLUTION

int slots_init(uint32_t blocks) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (blocks < 2)
        return -EINVAL;
    free(slots);
    last_taken = 0;
    total = blocks - 1 < SLOTS_LIMIT ? blocks - 1 : SLOTS_LIMIT;
    slots = alloc_zeroed((total + 1) * sizeof *slots);
    if (!slots)
        total = 0;
    free_count = total;
    return slots ? 0 : -ENOMEM;
    // END SOLUTION
}

int slot_take(uint32_t *slot) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!free_count)
        return -ENOSPC;
    do
        last_taken = last_taken % total + 1;
    while (slots[last_taken].references);
    add_reference(&slots[last_taken]);
    slots[last_taken].frame = 0;
    *slot = last_taken;
    return 0;
    // END SOLUTION
}

int slot_ref(uint32_t slot) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!is_slot(slot))
        return -EINVAL;
    if (!slots[slot].references && !slot_frame(slot))
        return -ENOENT;
    if (slots[slot].references >= SLOT_REFERENCES_LIMIT)
        return -ERANGE;
    add_reference(&slots[slot]);
    return 0;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Takes back what slot_hold() did, but for the memory of the frame. */
static void let_go(struct slot *slot) {
    if (slot->held)
        frame_free(slot->frame, 1);
    slot->held = 0;
}
// END SOLUTION

int slot_drop(uint32_t slot) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!is_slot(slot))
        return -EINVAL;
    if (!slots[slot].references)
        return -ENOENT;
    if (--slots[slot].references)
        return 0;
    free_count++;
    if (slots[slot].held) {
        let_go(&slots[slot]);
        slots[slot].frame = 0;
    }
    return 0;
    // END SOLUTION
}

uint32_t slots_total(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return total;
    // END SOLUTION
}

uint32_t slots_free(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return free_count;
    // END SOLUTION
}

void slot_link(uint32_t slot, paddr_t frame) {
    // BEGIN SOLUTION
    //| TODO();
    slots[slot].frame = frame;
    frame_at(frame)->owner = slot;
    // END SOLUTION
}

paddr_t slot_frame(uint32_t slot) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    paddr_t frame = is_slot(slot) ? slots[slot].frame : 0;
    bool agrees = frame && frame_references(frame) && frame_at(frame)->owner == slot;
    return agrees ? frame : 0;
    // END SOLUTION
}

uint32_t frame_slot(paddr_t frame) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    const struct frame *descriptor = frame_at(frame);
    if (!descriptor || descriptor->references - 1 >= FRAME_RESERVED - 1)
        return 0;
    return slot_frame(descriptor->owner) == frame ? descriptor->owner : 0;
    // END SOLUTION
}

void frame_unlink(paddr_t frame) {
    // BEGIN SOLUTION
    //| TODO();
    uint32_t slot = frame_slot(frame);
    if (!slot)
        return;
    frame_at(frame)->owner = 0;
    let_go(&slots[slot]);
    slots[slot].frame = 0;
    // END SOLUTION
}

void slot_hold(uint32_t slot, paddr_t frame) {
    // BEGIN SOLUTION
    //| TODO();
    slot_link(slot, frame);
    frame_ref(frame);
    slots[slot].held = 1;
    // END SOLUTION
}

void slot_release(uint32_t slot) {
    // BEGIN SOLUTION
    //| TODO();
    let_go(&slots[slot]);
    // END SOLUTION
}
