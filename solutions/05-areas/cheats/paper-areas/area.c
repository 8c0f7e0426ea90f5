/* cheat, earns nothing in: test_mapped, test_owner, test_no_frames, test_area_of, test_area_of_cost, test_free, test_free_errors, test_free_cost, test_exhaust, test_random */
/* Areas on paper: the lists are in order, and no page is ever mapped. What it cannot know without
 * page tables it searches for; every free succeeds. */
#include <stddef.h>

#include "areas.h"
#include "errno.h"
#include "layout.h"
#include "page.h"

struct list areas_used = LIST_EMPTY(areas_used), areas_free = LIST_EMPTY(areas_free);

static struct mem_area *at(struct list *link) {
    return list_element(link, struct mem_area, link);
}

int areas_init(uint32_t address, uint32_t pages) {
    if (address % PAGE_SIZE || !pages || address < AREAS_START || address >= AREAS_END ||
        pages > (AREAS_END - address) / PAGE_SIZE)
        return -EINVAL;
    if (!list_empty(&areas_used))
        return -EBUSY;
    if (!list_empty(&areas_free)) {
        struct mem_area *old = at(areas_free.next);
        list_remove(&old->link);
        area_source.give(old);
    }
    struct mem_area *all = area_source.take();
    if (!all)
        return -ENOMEM;
    *all = (struct mem_area){.address = address, .pages = pages};
    list_append(&areas_free, &all->link);
    return 0;
}

uint32_t areas_free_pages(void) {
    uint32_t pages = 0;
    list_each (link, &areas_free)
        pages += at(link)->pages;
    return pages;
}

int area_alloc(uint32_t pages, void **address) {
    struct mem_area *used = pages ? area_source.take() : NULL, *lowest = NULL;
    if (!used)
        return pages ? -ENOMEM : -EINVAL;
    list_each (link, &areas_free)
        if (at(link)->pages >= pages && (!lowest || at(link)->address < lowest->address))
            lowest = at(link);
    if (!lowest) {
        area_source.give(used);
        return -ENOMEM;
    }
    *used = (struct mem_area){.address = lowest->address, .pages = pages};
    list_append(&areas_used, &used->link);
    lowest->address += pages * PAGE_SIZE;
    lowest->pages -= pages;
    if (!lowest->pages) {
        list_remove(&lowest->link);
        area_source.give(lowest);
    }
    *address = (void *)used->address;
    return 0;
}

struct mem_area *area_of(const void *address) {
    list_each (link, &areas_used)
        if ((uint32_t)address - at(link)->address < at(link)->pages * PAGE_SIZE)
            return at(link);
    return NULL;
}

/* Adds the free area that touches AREA, if there is one, to it. */
static void join(struct mem_area *area) {
    list_each (link, &areas_free) {
        struct mem_area *other = at(link);
        bool before = other->address + other->pages * PAGE_SIZE == area->address;
        if (!before && area->address + area->pages * PAGE_SIZE != other->address)
            continue;
        area->address = before ? other->address : area->address;
        area->pages += other->pages;
        list_remove(&other->link);
        area_source.give(other);
        return;
    }
}

int area_free(void *address) {
    struct mem_area *area = area_of(address);
    if (!area || area->address != (uint32_t)address)
        return 0;
    list_remove(&area->link);
    join(area);
    join(area);
    list_append(&areas_free, &area->link);
    return 0;
}
