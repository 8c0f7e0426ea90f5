/* The recycle allocator: a bump allocator that frames come back to. Graded: exercise 4.
 *
 * Freed runs wait in a list until they are wanted again. The list needs no memory of its own: it
 * goes through the descriptors of the very frames that are free (struct frame, frames.h).
 *
 *     list --> +-----+     the descriptors of a free run of 4 frames:
 *              |     |
 *              v     |     +-----------+-----------+-----------+-----------+
 *     +--------+     |     | run: 4    | run: 0    | run: 0    | run: 4    |
 *     | link   | -->-+     | link      |           |           |           |
 *     +--------+           +-----------+-----------+-----------+-----------+
 *                           first                                last
 *
 * The length stands at both ends (a "boundary tag"): whoever frees the frame before or after the
 * run finds out by looking at one neighbour, without going through the list.
 */
#ifndef MIROIR_RECYCLE_H
#define MIROIR_RECYCLE_H

#include <stdint.h>

#include "bump.h"
#include "list.h"

#define FRAME_RESERVED 0xffffffffu /* references of a frame that is never handed out */

/* The descriptor of one frame: 16 bytes. */
struct frame {
    uint32_t references; /* pages and others that use it; 0: free; FRAME_RESERVED. See frames.h */
    uint32_t run;        /* first and last frame of a run in a list: its frames. Otherwise 0 */
    union {
        struct list link; /* first frame of a run in a list */
        struct {          /* a frame in use: for its user, who may keep here what he likes */
            uintptr_t owner;
            uint32_t tally;
        };
    };
};

struct recycle_allocator {
    struct bump_allocator bump; /* where frames come from that were never handed out */
    struct frame *frames;       /* descriptors, by frame number; belongs to the caller */
    struct list free;           /* runs: the link of the first frame of each */
    uint32_t listed;            /* frames in these runs */
};

/* Makes RECYCLE an allocator of the frames of BUMP, which it copies. FRAMES[n] is the descriptor of
 * frame n, for every n from bump->first_frame to bump->end_frame - 1; others are never looked at.
 * `run` of these becomes 0; `references` is neither read nor written here, ever. */
void recycle_init(struct recycle_allocator *recycle, struct frame *frames,
                  const struct bump_allocator *bump);

/* Takes COUNT frames that follow one another:
 *
 *   1. from the list: from the END of the shortest run that is long enough (best fit; among equally
 *      short ones, any). A run that is used up leaves the list;
 *   2. if no run is long enough, from bump. Free frames that bump would skip go into the list
 *      first: none is ever lost;
 *   3. if bump cannot give them either, all that bump has left goes into the list, where it joins
 *      its neighbours, and 1 is tried once more.
 *
 * Returns 0 and the number of the first in *FRAME; -EINVAL if COUNT is 0; -ENOMEM if nowhere COUNT
 * free frames follow one another: *FRAME is untouched then, and as many are free as before.
 * `run` of the frames handed out is 0; their owner and tally may hold anything. */
int recycle_alloc(struct recycle_allocator *recycle, uint32_t count, uint32_t *frame);

/* Gives back the COUNT frames from FRAME on. Joined with the run that ends right before them and
 * with the one that starts right after them, in a number of steps that does not depend on how
 * many runs there are: two runs in the list never touch. Frames below first_frame or from end_frame
 * on are another allocator's: no run reaches there.
 * The caller answers for their having been handed out, in one piece or several, and not yet given
 * back: that is not checked here.
 * Returns 0, or -EINVAL if COUNT is 0 or one of the frames is not between the allocator's first and
 * last. */
int recycle_free(struct recycle_allocator *recycle, uint32_t frame, uint32_t count);

/* Returns the number of free frames, in the list and not yet handed out by bump. */
uint32_t recycle_free_frames(const struct recycle_allocator *recycle);

#endif
