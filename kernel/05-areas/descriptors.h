/* Where the descriptors of areas come from. Graded: exercise 1.
 *
 * An allocator of large pieces needs small pieces to keep its books, and the allocator of small
 * pieces (a later stage) needs large ones. Somebody has to begin: a pool of AREA_POOL descriptors
 * that needs no allocator at all. The later stage then puts its own source in the pool's place.
 */
#ifndef MIROIR_DESCRIPTORS_H
#define MIROIR_DESCRIPTORS_H

#include <stdbool.h>

#define AREA_POOL 64 /* descriptors in the pool: struct mem_area (areas.h) one after the other */

struct mem_area;

/* Returns a descriptor of the pool that nobody has, its content undefined; NULL if all are taken.
 * Works from the first instruction of the kernel on: nothing has to be called before. */
struct mem_area *area_pool_take(void);

/* Gives DESCRIPTOR, taken from the pool, back to it. Returns 0; -EINVAL if it is not a descriptor
 * of the pool (NULL, or an address in the middle of one, for instance); -ENOENT if it is not taken.
 * After an error nothing has changed. */
int area_pool_give(struct mem_area *descriptor);

/* Returns whether ADDRESS, any byte, lies in the pool. */
bool area_pool_owns(const void *address);

/* How areas.h's functions get their descriptors and get rid of them, and the only way they do.
 *
 * take() returns NULL when there are none; give() takes back what take() returned, at whatever time
 * and from whichever source it came. Both may call area_alloc() and area_free() before they return:
 * whoever calls them must be ready for that. The kit sets them to the pool. */
struct area_source {
    struct mem_area *(*take)(void);
    void (*give)(struct mem_area *descriptor);
};
extern struct area_source area_source;

#endif
