/* Different but right: the chain starts with the last chunk, and the entry is found through the area
 * that its address lies in. */
#include "frames.h"
#include "mapper.h"
#include "slabs.h"

static struct frame *frame_behind(uint32_t page) {
    paddr_t physical = 0;
    return page_translate(mapper_current, page, &physical) ? 0 : frame_at(physical);
}

void slab_entry_init(struct slab_entry *entry, struct slab_desc *desc, void *base) {
    uint32_t length = desc->pages * PAGE_SIZE;
    list_init(&entry->link);
    entry->desc = desc;
    entry->base = (uint32_t)base;
    entry->free_el = 0;
    entry->own = length / desc->size;
    for (uint32_t place = 0; place < length; place += desc->size) {
        void **chunk = (void **)(entry->base + place);
        *chunk = entry->free_el;
        entry->free_el = chunk;
    }
    for (uint32_t place = 0; place < length; place += PAGE_SIZE)
        frame_behind(entry->base + place)->tally = (uint32_t)entry;
}

struct slab_entry *slab_entry_of(const void *address) {
    if (!area_of(address))
        return 0;
    return (struct slab_entry *)frame_behind((uint32_t)address & ~(PAGE_SIZE - 1))->tally;
}
