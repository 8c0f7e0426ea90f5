/* Different but right: the size is found by its highest bit, alloc() and free() have no short way,
 * and what list an entry belongs to is worked out from how many of its chunks are free. */
#include "slabs.h"

#include "errno.h"
#include "slab_debug.h"

struct slab_desc slab_descs[SLAB_SIZES];

void slabs_configure(void) {
    uint32_t size = SLAB_SMALLEST;
    for (struct slab_desc *desc = slab_descs; desc < slab_descs + SLAB_SIZES; desc++, size *= 2) {
        list_init(&desc->partial);
        list_init(&desc->full);
        list_init(&desc->empty);
        desc->size = size;
        desc->pages = size < PAGE_SIZE / SLAB_CHUNKS ? 1 : size * SLAB_CHUNKS / PAGE_SIZE;
    }
}

struct slab_desc *slab_desc_for(uint32_t size) {
    if (size - 1 >= SLAB_LARGEST)
        return 0;
    return &slab_descs[size <= SLAB_SMALLEST ? 0 : 29 - __builtin_clz(size - 1)];
}

/* `own` of an entry is the number of its free chunks. */
static struct list *rightful_list(struct slab_entry *entry) {
    struct slab_desc *desc = entry->desc;
    if (entry->own == 0)
        return &desc->full;
    return entry->own * desc->size == desc->pages * PAGE_SIZE ? &desc->empty : &desc->partial;
}

/* Adds CHANGE to the free chunks of ENTRY, and sees to its list. Returns that list. */
static struct list *count(struct slab_entry *entry, int change) {
    struct list *before = rightful_list(entry);
    entry->own += (uint32_t)change;
    struct list *after = rightful_list(entry);
    if (before != after) {
        list_remove(&entry->link);
        list_prepend(after, &entry->link);
    }
    return after;
}

void *chunk_take(struct slab_desc *desc) {
    if (list_empty(&desc->partial) && (desc == slab_descriptors() || list_empty(&desc->empty)) &&
        slab_grow(desc))
        return 0;
    struct list *list = list_empty(&desc->partial) ? &desc->empty : &desc->partial;
    if (list_empty(list))
        return 0;
    struct slab_entry *entry = list_element(list->next, struct slab_entry, link);
    void **chunk = entry->free_el;
    entry->free_el = *chunk;
    count(entry, -1);
    return chunk;
}

void chunk_put(struct slab_entry *entry, void *chunk) {
    *(void **)chunk = entry->free_el;
    entry->free_el = chunk;
    if (count(entry, 1) == &entry->desc->empty)
        slab_give_back(entry->desc);
}

void *SLAB_QUICK alloc(uint32_t size) {
    if (!size)
        return 0;
    if (slab_debug)
        return debug_alloc(size, (uint32_t)__builtin_return_address(0));
    return size > SLAB_LARGEST ? large_alloc(size) : chunk_take(slab_desc_for(size));
}

int SLAB_QUICK free(void *object) {
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
