/* Different but right: the first entry lends its place to a function that makes all entries alike,
 * new entries go to the end of the list, and what is empty is given back desc by desc, until nothing
 * is left to do. */
#include "errno.h"
#include "slab_debug.h"
#include "slabs.h"

static struct slab_entry first_entry;
static struct slab_desc *growing; /* the descriptors' size, or nobody */
static uint32_t at_it;            /* calls of give_back() */

static int make_entry(struct slab_entry *entry, struct slab_desc *desc) {
    void *base;
    int error = area_alloc(desc->pages, &base);
    if (error)
        return error;
    slab_entry_init(entry, desc, base);
    list_append(&desc->empty, &entry->link);
    if (slab_debug && desc != slab_descriptors())
        debug_entry_init(entry);
    return 0;
}

int slab_grow(struct slab_desc *desc) {
    struct slab_desc *before = growing;
    if (desc == before)
        return 0;
    if (desc == slab_descriptors())
        growing = desc;
    struct slab_entry *entry = chunk_take(slab_descriptors());
    int error = entry ? make_entry(entry, desc) : -ENOMEM;
    if (error && entry)
        chunk_put(slab_entry_of(entry), entry);
    growing = before;
    return error;
}

struct mem_area *descriptor_take(void) {
    return chunk_take(slab_descriptors());
}

void descriptor_give(struct mem_area *descriptor) {
    struct slab_entry *entry = slab_entry_of(descriptor);
    if (entry)
        chunk_put(entry, descriptor);
    else
        area_pool_give(descriptor);
}

int slabs_start(void) {
    struct area_source pool = area_source;
    if (make_entry(&first_entry, slab_descriptors()))
        return -ENOMEM;
    area_source.take = descriptor_take;
    area_source.give = descriptor_give;
    if (slab_grow(slab_descriptors())) {
        area_source = pool;
        list_remove(&first_entry.link);
        area_free((void *)first_entry.base);
        return -ENOMEM;
    }
    return 0;
}

/* Gives one entry of DESC back if more than KEPT are empty. Returns whether it did. */
static bool give_one_back(struct slab_desc *desc, uint32_t kept) {
    struct list *link = desc->empty.next;
    for (uint32_t i = 0; i < kept && link != &desc->empty; i++)
        link = link->next;
    if (link == &first_entry.link)
        link = desc->empty.next; /* another one, or there is nothing to give */
    if (link == &desc->empty || link == &first_entry.link)
        return false;
    struct slab_entry *entry = list_element(link, struct slab_entry, link);
    list_remove(link);
    area_free((void *)entry->base);
    chunk_put(slab_entry_of(entry), entry);
    return true;
}

static void give_back(struct slab_desc *desc, uint32_t kept) {
    if (at_it)
        return;
    at_it = 1;
    while (give_one_back(desc, kept) || give_one_back(slab_descriptors(), 1))
        continue;
    at_it = 0;
}

void slab_give_back(struct slab_desc *desc) {
    give_back(desc, 1);
}

void slabs_trim(void) {
    for (uint32_t i = 0; i < SLAB_SIZES; i++)
        give_back(&slab_descs[i], &slab_descs[i] == slab_descriptors() ? 1 : 0);
}
