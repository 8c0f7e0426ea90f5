/* A bump allocator that frames come back to. Contract: kernel/03-frames/recycle.h */
#include "recycle.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "todo.h"

// BEGIN SOLUTION
static struct frame *frame_of(struct list *link) {
    return list_element(link, struct frame, link);
}

/* Writes COUNT at both ends of the run that starts at FIRST. */
static void tag(struct frame *first, uint32_t count, uint32_t value) {
    first[0].run = first[count - 1].run = value;
}

static void list_run(struct recycle_allocator *recycle, uint32_t first, uint32_t count) {
    tag(&recycle->frames[first], count, count);
    list_prepend(&recycle->free, &recycle->frames[first].link);
    recycle->listed += count;
}

static void unlist_run(struct recycle_allocator *recycle, struct frame *first) {
    recycle->listed -= first->run;
    list_remove(&first->link);
    tag(first, first->run, 0);
}

/* Lists the COUNT frames from FIRST on, as one run with the free neighbours. */
static void give(struct recycle_allocator *recycle, uint32_t first, uint32_t count) {
    struct frame *frames = recycle->frames;
    uint32_t end = first + count;
    if (end < recycle->bump.end_frame && frames[end].run) {
        count += frames[end].run;
        unlist_run(recycle, &frames[end]);
    }
    if (first > recycle->bump.first_frame && frames[first - 1].run) {
        first -= frames[first - 1].run;
        count += frames[first].run;
        unlist_run(recycle, &frames[first]);
    }
    list_run(recycle, first, count);
}

/* Returns the first frame of the shortest run of COUNT or more; NULL if none is that long. */
static struct frame *best_fit(struct recycle_allocator *recycle, uint32_t count) {
    struct frame *best = NULL;
    list_each (link, &recycle->free) {
        struct frame *first = frame_of(link);
        if (first->run == count)
            return first;
        if (first->run > count && (!best || first->run < best->run))
            best = first;
    }
    return best;
}

static int take_listed(struct recycle_allocator *recycle, uint32_t count, uint32_t *frame) {
    struct frame *best = best_fit(recycle, count);
    if (!best)
        return -ENOMEM;
    uint32_t first = best - recycle->frames, left = best->run - count;
    unlist_run(recycle, best);
    if (left)
        list_run(recycle, first, left);
    *frame = first + left;
    return 0;
}

/* Moves what bump comes to next into the list, as long as it is shorter than COUNT. */
static void keep_skipped(struct recycle_allocator *recycle, uint32_t count) {
    struct frame_run run;
    while (bump_run(&recycle->bump, &run) == 0 && run.count < count) {
        bump_alloc(&recycle->bump, run.count, &run.first);
        give(recycle, run.first, run.count);
    }
}

static int take_new(struct recycle_allocator *recycle, uint32_t count, uint32_t *frame) {
    struct bump_allocator trial = recycle->bump;
    if (bump_alloc(&trial, count, frame))
        return -ENOMEM;
    keep_skipped(recycle, count);
    return bump_alloc(&recycle->bump, count, frame);
}
// END SOLUTION

void recycle_init(struct recycle_allocator *recycle, struct frame *frames,
                  const struct bump_allocator *bump) {
    // BEGIN SOLUTION
    //| TODO();
    //| recycle->bump = *bump;
    //| recycle->frames = frames;
    //| list_init(&recycle->free);
    //| recycle->listed = 0;
    recycle->bump = *bump;
    recycle->frames = frames;
    list_init(&recycle->free);
    recycle->listed = 0;
    for (uint32_t i = bump->first_frame; i < bump->end_frame; i++)
        frames[i].run = 0;
    // END SOLUTION
}

int recycle_alloc(struct recycle_allocator *recycle, uint32_t count, uint32_t *frame) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!count)
        return -EINVAL;
    if (take_listed(recycle, count, frame) == 0 || take_new(recycle, count, frame) == 0)
        return 0;
    keep_skipped(recycle, UINT32_MAX);
    return take_listed(recycle, count, frame);
    // END SOLUTION
}

int recycle_free(struct recycle_allocator *recycle, uint32_t frame, uint32_t count) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    uint32_t first = recycle->bump.first_frame, end = recycle->bump.end_frame;
    if (!count || frame < first || frame >= end || count > end - frame)
        return -EINVAL;
    give(recycle, frame, count);
    return 0;
    // END SOLUTION
}

uint32_t recycle_free_frames(const struct recycle_allocator *recycle) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return recycle->listed + bump_free(&recycle->bump);
    // END SOLUTION
}
