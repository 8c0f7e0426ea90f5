/* Slabs: objects of any size, for the kernel's own use. Graded: exercises 1 to 8.
 *
 *   slab_descs            struct slab_entry           one area, cut into chunks
 *   +------+   partial   +----------------+        +-------+-------+-------+-------+
 *   |   8  |             | free_el -------|------->| next  | used  | NULL  | used  |
 *   |  16  |             | used: 2        |        +---|---+-------+---^---+-------+
 *   |  32  | ----------> | ...            |            +---------------+
 *   | ...  |   full      +----------------+
 *   | 4096 | ----------> ...
 *   +------+   empty
 *        --------------> ...
 *
 * One struct slab_desc for each chunk size, and for each of its areas (areas.h) a struct slab_entry.
 * The area is cut into chunks, and the free ones are a chain: free_el points to the first, the first
 * word of each to the next. Objects of more than SLAB_LARGEST bytes are areas of their own.
 *
 * From here on the `tally` of an area's frames (struct frame, recycle.h) belongs to the slabs: it is
 * the address of the struct slab_entry whose area it is, and 0 in any other area, whoever has it.
 *
 * Not to be called by interrupt handlers. Started with `slabs=debug`, the kernel makes objects that
 * find out who spoils them (slab_debug.h); what is different then is said there.
 */
#ifndef MIROIR_SLABS_H
#define MIROIR_SLABS_H

#include <stdbool.h>
#include <stdint.h>

#include "areas.h"
#include "page.h"

#define SLAB_SIZES 10 /* chunk sizes: 8, 16, 32 ... 4096 */
#define SLAB_SMALLEST 8
#define SLAB_LARGEST PAGE_SIZE
#define SLAB_CHUNKS 8 /* in an entry, at least */

struct slab_desc;

/* One area, cut into chunks: 32 bytes. */
struct slab_entry {
    struct list link;       /* in a list of its slab_desc */
    struct slab_desc *desc; /* whose it is */
    uint32_t base;          /* address of its area */
    void *free_el;          /* first free chunk; NULL if there is none */

    uint32_t used, mask, own; /* for the implementer: to count the chunks in use, for instance */
};

/* All chunks of one size. Every entry is in one of the lists, by how many of its chunks are used:
 * some, all, none. */
struct slab_desc {
    struct list partial, full, empty;
    uint32_t size;  /* of a chunk, in bytes */
    uint32_t pages; /* in the area of each entry: the fewest that hold SLAB_CHUNKS chunks */
};

extern struct slab_desc slab_descs[SLAB_SIZES]; /* by size, the smallest first */

/* ---- What objects are made of: exercises 1 to 4 ---- */

/* Fills slab_descs, without any entry. Called at boot, before anything else here, and by nobody
 * later. */
void slabs_configure(void);

/* Returns the descriptor of the smallest chunks that hold SIZE bytes; NULL if SIZE is 0 or more than
 * SLAB_LARGEST. */
struct slab_desc *slab_desc_for(uint32_t size);

/* The descriptors' size: of struct slab_entry and of struct mem_area, which both have 32 bytes. */
static inline struct slab_desc *slab_descriptors(void) {
    return slab_desc_for(sizeof(struct slab_entry));
}

/* Makes ENTRY an entry of DESC, with the used area of DESC->pages pages at BASE: all chunks free and
 * in the chain, in any order; the tally of each of the area's frames. ENTRY is in no list. */
void slab_entry_init(struct slab_entry *entry, struct slab_desc *desc, void *base);

/* Returns the entry in whose area ADDRESS lies, any byte of it; NULL if there is none, wherever
 * ADDRESS may be. The number of steps does not depend on how many entries there are. */
struct slab_entry *slab_entry_of(const void *address);

/* Takes the first chunk of the chain of an entry of DESC: of the first one in partial; if there is
 * none, of the first one in empty, which may have to be made first: slab_grow() is called if empty is
 * empty, too, and always if DESC is the descriptors' size (see below). Returns NULL if it fails. */
void *chunk_take(struct slab_desc *desc);

/* Puts CHUNK, a used chunk of ENTRY, at the start of ENTRY's chain. An entry that changes lists by
 * this becomes the first of its new list; slab_give_back() is called if that is empty. */
void chunk_put(struct slab_entry *entry, void *chunk);

/* ---- Objects: exercises 3 to 5 and 8 ---- */

/* These two are called all the time: their argument comes in a register, so that they need no stack
 * where nothing special happens. */
#define SLAB_QUICK __attribute__((regparm(1)))

