/* Slots that are counted when somebody asks, taken from the highest down, and whose frames are found
 * by going through them. */
#include "slots.h"

#include <stddef.h>

#include "errno.h"
#include "frames.h"
#include "slabs.h"
#include "string.h"

struct slot *slots;

static uint32_t total;

int slots_init(uint32_t blocks) {
    if (blocks < 2)
        return -EINVAL;
    free(slots);
    total = blocks > SLOTS_LIMIT ? SLOTS_LIMIT : blocks - 1;
    slots = alloc((total + 1) * sizeof *slots);
    if (!slots) {
        total = 0;
        return -ENOMEM;
    }
    memset(slots, 0, (total + 1) * sizeof *slots);
    return 0;
}

int slot_take(uint32_t *slot) {
    for (uint32_t i = total; i; i--) {
        if (slots[i].references)
            continue;
        slots[i] = (struct slot){.references = 1};
        *slot = i;
        return 0;
    }
    return -ENOSPC;
}

int slot_ref(uint32_t slot) {
    if (slot - 1 >= total)
        return -EINVAL;
    if (!slots[slot].references && !slot_frame(slot))
        return -ENOENT;
    if (slots[slot].references == SLOT_REFERENCES_LIMIT)
        return -ERANGE;
    slots[slot].references++;
    return 0;
}

int slot_drop(uint32_t slot) {
    if (slot - 1 >= total)
        return -EINVAL;
    if (!slots[slot].references)
        return -ENOENT;
    bool is_last = slots[slot].references-- == 1;
    if (is_last && slots[slot].held) {
        paddr_t frame = slots[slot].frame;
        slots[slot] = (struct slot){0};
        frame_free(frame, 1);
    }
    return 0;
}

uint32_t slots_total(void) {
    return total;
}

uint32_t slots_free(void) {
    uint32_t count = 0;
    for (uint32_t i = 1; i <= total; i++)
        count += slots[i].references == 0;
    return count;
}

void slot_link(uint32_t slot, paddr_t frame) {
    frame_unlink(frame);
    if (slot_frame(slot))
        frame_at(slots[slot].frame)->owner = 0;
    frame_at(frame)->owner = slot;
    slots[slot].frame = frame;
}

paddr_t slot_frame(uint32_t slot) {
    if (slot - 1 >= total || !slots[slot].frame)
        return 0;
    const struct frame *frame = frame_at(slots[slot].frame);
    return frame->references && frame->owner == slot ? slots[slot].frame : 0;
}

uint32_t frame_slot(paddr_t frame) {
    uint32_t references = frame_references(frame);
    uint32_t slot = references && references != FRAME_RESERVED ? frame_at(frame)->owner : 0;
    return slot && slot_frame(slot) == frame ? slot : 0;
}

void frame_unlink(paddr_t frame) {
    uint32_t slot = frame_slot(frame);
    if (!slot)
        return;
    slot_release(slot);
    slots[slot].frame = 0;
    frame_at(frame)->owner = 0;
}

void slot_hold(uint32_t slot, paddr_t frame) {
    frame_ref(frame);
    slot_link(slot, frame);
    slots[slot].held = 1;
}

void slot_release(uint32_t slot) {
    if (!slots[slot].held)
        return;
    slots[slot].held = 0;
    frame_free(slots[slot].frame, 1);
}
