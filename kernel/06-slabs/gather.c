/* Descriptors that move together. */
#include <stddef.h>

#include "area_move.h"
#include "frames.h"
#include "layout.h"
#include "mapper.h"
#include "slab_gather.h"
#include "slabs.h"

/* Returns the partial entry of DESC that lies lowest; NULL if there is none. */
static struct slab_entry *lowest_partial(const struct slab_desc *desc) {
    struct slab_entry *lowest = NULL;
    list_each (link, &desc->partial) {
        struct slab_entry *entry = list_element(link, struct slab_entry, link);
        if (!lowest || entry->base < lowest->base)
            lowest = entry;
    }
    return lowest;
}

/* Takes a chunk of ENTRY, a partial one: of the first in the list. */
static void *take_of(struct slab_entry *entry) {
    list_remove(&entry->link);
    list_prepend(&entry->desc->partial, &entry->link);
    return area_source.take();
}

/* Descriptors start with the link of their list. */
static struct list *higher(struct list *found, struct list *list) {
    list_each (link, list)
        if ((uint32_t)link >= AREAS_START && link > found)
            found = link;
    return found;
}

static struct list *highest_area(void) {
    return higher(higher(NULL, &areas_used), &areas_free);
}

static struct list *highest_entry(void) {
    struct list *found = NULL;
    for (struct slab_desc *desc = slab_descs; desc < slab_descs + SLAB_SIZES; desc++)
        found = higher(higher(higher(found, &desc->partial), &desc->full), &desc->empty);
    return found;
}

static void move_entry(struct slab_entry *from, struct slab_entry *to) {
    paddr_t frame;
    *to = *from;
    list_relink(&from->link, &to->link);
    for (uint32_t i = 0; i < to->desc->pages; i++)
        if (!page_translate(mapper_current, to->base + i * PAGE_SIZE, &frame))
            frame_at(frame)->tally = (uint32_t)to;
}

/* Moves the highest descriptor to a chunk of ENTRY, if that lies lower. Returns whether it did. */
static bool move_highest(struct slab_entry *entry) {
    struct list *area = highest_area(), *other = highest_entry();
    struct list *source = area > other ? area : other;
    if ((uint32_t)source < entry->base + entry->desc->pages * PAGE_SIZE)
        return false;
    if (source == area)
        area_move((struct mem_area *)source, take_of(entry));
    else
        move_entry((struct slab_entry *)source, take_of(entry));
    area_source.give((struct mem_area *)source);
    return true;
}

void slabs_gather(void) {
    struct slab_entry *entry;
    do
        entry = lowest_partial(slab_descriptors());
    while (entry && move_highest(entry));
}
