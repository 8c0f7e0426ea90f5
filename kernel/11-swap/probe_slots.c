/* Commands for slots and for the table of absent pages. Owners are any numbers. */
#include "absent.h"
#include "errno.h"
#include "io.h"
#include "probe.h"
#include "slots.h"

#define FIRST ((uint32_t)call->number[0])
#define SECOND ((uint32_t)call->number[1])
#define THIRD ((uint32_t)call->number[2])
#define OWNER ((const void *)FIRST)

PROBE(slots_init, "blocks", "makes slots of a disk with so many blocks") {
    return slots_init(FIRST);
}

PROBE(slots, "", "how many slots there are, and how many are free") {
    probe_hex(call, slots_total());
    probe_hex(call, slots_free());
    return 0;
}

PROBE(slot_take, "[count]", "takes a free slot, or so many: the last one") {
    uint32_t slot = 0;
    int error = slot_take(&slot);
    for (uint32_t i = 1; i < FIRST && !error; i++)
        error = slot_take(&slot);
    if (!error)
        probe_hex(call, slot);
    return error;
}

PROBE(slot_ref, "slot [times]", "adds a reference to a slot, or so many") {
    int error = slot_ref(FIRST);
    for (uint32_t i = 1; i < SECOND && !error; i++)
        error = slot_ref(FIRST);
    return error;
}

PROBE(slot_drop, "slot", "drops a reference of a slot") {
    return slot_drop(FIRST);
}

PROBE(slot_link, "slot frame", "has a slot and a frame remember each other") {
    slot_link(FIRST, SECOND);
    return 0;
}

PROBE(slot_frame, "slot", "the frame that a slot remembers") {
    probe_hex(call, slot_frame(FIRST));
    return 0;
}

PROBE(frame_slot, "frame", "the slot that a frame remembers") {
    probe_hex(call, frame_slot(FIRST));
    return 0;
}

PROBE(frame_unlink, "frame", "has a frame and its slot forget each other") {
    frame_unlink(FIRST);
    return 0;
}

PROBE(slot_hold, "slot frame", "links a slot with a frame, and holds it") {
    slot_hold(FIRST, SECOND);
    return 0;
}

PROBE(slot_release, "slot", "lets go of the frame that a slot holds") {
    slot_release(FIRST);
    return 0;
}

PROBE(absent_add, "owner page slot", "notes that a page is in a slot") {
    return absent_add(OWNER, SECOND, THIRD);
}

PROBE(absent_find, "owner page", "the slot that a page is in") {
    probe_hex(call, absent_find(OWNER, SECOND));
    return 0;
}

PROBE(absent_remove, "owner page", "a page is absent no more") {
    return absent_remove(OWNER, SECOND);
}

PROBE(absent_forget, "owner start end", "no page in the range is absent any more: how many were") {
    probe_hex(call, absent_forget(OWNER, SECOND, THIRD));
    return 0;
}

PROBE(absent_bench, "owner start end", "cycles that absent_forget() takes") {
    uint64_t before = cpu_cycles();
    absent_forget(OWNER, SECOND, THIRD);
    probe_hex(call, cpu_cycles() - before);
    return 0;
}

PROBE(absent_copy, "from to", "makes what is absent of one owner absent of another, too") {
    return absent_copy(OWNER, (const void *)SECOND);
}

PROBE(absent_count, "owner", "how many pages are absent") {
    probe_hex(call, absent_count(OWNER));
    return 0;
}
