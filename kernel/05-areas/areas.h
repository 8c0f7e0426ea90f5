/* Areas: runs of kernel pages, for whoever needs more than one page, or whole ones. Graded:
 * exercises 2 to 6.
 *
 *     c0000000                                                             e0000000
 *     +--------+-----------+------+-----------------+------------------------+
 *     | used 2 |  free 3   | used |     used 5      |          free          |
 *     +--------+-----------+------+-----------------+------------------------+
 *
 * Each piece has a descriptor, struct mem_area, in one of two lists: areas_used or areas_free. The
 * pieces cover the whole space without a gap, and no two free ones touch. Used areas are mapped at
 * once, each page to a frame of its own: touching one never faults. Free ones are not mapped.
 * Nobody else maps pages between AREAS_START and AREAS_END (layout.h).
 *
 * Not to be called by interrupt handlers.
 */
#ifndef MIROIR_AREAS_H
#define MIROIR_AREAS_H

#include <stdbool.h>
#include <stdint.h>

#include "descriptors.h"
#include "list.h"

/* A run of pages: 32 bytes. Everyone may read the first group; the second belongs to the area's
 * user, who called area_alloc(); the third to the implementer, who may leave it alone. Nothing but
 * the lists that it is in and the owner of the area's frames points to a descriptor: between calls
 * of the functions below it can be moved (a later stage does). */
struct mem_area {
    struct list link;        /* in areas_used or areas_free; the order of both is left open */
    uint32_t address, pages; /* where it starts, a multiple of 4096; its size, at least 1 */

    void *user; /* of a used area: NULL at first, then what its user likes */

    struct list neighbour; /* among all areas, by address, for instance */
    bool used;
};

extern struct list areas_used, areas_free;

/* Takes charge of the PAGES pages from ADDRESS on: they become one free area, in areas_free, and
 * areas_used is empty. May be called again when no area is used: the descriptors of the free areas
 * are given back first. Returns 0; -EBUSY if an area is used; -EINVAL if ADDRESS is not a multiple
 * of 4096, PAGES is 0, or not all the pages lie between AREAS_START and AREAS_END (where both
 * apply, either); after both nothing has changed. -ENOMEM if there is no descriptor: both lists are
 * empty then, and area_alloc() finds nothing until areas_init() succeeds. */
int areas_init(uint32_t address, uint32_t pages);

/* Returns the number of pages in free areas. */
uint32_t areas_free_pages(void);

/* Takes the lowest PAGES pages of the first free area, in the order of addresses, that has as many
 * (first fit), and maps each to a frame of its own (ZONE_NORMAL), with the flags PRESENT and WRITE.
 * What is in them is not defined. The owner (struct frame, recycle.h) of each frame is the address
 * of the area's descriptor; its tally is 0, and from then on the area's user's own.
 * Returns 0 and the address in *ADDRESS; -EINVAL if PAGES is 0; -ENOMEM if no free area is long
 * enough or there are not enough frames. After an error nothing has changed, *ADDRESS included, and
 * no frame and no descriptor is lost.
 *
 * An area that is used up whole changes lists; from a longer one, the used part gets a new
 * descriptor, and the rest keeps the old one. The new descriptor is taken before any area is looked
 * at (-ENOMEM if there is none, even where none would be needed), and if it is not needed it is
 * given back when all else is done: area_alloc() and area_free() may be called again meanwhile, by
 * the source of the descriptors (descriptors.h). */
int area_alloc(uint32_t pages, void **address);

/* Returns the used area in which ADDRESS lies, any byte of it; NULL if there is none, wherever
 * ADDRESS may be. The number of steps does not depend on how many areas there are. */
struct mem_area *area_of(const void *address);

/* Gives the used area that starts at ADDRESS back: its pages are unmapped and forgotten by the
 * processor, each frame loses the reference that the page had. It is joined with the free areas
 * right before and right after it; the descriptors left over, one or two, any of those concerned,
 * are given back when all else is done. The number of steps depends on how many pages the area has,
 * not on how many areas there are.
 * Returns 0. On error nothing has changed: -EINVAL if ADDRESS is not a multiple of 4096 or not
 * between AREAS_START and AREAS_END; -ENOENT if no used area is there (it was freed already, for
 * instance); -EPERM if ADDRESS lies in a used area, but not at its start. */
int area_free(void *address);

#endif
