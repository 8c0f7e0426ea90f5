/* The bump allocator: frames in rising order, never to come back. Graded: exercise 3.
 *
 *      area            area                            area
 *   +--------+  +-------------------------+  +---------------------------+
 *   |////////|  |//////|KERNEL|///|       |  |                           |
 *   +--------+  +-----------------^-------+  +---------------------------+
 *                                 next_free_frame        (/ is gone)
 *
 * It needs no memory but its own struct: that is why it can work before anything else does.
 */
#ifndef MIROIR_BUMP_H
#define MIROIR_BUMP_H

#include <stdint.h>

#include "memory_map.h"
#include "page.h"

#define FRAME_NUMBER_END 0x100000u /* frames from 4 GiB on cannot be addressed: never handed out */

/* COUNT frames from number FIRST on. */
struct frame_run {
    uint32_t first, count;
};

/* Copying the struct copies the whole allocator: the copy can be used to try something out.
 * next_free_frame and current_area are the implementer's own: nobody else reads them. */
struct bump_allocator {
    uint32_t next_free_frame;               /* no frame below it will be handed out */
    const struct memory_area *current_area; /* that next_free_frame lies in; NULL after the last */
    struct memory_area_iter areas;          /* what comes after current_area */
    struct memory_area_iter all_areas;      /* from the first one on, for counting */
    uint32_t first_frame, end_frame;        /* nothing outside is handed out; END is exclusive */
    uint32_t kernel_first, kernel_end;      /* frames of the kernel; END is exclusive */
};

/* Makes BUMP an allocator of the frames FIRST_FRAME .. END_FRAME - 1 that lie in the areas that
 * AREAS has still to come to (sorted, without overlap, page aligned, as in a memory_map) and that
 * the kernel's bytes KERNEL_START .. KERNEL_END - 1 do not touch. A kernel of no bytes (KERNEL_END
 * <= KERNEL_START) touches none. */
void bump_init(struct bump_allocator *bump, struct memory_area_iter areas, uint32_t first_frame,
               uint32_t end_frame, paddr_t kernel_start, paddr_t kernel_end);

/* Takes COUNT frames that follow one another inside one area: the lowest such run above all that
 * was taken before. What is too small for it, and what lies below it, is skipped and lost.
 * Returns 0 and the number of the first in *FRAME; -EINVAL if COUNT is 0; -ENOMEM if there is no
 * such run. After an error nothing has changed: a smaller request may still succeed. */
int bump_alloc(struct bump_allocator *bump, uint32_t count, uint32_t *frame);

/* Puts the free frames from the next one on, as far as they follow one another inside one area,
 * into *RUN: that is where the next bump_alloc() looks first, and a request of at most run->count
 * frames gets its first frames from it. Takes nothing.
 * Returns 0, or -ENOMEM, *RUN untouched, if nothing is left. */
int bump_run(const struct bump_allocator *bump, struct frame_run *run);

/* Returns the number of frames that can still be handed out, one at a time. */
uint32_t bump_free(const struct bump_allocator *bump);

/* Returns the number of frames, of those of the areas from FIRST_FRAME to END_FRAME, that are not
 * free any more: handed out, skipped, or the kernel's. */
uint32_t bump_used(const struct bump_allocator *bump);

#endif
