/* The bump allocator that knows nothing but its next frame, and looks at all areas every time. */
#include "bump.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"

void bump_init(struct bump_allocator *bump, struct memory_area_iter areas, uint32_t first_frame,
               uint32_t end_frame, paddr_t kernel_start, paddr_t kernel_end) {
    bump->all_areas = bump->areas = areas;
    bump->current_area = NULL;
    bump->first_frame = bump->next_free_frame = first_frame;
    bump->end_frame = end_frame;
    bump->kernel_first = bump->kernel_end = 0;
    if (kernel_end <= kernel_start)
        return;
    bump->kernel_first = kernel_start >> PAGE_SHIFT;
    bump->kernel_end = (uint32_t)(((uint64_t)kernel_end + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

/* Finds the first piece of COUNT or more frames, at FROM or above, of START..END. */
static bool piece(uint32_t from, uint64_t start, uint64_t end, uint32_t count,
                  struct frame_run *run) {
    if (start < from)
        start = from;
    if (end > FRAME_NUMBER_END)
        end = FRAME_NUMBER_END;
    if (start >= end || end - start < count)
        return false;
    run->first = (uint32_t)start;
    run->count = (uint32_t)(end - start);
    return true;
}

static bool find(const struct bump_allocator *bump, uint32_t from, uint32_t count,
                 struct frame_run *run) {
    struct memory_area_iter areas = bump->all_areas;
    const struct memory_area *area;
    while ((area = memory_area_next(&areas))) {
        uint64_t start = area->base_addr / PAGE_SIZE, end = start + area->length / PAGE_SIZE;
        uint64_t first = bump->kernel_first, last = bump->kernel_end;
        if (end > bump->end_frame)
            end = bump->end_frame;
        if (first >= last || last <= start || first >= end)
            first = last = end;
        if (piece(from, start, first, count, run) || piece(from, last, end, count, run))
            return true;
    }
    return false;
}

int bump_alloc(struct bump_allocator *bump, uint32_t count, uint32_t *frame) {
    struct frame_run run;
    if (!count)
        return -EINVAL;
    if (!find(bump, bump->next_free_frame, count, &run))
        return -ENOMEM;
    bump->next_free_frame = run.first + count;
    *frame = run.first;
    return 0;
}

int bump_run(const struct bump_allocator *bump, struct frame_run *run) {
    return find(bump, bump->next_free_frame, 1, run) ? 0 : -ENOMEM;
}

static uint32_t count_from(const struct bump_allocator *bump, uint32_t from) {
    struct frame_run run;
    uint32_t count = 0;
    while (find(bump, from, 1, &run)) {
        count += run.count;
        from = run.first + run.count;
    }
    return count;
}

uint32_t bump_free(const struct bump_allocator *bump) {
    return count_from(bump, bump->next_free_frame);
}

uint32_t bump_used(const struct bump_allocator *bump) {
    struct bump_allocator all = *bump;
    all.kernel_first = all.kernel_end = 0;
    return count_from(&all, bump->first_frame) - bump_free(bump);
}
