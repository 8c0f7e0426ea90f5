/* Frames in rising order, never to come back. Contract: kernel/03-frames/bump.h */
#include "bump.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "todo.h"

// BEGIN SOLUTION
static uint32_t lower(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t higher(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

/* The frame that starts at ADDRESS, or the end of what can be addressed. */
static uint32_t frame_number(uint64_t address) {
    uint64_t number = address >> PAGE_SHIFT;
    return number < FRAME_NUMBER_END ? (uint32_t)number : FRAME_NUMBER_END;
}

/* Finds the lowest free run of the current area; returns false if nothing of it is free. */
static bool run_here(const struct bump_allocator *bump, struct frame_run *run) {
    const struct memory_area *area = bump->current_area;
    uint32_t first = higher(bump->next_free_frame, frame_number(area->base_addr));
    uint32_t end = lower(bump->end_frame, frame_number(area->base_addr + area->length));
    if (first >= bump->kernel_first && first < bump->kernel_end)
        first = bump->kernel_end;
    else if (first < bump->kernel_first)
        end = lower(end, bump->kernel_first);
    if (first >= end)
        return false;
    *run = (struct frame_run){first, end - first};
    return true;
}

/* Moves BUMP to the next free run, and puts it into *RUN; returns false if there is none. */
static bool seek(struct bump_allocator *bump, struct frame_run *run) {
    while (bump->current_area) {
        if (run_here(bump, run))
            return true;
        bump->current_area = memory_area_next(&bump->areas);
    }
    return false;
}
// END SOLUTION

void bump_init(struct bump_allocator *bump, struct memory_area_iter areas, uint32_t first_frame,
               uint32_t end_frame, paddr_t kernel_start, paddr_t kernel_end) {
    // BEGIN SOLUTION
    //| TODO();
    //| *bump = (struct bump_allocator){0};
    *bump = (struct bump_allocator){
        .next_free_frame = first_frame,
        .areas = areas,
        .all_areas = areas,
        .first_frame = first_frame,
        .end_frame = lower(end_frame, FRAME_NUMBER_END),
    };
    if (kernel_start < kernel_end) {
        bump->kernel_first = kernel_start / PAGE_SIZE;
        bump->kernel_end = (kernel_end - 1) / PAGE_SIZE + 1;
    }
    bump->current_area = memory_area_next(&bump->areas);
    // END SOLUTION
}

int bump_alloc(struct bump_allocator *bump, uint32_t count, uint32_t *frame) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct bump_allocator trial = *bump;
    struct frame_run run;
    if (!count)
        return -EINVAL;
    while (seek(&trial, &run)) {
        trial.next_free_frame = run.first + lower(run.count, count);
        if (run.count < count)
            continue;
        *bump = trial;
        *frame = run.first;
        return 0;
    }
    return -ENOMEM;
    // END SOLUTION
}

int bump_run(const struct bump_allocator *bump, struct frame_run *run) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct bump_allocator trial = *bump;
    return seek(&trial, run) ? 0 : -ENOMEM;
    // END SOLUTION
}

uint32_t bump_free(const struct bump_allocator *bump) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    struct bump_allocator trial = *bump;
    struct frame_run run;
    uint32_t count = 0;
    for (; seek(&trial, &run); trial.next_free_frame = run.first + run.count)
        count += run.count;
    return count;
    // END SOLUTION
}

uint32_t bump_used(const struct bump_allocator *bump) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    struct bump_allocator fresh;
    bump_init(&fresh, bump->all_areas, bump->first_frame, bump->end_frame, 0, 0);
    return bump_free(&fresh) - bump_free(bump);
    // END SOLUTION
}
