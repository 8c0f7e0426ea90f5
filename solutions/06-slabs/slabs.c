/* Sizes, chunks, and the objects made of them. Contract: kernel/06-slabs/slabs.h
 *
 * alloc() and free() are called all the time: they do what is common in a few instructions, and
 * leave the rest to functions that are kept out of the way. */
#include "slabs.h"

#include <stddef.h>

#include "errno.h"
#include "frames.h"
#include "layout.h"
#include "paging.h"
#include "slab_debug.h"
#include "todo.h"

struct slab_desc slab_descs[SLAB_SIZES];

// BEGIN SOLUTION
#define RARELY(condition) __builtin_expect(!!(condition), 0)

/* Where alloc() looks first, by (size - 1) / SLAB_SMALLEST: slab_desc_for(size), or, in debug mode,
 * one that never has anything. */
static struct slab_desc *quick[SLAB_LARGEST / SLAB_SMALLEST];
static struct slab_desc nothing;

static struct frame *frames; /* the descriptors of all frames, by number */

static void init_lists(struct slab_desc *desc) {
    list_init(&desc->partial);
    list_init(&desc->full);
    list_init(&desc->empty);
}
// END SOLUTION

void slabs_configure(void) {
    // BEGIN SOLUTION
    //| TODO();
    init_lists(&nothing);
    for (uint32_t i = 0; i < SLAB_SIZES; i++) {
        struct slab_desc *desc = &slab_descs[i];
        desc->size = SLAB_SMALLEST << i;
        desc->pages = (SLAB_CHUNKS * desc->size + PAGE_SIZE - 1) / PAGE_SIZE;
        init_lists(desc);
    }
    for (uint32_t size = SLAB_SMALLEST; size <= SLAB_LARGEST; size += SLAB_SMALLEST)
        quick[size / SLAB_SMALLEST - 1] = slab_debug ? &nothing : slab_desc_for(size);
    frames = frame_at(0);
    // END SOLUTION
}

struct slab_desc *slab_desc_for(uint32_t size) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    struct slab_desc *desc = slab_descs;
    if (!size || size > SLAB_LARGEST)
        return NULL;
    while (desc->size < size)
        desc++;
    return desc;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Makes ENTRY, which is in a list, the first of LIST. */
static void move_to(struct list *list, struct slab_entry *entry) {
    list_remove(&entry->link);
    list_prepend(list, &entry->link);
}

static struct slab_entry *first_of(const struct list *list) {
    return list_element(list->next, struct slab_entry, link);
}

/* Makes sure that DESC has a partial entry. */
static int need_partial(struct slab_desc *desc) {
    if (list_empty(&desc->empty) || desc == slab_descriptors()) {
        int error = slab_grow(desc);
        if (error || !list_empty(&desc->partial)) /* growing has broken into the reserve */
            return error;
    }
    if (list_empty(&desc->empty))
        return -ENOMEM;
    move_to(&desc->partial, first_of(&desc->empty));
    return 0;
}
// END SOLUTION

void *chunk_take(struct slab_desc *desc) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    if (list_empty(&desc->partial) && need_partial(desc))
        return NULL;
    struct slab_entry *entry = first_of(&desc->partial);
    void *chunk = entry->free_el;
    entry->free_el = *(void **)chunk;
    entry->used++;
    if (!entry->free_el)
        move_to(&desc->full, entry);
    return chunk;
    // END SOLUTION
}

void chunk_put(struct slab_entry *entry, void *chunk) {
    // BEGIN SOLUTION
    //| TODO();
    struct slab_desc *desc = entry->desc;
    bool was_full = !entry->free_el;
    *(void **)chunk = entry->free_el;
    entry->free_el = chunk;
    if (--entry->used == 0) {
        move_to(&desc->empty, entry);
        slab_give_back(desc);
    } else if (was_full) {
        move_to(&desc->partial, entry);
    }
    // END SOLUTION
}

// BEGIN SOLUTION
/* A stack frame: the one before it, and where its function returns to. */
struct stack_frame {
    struct stack_frame *before;
    uint32_t returns_to;
};

/* What alloc(), its only caller, does when it is not that simple. */
static void *__attribute__((noinline)) alloc_otherwise(uint32_t size) {
    const struct stack_frame *own = __builtin_frame_address(0);
    if (slab_debug)
        return debug_alloc(size, own->before->returns_to);
    if (size > SLAB_LARGEST)
        return large_alloc(size);
    return size ? chunk_take(slab_desc_for(size)) : NULL;
}
// END SOLUTION

void *SLAB_QUICK alloc(uint32_t size) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    if (RARELY(size - 1 >= SLAB_LARGEST))
        goto otherwise;
    const struct slab_desc *desc = quick[(size - 1) / SLAB_SMALLEST];
    if (RARELY(list_empty(&desc->partial)))
        goto otherwise;
    struct slab_entry *entry = first_of(&desc->partial);
    void *chunk = entry->free_el, *next = *(void **)chunk;
    if (RARELY(!next)) {
        size = entry->desc->size; /* which is as good, and the register of SIZE was free */
        goto otherwise;
    }
    entry->free_el = next;
    entry->used++;
    return chunk;
otherwise: /* one way out: so the compiler sets up no stack frame on the other one */
    return alloc_otherwise(size);
    // END SOLUTION
}

// BEGIN SOLUTION
/* The page table entries of the areas' pages, as the mirror shows them. */
#define AREA_ENTRIES                                                                               \
    ((const uint32_t *)((uint32_t)MIRROR_SLOT * SLOT_SIZE + AREAS_START / PAGE_SIZE * 4))

/* What free() does when it is not that simple. */
static int __attribute__((noinline)) free_otherwise(void *object) {
    if (!object)
        return 0;
    if (slab_debug)
        return debug_free(object);
    struct slab_entry *entry = slab_entry_of(object);
    if (!entry)
        return large_free(object);
    if ((uint32_t)object % entry->desc->size)
        return -EINVAL;
    chunk_put(entry, object);
    return 0;
}
// END SOLUTION

int SLAB_QUICK free(void *object) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    uint32_t place = (uint32_t)object - AREAS_START;
    if (RARELY(place >= AREAS_END - AREAS_START))
        goto otherwise;
    uint32_t page = AREA_ENTRIES[place / PAGE_SIZE];
    if (RARELY(!(page & PAGE_PRESENT)))
        goto otherwise;
    struct slab_entry *entry = (struct slab_entry *)frames[page / PAGE_SIZE].tally;
    if (RARELY(!entry || entry->mask & (uint32_t)object || !entry->free_el || entry->used == 1))
        goto otherwise;
    *(void **)object = entry->free_el;
    entry->free_el = object;
    entry->used--;
    return 0;
otherwise:
    return free_otherwise(object);
    // END SOLUTION
}