/* Returns SIZE bytes whose content is not defined: a chunk of slab_desc_for(SIZE), or, over
 * SLAB_LARGEST, large_alloc(SIZE). So a chunk is aligned to its size, and an area to a page. NULL if
 * SIZE is 0 or there is not enough memory: nothing is lost then, but the descriptors' size may have
 * grown. */
void *SLAB_QUICK alloc(uint32_t size);

/* The same, every byte 0. */
void *alloc_zeroed(uint32_t size);

/* Gives OBJECT back. NULL is allowed, and nothing is done. Returns 0. On error nothing has changed:
 * -ENOENT if OBJECT lies in no used area, but between AREAS_START and AREAS_END (an area that was
 * freed, for instance); -EINVAL if it is neither the start of a chunk nor that of an area that
 * alloc() returned. A chunk that is free already is noticed in debug mode only: otherwise what
 * happens is not defined. The number of steps does not depend on how many objects there are. */
int SLAB_QUICK free(void *object);

/* Large objects: areas of as few pages as hold SIZE bytes (not 0), whose user (struct mem_area) is
 * slab_descs. large_alloc() returns NULL if there is not enough memory; large_free() returns as
 * free() does, for OBJECT anything but NULL and the start of a chunk. */
void *large_alloc(uint32_t size);
int large_free(void *object);

/* Makes OBJECT SIZE bytes long, and returns where it is then: what was in it, as far as it fits, is
 * kept. It stays where it is if its capacity is no less than that of a new object of SIZE bytes, and
 * no more than twice that; otherwise it moves. OBJECT NULL: alloc(SIZE). SIZE 0: OBJECT is freed, and
 * NULL returned. NULL also when there is not enough memory, or OBJECT is none (see free()): OBJECT is
 * then as before. */
void *realloc(void *object, uint32_t size);

/* Returns how many bytes OBJECT can hold: its chunk's, or its area's size; 0 if it is no object (see
 * free()). */
uint32_t alloc_capacity(const void *object);

/* ---- Growing and giving back: exercises 6 and 7 ----
 *
 * To grow, a size takes a descriptor for its new entry, and area_alloc() takes one for the area. Both
 * are chunks of one size, slab_descriptors(). So when that size has to grow, it needs two chunks of
 * itself; it must not be too late then. The reserve rule:
 *
 *   - The descriptors' size always has an entry in empty: its reserve. While that size grows,
 *     chunk_take() of it may use the reserve, as it uses any empty entry; at any other time, when
 *     partial is empty, that size grows first, or chunk_take() returns NULL.
 *   - While that size grows, it does not grow again. So area_alloc() may be called within
 *     area_alloc(), by the source of the descriptors, but never once more within that.
 *   - The new entry goes into empty: it is the next reserve. If there is no memory for it, the two
 *     chunks are given back: what was the reserve is the reserve again.
 *
 * An entry that has become empty stays, for the next chunk_take(), unless another of its size is
 * empty already: then one of the two is given back, its area and its descriptor. This frees chunks
 * of the descriptors' size, which may leave one of its entries empty, and so on: these are given back
 * one after the other, not one within the other. The first entry of all is never given back. */

/* Makes a new entry of DESC, by the reserve rule, and puts it into its list empty; while the
 * descriptors' size grows, does nothing for that size, and succeeds. Returns 0, or -ENOMEM: nothing
 * is lost then, but the descriptors' size may have grown for the sake of another. */
int slab_grow(struct slab_desc *desc);

/* Gives entries in DESC's list empty back until it has one, and whatever this leaves empty among the
 * descriptors' entries. Called by itself (within area_free(), for instance), does nothing: whoever
 * is at it already sees to the rest. */
void slab_give_back(struct slab_desc *desc);

/* Starts: makes the first entry, of the descriptors' size, from a descriptor that needs no
 * allocator, and an area whose descriptor comes from the pool (descriptors.h); makes it the reserve;
 * puts area_source to take() and give() below; has the descriptors' size grow by one entry. Called
 * at boot, after slabs_configure(). Returns 0, or -ENOMEM: then area_source is as before, no area is
 * used, no frame is lost, and it may be called again. */
int slabs_start(void);

/* The new source of the areas' descriptors: chunks. give() takes back those of the pool, too. */
struct mem_area *descriptor_take(void);
void descriptor_give(struct mem_area *descriptor);

/* Gives every empty entry back, but the reserve. If nothing is allocated any more, and the
 * descriptors have been moved together before (slab_gather.h), exactly as many frames are free then
 * as after slabs_start(). */
void slabs_trim(void);

#endif
