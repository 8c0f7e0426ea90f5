/* Objects that find out who spoils them: `slabs=debug`. Graded: exercise 9.
 *
 *     object                  SIZE      red zone           the record, at the end of the chunk
 *     +------------------------+-----------------------+--------------------------------+
 *     | cd cd cd cd cd cd cd cd | fd fd fd fd fd fd fd |  who allocated it, SIZE, ...   |
 *     +------------------------+-----------------------+--------------------------------+
 *
 * Behind the bytes that were asked for lies a red zone, which nobody writes to, and behind that a
 * record. What is freed is poisoned. A byte that is not as it should be was written by somebody who
 * had no business there.
 *
 * In debug mode, of the functions in slabs.h:
 *   - alloc() gives a chunk of at least SLAB_DEBUG_SMALLEST bytes, and at least twice SIZE rounded up
 *     to a power of two; if there are none so large, an area, the record being at its very end. An
 *     object is still aligned to SIZE rounded up to a power of two (4096 at most).
 *   - alloc_capacity() is exactly the SIZE asked for, 0 for a chunk that is free;
 *     realloc() always moves.
 *   - The descriptors' chunks are as they were, and have no record. Nobody takes chunks of another
 *     size below SLAB_DEBUG_SMALLEST.
 *   - free() finds what is listed under enum slab_fault, reports it, and returns -ENOENT for a
 *     double free and -EINVAL for an overflow, the object being as before, but that its red zone is
 *     mended: to free it again succeeds. For what is no object it reports a foreign free, and returns
 *     what slabs.h says.
 *   - An overflow may spoil the record, too. This is noticed: the report then has size 0 and the
 *     allocator "?", and the object counts as a used one that has no red zone any more; what
 *     alloc_capacity() says of it is left open.
 */
#ifndef MIROIR_SLAB_DEBUG_H
#define MIROIR_SLAB_DEBUG_H

#include "slabs.h"

#define SLAB_DEBUG_SMALLEST 64 /* more than the descriptors' size: their entries are not mixed in */
#define SLAB_FRESH 0xcd        /* every byte of an object that alloc() returns */
#define SLAB_RED 0xfd          /* every byte of a red zone: at least 4 of them */
#define SLAB_FREED 0xa5 /* every byte of a free object but the first 4, which hold the chain */

enum slab_fault {
    SLAB_OVERFLOW = 1,   /* bytes of the red zone were written */
    SLAB_USE_AFTER_FREE, /* bytes of a free object were written, the chain included */
    SLAB_DOUBLE_FREE,    /* free() of an object that is free */
    SLAB_FOREIGN_FREE,   /* free() of what is no object */
};

/* One fault found. allocator: the function that called alloc(), alloc_zeroed() or realloc() for the
 * object (the last time, if it is free), or, in a foreign free, for the object in which ADDRESS lies;
 * "?" if nobody has. */
struct slab_report {
    uint32_t fault;   /* enum slab_fault */
    uint32_t address; /* of the object; in a foreign free, what free() was given */
    uint32_t size;    /* as asked for, of the object allocator is about; 0 if there is none */
    const char *allocator;
};

#define SLAB_REPORTS 16

/* The first SLAB_REPORTS reports, in order, and how many there were. Provided by the kit. */
extern struct slab_report slab_reports[SLAB_REPORTS];
extern uint32_t slab_report_count;

/* Notes a fault, and says so on the console. ALLOCATED_BY is the return address of the call of
 * alloc() and the like; 0 if there is none. Provided by the kit. */
void slab_report(enum slab_fault fault, const void *address, uint32_t size, uint32_t allocated_by);

/* Whether the kernel was started with `slabs=debug`: set by the kit before slabs_configure(), and
 * never changed. */
extern bool slab_debug;

/* ---- To be written: exercise 9. ALLOCATED_BY as above. ---- */

/* Makes the free chunks of ENTRY, which is new, and not of the descriptors' size, what free objects
 * are in debug mode. Nobody has allocated them. */
void debug_entry_init(struct slab_entry *entry);

/* As alloc(), in debug mode. The chunk's poison is checked first: whoever wrote to it after it was
 * freed is reported, the chain being mended, and the allocation goes on. */
void *debug_alloc(uint32_t size, uint32_t allocated_by);

/* As free(), in debug mode. */
int debug_free(void *object);

/* As alloc_capacity(), in debug mode. */
uint32_t debug_capacity(const void *object);

/* Looks at every object, used or free, large ones included, reports all overflows and uses after
 * free, and mends them (red zone, poison, chain): each is reported once. Returns how many there
 * were. Does nothing, and returns 0, when not in debug mode. */
uint32_t slabs_check(void);

#endif
