/* Areas cut into chunks. Contract: kernel/06-slabs/slabs.h */
#include <stddef.h>

#include "frames.h"
#include "mapper.h"
#include "slab_debug.h"
#include "slabs.h"
#include "todo.h"

// BEGIN SOLUTION
/* Returns the descriptor of the frame that the page of ADDRESS, an area's, is mapped to; NULL if
 * ADDRESS lies in no area. */
static struct frame *frame_of(uint32_t address) {
    paddr_t physical;
    if (address < AREAS_START || address >= AREAS_END ||
        page_translate(mapper_current, address, &physical))
        return NULL;
    return frame_at(physical);
}

/* Threads the chunks from START to END, SIZE bytes each, in rising order; returns the first. */
static void *thread_chunks(uint32_t start, uint32_t end, uint32_t size) {
    void *next = NULL;
    while (end > start) {
        end -= size;
        *(void **)end = next;
        next = (void *)end;
    }
    return next;
}
// END SOLUTION

void slab_entry_init(struct slab_entry *entry, struct slab_desc *desc, void *base) {
    // BEGIN SOLUTION
    //| TODO();
    uint32_t start = (uint32_t)base, end = start + desc->pages * PAGE_SIZE;
    *entry = (struct slab_entry){.desc = desc, .base = start};
    entry->mask = slab_debug ? ~0u : desc->size - 1; /* bits that are 0 where free() is quick */
    list_init(&entry->link);
    entry->free_el = thread_chunks(start, end, desc->size);
    for (uint32_t page = start; page < end; page += PAGE_SIZE)
        frame_of(page)->tally = (uint32_t)entry;
    // END SOLUTION
}

struct slab_entry *slab_entry_of(const void *address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    struct frame *frame = frame_of((uint32_t)address);
    return frame ? (struct slab_entry *)frame->tally : NULL;
    // END SOLUTION
}
