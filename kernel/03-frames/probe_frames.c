/* Commands for the frames of this machine. */
#include "errno.h"
#include "frames.h"
#include "interrupts.h"
#include "io.h"
#include "probe.h"

#define UNTOUCHED 0xfeedf00du

PROBE(frames_init, "map kernel_end", "takes charge of the frames anew, by any map") {
    const struct memory_area *map = (const struct memory_area *)(uint32_t)call->number[0];
    return frames_init(map, (uint32_t)call->number[1]);
}

PROBE(frame_alloc, "count [zone]", "takes frames (zone 0: DMA, 1: normal, the usual): address") {
    enum zone zone = call->count > 1 ? (enum zone)call->number[1] : ZONE_NORMAL;
    paddr_t address = UNTOUCHED;
    int result = frame_alloc((uint32_t)call->number[0], zone, &address);
    if (result && address != UNTOUCHED)
        return -EFAULT;
    probe_hex(call, address);
    return result;
}

PROBE(frame_ref, "address", "adds a reference to a frame") {
    return frame_ref((uint32_t)call->number[0]);
}

PROBE(frame_free, "address [count]", "drops a reference of each frame") {
    uint32_t count = call->count > 1 ? (uint32_t)call->number[1] : 1;
    return frame_free((uint32_t)call->number[0], count);
}

PROBE(frame_at, "address", "address of a frame's descriptor, and its references") {
    probe_hex(call, (uint32_t)frame_at((uint32_t)call->number[0]));
    probe_hex(call, frame_references((uint32_t)call->number[0]));
    return 0;
}

PROBE(frames, "", "free and all of zone 0, of zone 1; frames managed; end of the descriptors") {
    for (enum zone zone = ZONE_DMA; zone < ZONES; zone++) {
        probe_hex(call, frames_free(zone));
        probe_hex(call, frames_total(zone));
    }
    probe_hex(call, frames_managed());
    probe_hex(call, frames_end());
    return 0;
}

PROBE(frames_of, "zone", "free and all frames of a zone, or of none") {
    probe_hex(call, frames_free((enum zone)call->number[0]));
    probe_hex(call, frames_total((enum zone)call->number[0]));
    return 0;
}

typedef int (*alloc_fn)(uint32_t count, enum zone zone, paddr_t *address);
typedef int (*free_fn)(paddr_t address, uint32_t count);

static int alloc_nothing(uint32_t count, enum zone zone, paddr_t *address) {
    return 0;
}

static int free_nothing(paddr_t address, uint32_t count) {
    return 0;
}

/* Calls ALLOC and FREE so many times; returns the cycles. Stops at the first error of FREE. */
static uint64_t __attribute__((noinline))
time_pairs(alloc_fn alloc, free_fn free, uint32_t pairs, int *error) {
    paddr_t address = 0;
    uint64_t start = cpu_cycles();
    for (*error = 0; pairs && !*error; pairs--) {
        alloc(1, ZONE_NORMAL, &address);
        *error = free(address, 1);
    }
    return cpu_cycles() - start;
}

PROBE(frame_bench, "pairs",
      "cycles that so many frame_alloc(1) and frame_free(1) take beyond calls of empty functions") {
    bool interrupts = interrupts_save();
    int error;
    uint32_t pairs = (uint32_t)call->number[0];
    uint64_t calls = time_pairs(alloc_nothing, free_nothing, pairs, &error);
    probe_hex(call, time_pairs(frame_alloc, frame_free, pairs, &error) - calls);
    interrupts_restore(interrupts);
    return error;
}
