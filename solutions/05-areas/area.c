/* Runs of kernel pages. Contract: kernel/05-areas/areas.h */
#include "areas.h"

#include <stddef.h>

#include "errno.h"
#include "layout.h"
#include "mapper.h"
#include "todo.h"

struct list areas_used = LIST_EMPTY(areas_used), areas_free = LIST_EMPTY(areas_free);

// BEGIN SOLUTION
/* All areas, used and free, in the order of their addresses: each touches the next. */
static struct list neighbours = LIST_EMPTY(neighbours);

static struct mem_area *listed(struct list *link) {
    return list_element(link, struct mem_area, link);
}

static bool is_space(uint32_t address, uint32_t pages) {
    return address % PAGE_SIZE == 0 && address >= AREAS_START && address < AREAS_END && pages &&
           pages <= (AREAS_END - address) / PAGE_SIZE;
}

/* Takes AREA out of every list. Its descriptor is still to be given back: when nothing else is left
 * to do, because give() may call area_alloc() and area_free(). */
static void forget(struct mem_area *area) {
    list_remove(&area->link);
    list_remove(&area->neighbour);
}
// END SOLUTION

int areas_init(uint32_t address, uint32_t pages) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!is_space(address, pages))
        return -EINVAL;
    if (!list_empty(&areas_used))
        return -EBUSY;
    while (!list_empty(&areas_free)) {
        struct mem_area *old = listed(areas_free.next);
        forget(old);
        area_source.give(old);
    }
    struct mem_area *all = area_source.take();
    if (!all)
        return -ENOMEM;
    *all = (struct mem_area){.address = address, .pages = pages};
    list_append(&areas_free, &all->link);
    list_append(&neighbours, &all->neighbour);
    return 0;
    // END SOLUTION
}

uint32_t areas_free_pages(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    uint32_t pages = 0;
    list_each (link, &areas_free)
        pages += listed(link)->pages;
    return pages;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Returns the lowest free area of at least PAGES pages; NULL if there is none. */
static struct mem_area *first_fit(uint32_t pages) {
    struct mem_area *lowest = NULL;
    list_each (link, &areas_free) {
        struct mem_area *area = listed(link);
        if (area->pages >= pages && (!lowest || area->address < lowest->address))
            lowest = area;
    }
    return lowest;
}

static void unmap(uint32_t address, uint32_t pages) {
    struct page_flush_all all = {0};
    while (pages--)
        page_flush_add(&all, page_unmap(mapper_current, address + pages * PAGE_SIZE));
    page_flush_all(&all);
}

/* Maps PAGE to a frame that says whose it is. */
static int map_page(uint32_t page, struct mem_area *owner) {
    paddr_t frame;
    int error = page_flush_ignore(page_map(mapper_current, page, PAGE_WRITE));
    if (!error && !(error = page_translate(mapper_current, page, &frame)))
        frame_at(frame)->owner = (uintptr_t)owner;
    return error;
}

/* Maps PAGES pages from ADDRESS on, or none. */
static int map(uint32_t address, uint32_t pages, struct mem_area *owner) {
    for (uint32_t done = 0; done < pages; done++) {
        int error = map_page(address + done * PAGE_SIZE, owner);
        if (error) {
            unmap(address, done);
            return error;
        }
    }
    return 0;
}

/* Makes USED the lowest PAGES pages of the free area REST, which may be USED itself. */
static void carve(struct mem_area *rest, struct mem_area *used, uint32_t pages) {
    if (used == rest) {
        list_remove(&used->link);
    } else {
        *used = (struct mem_area){.address = rest->address, .pages = pages};
        list_insert_before(&rest->neighbour, &used->neighbour);
        rest->address += pages * PAGE_SIZE;
        rest->pages -= pages;
    }
    used->user = NULL;
    used->used = true;
    list_append(&areas_used, &used->link);
}

/* Makes the low part of the free area REST, or all of it, a used one. REST may be NULL. *SPARE is a
 * descriptor, and becomes NULL if it is used. */
static int take(struct mem_area *rest, uint32_t pages, struct mem_area **spare, void **address) {
    if (!rest)
        return -ENOMEM;
    struct mem_area *used = rest->pages == pages ? rest : *spare;
    int error = map(rest->address, pages, used);
    if (error)
        return error;
    carve(rest, used, pages);
    *address = (void *)used->address;
    if (used == *spare)
        *spare = NULL;
    return 0;
}
// END SOLUTION

int area_alloc(uint32_t pages, void **address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!pages)
        return -EINVAL;
    struct mem_area *spare = area_source.take();
    if (!spare)
        return -ENOMEM;
    int error = take(first_fit(pages), pages, &spare, address);
    if (spare)
        area_source.give(spare);
    return error;
    // END SOLUTION
}

struct mem_area *area_of(const void *address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    paddr_t physical;
    if ((uint32_t)address < AREAS_START || (uint32_t)address >= AREAS_END ||
        page_translate(mapper_current, (uint32_t)address, &physical))
        return NULL;
    return (struct mem_area *)frame_at(physical)->owner;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Returns the area whose neighbour link is LINK, if it is free; NULL otherwise. */
static struct mem_area *free_neighbour(struct list *link) {
    struct mem_area *area = list_element(link, struct mem_area, neighbour);
    return link == &neighbours || area->used ? NULL : area;
}

/* Adds HIGH to the free area LOW right before it. */
static void absorb(struct mem_area *low, struct mem_area *high) {
    low->pages += high->pages;
    forget(high);
}

/* Moves AREA to the free areas and joins it with those that it touches. */
static void release(struct mem_area *area) {
    struct mem_area *before = free_neighbour(area->neighbour.previous);
    struct mem_area *after = free_neighbour(area->neighbour.next);
    area->used = false;
    list_move(&areas_free, &area->link);
    if (after)
        absorb(area, after);
    if (before)
        absorb(before, area);
    if (after)
        area_source.give(after);
    if (before)
        area_source.give(area);
}
// END SOLUTION

int area_free(void *address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    uint32_t start = (uint32_t)address;
    if (start % PAGE_SIZE || start < AREAS_START || start >= AREAS_END)
        return -EINVAL;
    struct mem_area *area = area_of(address);
    if (!area)
        return -ENOENT;
    if (area->address != start)
        return -EPERM;
    unmap(area->address, area->pages);
    release(area);
    return 0;
    // END SOLUTION
}
