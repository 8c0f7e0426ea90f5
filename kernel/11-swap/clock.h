/* The clock: which page goes next. Graded: exercise 3; where its pages come from: exercise 4.
 *
 *              +----+                    The hand goes round over all pages that could go. One that
 *         +----+ A  +----+               was used since the hand came by last time is spared, and
 *      +--+-+  +----+  +-+--+            the note of its use taken away: a second chance. The first
 *      |    |     /    | A  |            one that was not used goes.
 *      +----+   hand   +----+
 *      | A  |          |    |            That comes close to "the one that was not used for the
 *      +--+-+  +----+  +-+--+            longest time", and costs a bit for each page, which the
 *         +----+ A  +----+               processor sets by itself (PAGE_ACCESSED).
 *              +----+
 */
#ifndef MIROIR_CLOCK_H
#define MIROIR_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "mspace.h"

/* A page that the hand can point to. */
struct candidate {
    bool is_cached;  /* of an inode's cache; otherwise of a process's space */
    uint32_t number; /* the inode's number (inode.h), or the process's pid */
    uint32_t page;   /* offset in the inode, or address in the space: a multiple of 4096 */
};

enum look {
    LOOK_PINNED,   /* it must stay, whatever happens */
    LOOK_ACCESSED, /* it was used, which is forgotten now */
    LOOK_OLD,      /* it can go */
};

/* Where pages come from. */
struct clock_source {
    /* Moves AT to the page that comes after it, in an order that the source has, whether or not AT
     * itself is there: after the last one, to the first. Returns how often it has passed the end: 0 or
     * 1; or -ENOENT if there is no page at all. */
    int (*next)(struct candidate *at);

    /* Looks at AT, a page that is there. */
    enum look (*look)(const struct candidate *at);
};

struct clock {
    const struct clock_source *source;
    struct candidate hand; /* where it stopped last; all 0 at first, before the first page */
};

/* Moves the hand on, page by page, to the first one that is LOOK_OLD, and stores that in *VICTIM.
 * Returns 0, or -ENOENT if there is no page, or all were found pinned: the hand has then passed the
 * end three times, and is somewhere. */
int clock_choose(struct clock *clock, struct candidate *victim);

/* ---- The pages of this machine: exercise 4 ---- */

/* What becomes of a page that goes. */
enum page_way {
    PAGE_STAYS,    /* it does not */
    PAGE_IN_CACHE, /* it shows a frame of its inode's cache: it can be taken away, and that is all */
    PAGE_OF_ITS_OWN, /* its content goes to a slot */
};

/* Returns what becomes of PAGE of VMA, which is present and shows FRAME. PAGE_IN_CACHE: VMA is a
 * FILE, and FRAME is the one that the inode's cache has for this page. Otherwise PAGE_STAYS if VMA
 * is PHYS, SHARED or in the kernel's own space, PAGE_OF_ITS_OWN if not. */
enum page_way page_way(const vma_t *vma, uint32_t page, paddr_t frame);

/* The clock of the kernel, whose source are the next two functions. Defined by candidates.c. */
extern struct clock page_clock;

/* The order: the pages present in the spaces of processes, by pid, in each space by address; then the
 * pages in the caches of inodes, by the inode's number, in each by offset; and from the start. The
 * kernel's own space has no candidates. Returns as `next` above. */
int candidate_next(struct candidate *at);

/* Whether AT, a page present, can go:
 *
 *   of a space  | LOOK_PINNED   if it is PAGE_STAYS; or if in it lies a byte of the red zone
 *               |               of one of the process's chunks (chunk.h), which requests look at
 *               | LOOK_ACCESSED if its entry has PAGE_ACCESSED, which is taken away, and the page
 *               |               flushed; the rest of the entry stays as it is, but PAGE_DIRTY
 *               | LOOK_OLD      otherwise
 *   of a cache  | LOOK_PINNED   if its frame has references besides that of the cache: some page
 *               |               shows it; or if it is of a file, and has not the file's bytes any
 *               |               more
 *               | LOOK_OLD      otherwise */
enum look candidate_look(const struct candidate *at);

#endif
