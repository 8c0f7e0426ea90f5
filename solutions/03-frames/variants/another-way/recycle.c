/* The recycle allocator with its list in the order of addresses, cut in place. */
#include "recycle.h"

#include <stddef.h>

#include "errno.h"

#define FIRST_OF(l) list_element(l, struct frame, link)

static void set_ends(struct frame *first, uint32_t count) {
    first->run = count;
    (first + count - 1)->run = count;
}

void recycle_init(struct recycle_allocator *recycle, struct frame *frames,
                  const struct bump_allocator *bump) {
    recycle->frames = frames;
    recycle->listed = 0;
    list_init(&recycle->free);
    recycle->bump = *bump;
    for (uint32_t i = bump->end_frame; i > bump->first_frame; i--)
        frames[i - 1].run = 0;
}

/* Lets the run of the COUNT frames at FIRST swallow the one that starts right after it. */
static void swallow_next(struct recycle_allocator *recycle, struct frame *first, uint32_t count) {
    struct frame *next = first + count;
    uint32_t more = 0;
    if ((uint32_t)(next - recycle->frames) < recycle->bump.end_frame && next->run) {
        more = next->run;
        list_remove(&next->link);
        first[count - 1].run = next->run = 0;
    }
    set_ends(first, count + more);
}

static void put(struct recycle_allocator *recycle, uint32_t frame, uint32_t count) {
    struct frame *first = &recycle->frames[frame];
    recycle->listed += count;
    if (frame > recycle->bump.first_frame && first[-1].run) {
        uint32_t before = first[-1].run;
        first[-1].run = first[0].run = 0;
        swallow_next(recycle, first - before, before + count);
        return;
    }
    list_append(&recycle->free, &first->link);
    swallow_next(recycle, first, count);
}

static int cut(struct recycle_allocator *recycle, uint32_t count, uint32_t *frame) {
    struct frame *best = NULL;
    list_each (link, &recycle->free) {
        struct frame *first = FIRST_OF(link);
        if (first->run >= count && (!best || first->run <= best->run))
            best = first;
    }
    if (!best)
        return -ENOMEM;
    uint32_t left = best->run - count;
    best[best->run - 1].run = 0;
    if (left)
        set_ends(best, left);
    else {
        best->run = 0;
        list_remove(&best->link);
    }
    recycle->listed -= count;
    *frame = (uint32_t)(best - recycle->frames) + left;
    return 0;
}

static void drain(struct recycle_allocator *recycle, uint32_t count) {
    struct frame_run run;
    uint32_t first;
    while (bump_run(&recycle->bump, &run) == 0 && run.count < count)
        if (bump_alloc(&recycle->bump, run.count, &first) == 0)
            put(recycle, first, run.count);
}

int recycle_alloc(struct recycle_allocator *recycle, uint32_t count, uint32_t *frame) {
    if (!count)
        return -EINVAL;
    if (cut(recycle, count, frame) == 0)
        return 0;
    struct bump_allocator before = recycle->bump;
    if (bump_alloc(&recycle->bump, count, frame) == 0) {
        recycle->bump = before;
        drain(recycle, count);
        return bump_alloc(&recycle->bump, count, frame);
    }
    drain(recycle, 0xffffffff);
    return cut(recycle, count, frame);
}

int recycle_free(struct recycle_allocator *recycle, uint32_t frame, uint32_t count) {
    uint64_t end = (uint64_t)frame + count;
    if (!count || frame < recycle->bump.first_frame || end > recycle->bump.end_frame)
        return -EINVAL;
    put(recycle, frame, count);
    return 0;
}

uint32_t recycle_free_frames(const struct recycle_allocator *recycle) {
    return bump_free(&recycle->bump) + recycle->listed;
}
