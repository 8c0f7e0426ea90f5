/* Commands for a bump and a recycle allocator of their own, over any map. */
#include "bump.h"
#include "errno.h"
#include "probe.h"
#include "recycle.h"

static struct bump_allocator bump;
static struct recycle_allocator recycle;

/* Answers RESULT, and on success FRAME (or what else was asked for), which holds a mark that an
 * error must not have changed. */
#define UNTOUCHED 0xfeedf00du

static int answer_frame(struct probe_call *call, int result, uint32_t frame) {
    if (result && frame != UNTOUCHED)
        return -EFAULT;
    probe_hex(call, frame);
    return result;
}

PROBE(bump_init, "map first end [kernel_start] [kernel_end] [skip]",
      "over the free areas of a map, but for the first `skip`: frame numbers, and addresses") {
    struct memory_area_iter areas;
    const struct memory_area *map = (const struct memory_area *)(uint32_t)call->number[0];
    memory_area_iter_init(&areas, map, MEMORY_FREE);
    for (uint32_t skip = (uint32_t)call->number[5]; skip; skip--)
        memory_area_next(&areas);
    bump_init(&bump, areas, (uint32_t)call->number[1], (uint32_t)call->number[2],
              (uint32_t)call->number[3], (uint32_t)call->number[4]);
    return 0;
}

PROBE(bump_alloc, "count", "takes frames: number of the first") {
    uint32_t frame = UNTOUCHED;
    int result = bump_alloc(&bump, (uint32_t)call->number[0], &frame);
    return answer_frame(call, result, frame);
}

PROBE(bump_run, "", "the next free run: first frame, number of frames") {
    struct frame_run run = {UNTOUCHED, UNTOUCHED};
    int result = bump_run(&bump, &run);
    result = answer_frame(call, result, run.first);
    return answer_frame(call, result, run.count);
}

PROBE(bump_counts, "", "frames free, frames used") {
    probe_hex(call, bump_free(&bump));
    probe_hex(call, bump_used(&bump));
    return 0;
}

PROBE(recycle_init, "descriptors", "over the bump allocator, with descriptors at that address") {
    recycle_init(&recycle, (struct frame *)(uint32_t)call->number[0], &bump);
    return 0;
}

PROBE(recycle_alloc, "count", "takes frames: number of the first") {
    uint32_t frame = UNTOUCHED;
    int result = recycle_alloc(&recycle, (uint32_t)call->number[0], &frame);
    return answer_frame(call, result, frame);
}

PROBE(recycle_free, "frame [count]", "gives frames back") {
    uint32_t count = call->count > 1 ? (uint32_t)call->number[1] : 1;
    return recycle_free(&recycle, (uint32_t)call->number[0], count);
}

PROBE(recycle_counts, "", "frames free, and of these in the list") {
    probe_hex(call, recycle_free_frames(&recycle));
    probe_hex(call, recycle.listed);
    return 0;
}
