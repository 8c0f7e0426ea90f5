/* New entries, and those that nobody needs any more: where slabs and areas call one another.
 * Contract: kernel/06-slabs/slabs.h */
#include <stddef.h>

#include "errno.h"
#include "slab_debug.h"
#include "slabs.h"
#include "todo.h"

// BEGIN SOLUTION
static struct slab_entry first_entry; /* needs no allocator, and is never given back */

static bool growing;     /* the descriptors' size does */
static bool giving_back; /* somebody is at it: he will come to what is left */

static void add_entry(struct slab_entry *entry, struct slab_desc *desc, void *base) {
    slab_entry_init(entry, desc, base);
    list_prepend(&desc->empty, &entry->link);
    if (slab_debug && desc != slab_descriptors())
        debug_entry_init(entry);
}

static void put_descriptor(void *descriptor) {
    chunk_put(slab_entry_of(descriptor), descriptor);
}

static int grow(struct slab_desc *desc) {
    void *base;
    struct slab_entry *entry = chunk_take(slab_descriptors());
    if (!entry)
        return -ENOMEM;
    int error = area_alloc(desc->pages, &base);
    if (error)
        put_descriptor(entry);
    else
        add_entry(entry, desc, base);
    return error;
}
// END SOLUTION

int slab_grow(struct slab_desc *desc) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (desc != slab_descriptors())
        return grow(desc);
    if (growing)
        return 0;
    growing = true;
    int error = grow(desc);
    growing = false;
    return error;
    // END SOLUTION
}

struct mem_area *descriptor_take(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    return chunk_take(slab_descriptors());
    // END SOLUTION
}

void descriptor_give(struct mem_area *descriptor) {
    // BEGIN SOLUTION
    //| TODO();
    if (area_pool_owns(descriptor))
        area_pool_give(descriptor);
    else
        put_descriptor(descriptor);
    // END SOLUTION
}

int slabs_start(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct slab_desc *desc = slab_descriptors();
    const struct area_source pool = area_source;
    void *base;
    if (area_alloc(desc->pages, &base))
        return -ENOMEM;
    add_entry(&first_entry, desc, base);
    area_source = (struct area_source){descriptor_take, descriptor_give};
    if (!slab_grow(desc))
        return 0;
    area_source = pool;
    list_remove(&first_entry.link);
    area_free(base);
    return -ENOMEM;
    // END SOLUTION
}

// BEGIN SOLUTION
static void release(struct slab_entry *entry) {
    list_remove(&entry->link);
    area_free((void *)entry->base);
    put_descriptor(entry);
}

/* Returns an entry in DESC's list empty that can be given back so that KEPT stay; NULL if none can. */
static struct slab_entry *surplus(struct slab_desc *desc, uint32_t kept) {
    struct slab_entry *found = NULL;
    uint32_t count = 0;
    list_each (link, &desc->empty) {
        struct slab_entry *entry = list_element(link, struct slab_entry, link);
        if (entry != &first_entry)
            found = entry;
        count++;
    }
    return count > kept ? found : NULL;
}

/* Gives empty entries of DESC back until KEPT are left, and then those of the descriptors' size that
 * this has emptied. */
static void give_back(struct slab_desc *desc, uint32_t kept) {
    struct slab_entry *entry;
    if (giving_back)
        return;
    giving_back = true;
    while ((entry = surplus(desc, kept)) || (entry = surplus(slab_descriptors(), 1)))
        release(entry);
    giving_back = false;
}
// END SOLUTION

void slab_give_back(struct slab_desc *desc) {
    // BEGIN SOLUTION
    //| TODO();
    give_back(desc, 1);
    // END SOLUTION
}

void slabs_trim(void) {
    // BEGIN SOLUTION
    //| TODO();
    for (struct slab_desc *desc = slab_descs; desc < slab_descs + SLAB_SIZES; desc++)
        give_back(desc, desc == slab_descriptors());
    // END SOLUTION
}
