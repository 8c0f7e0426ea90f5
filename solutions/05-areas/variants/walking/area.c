/* Different but right: the first fit is found by walking all areas by address; frames are taken
 * before the pages are mapped, from the last page down; whether a neighbour is used is asked of the
 * page tables; and of two areas that are joined the higher one's descriptor stays. */
#include <stddef.h>

#include "areas.h"
#include "errno.h"
#include "layout.h"
#include "mapper.h"

struct list areas_used = LIST_EMPTY(areas_used), areas_free = LIST_EMPTY(areas_free);
static struct list all = LIST_EMPTY(all);

#define EACH_AREA(area)                                                                            \
    for (struct mem_area *area = at(all.next); &area->neighbour != &all;                           \
         area = at(area->neighbour.next))

static struct mem_area *at(struct list *neighbour) {
    return list_element(neighbour, struct mem_area, neighbour);
}

static void move(struct mem_area *area, struct list *list) {
    list_remove(&area->link);
    list_prepend(list, &area->link);
}

static void fill(struct mem_area *area, uint32_t address, uint32_t pages, struct list *before) {
    area->address = address;
    area->pages = pages;
    area->user = NULL;
    list_init(&area->link);
    list_insert_before(before, &area->neighbour);
}

int areas_init(uint32_t address, uint32_t pages) {
    uint32_t first = (address - AREAS_START) / PAGE_SIZE;
    uint32_t space = (AREAS_END - AREAS_START) / PAGE_SIZE;
    if (address % PAGE_SIZE || !pages || first >= space || pages > space - first)
        return -EINVAL;
    if (!list_empty(&areas_used))
        return -EBUSY;
    if (!list_empty(&all)) { /* no area is used, so there is one free one */
        struct mem_area *old = at(all.next);
        list_init(&all);
        list_init(&areas_free);
        area_source.give(old);
    }
    struct mem_area *one = area_source.take();
    if (!one)
        return -ENOMEM;
    fill(one, address, pages, &all);
    move(one, &areas_free);
    return 0;
}

struct mem_area *area_of(const void *address) {
    uint32_t number = (uint32_t)address;
    paddr_t frame;
    bool inside = number - AREAS_START < AREAS_END - AREAS_START;
    bool mapped = inside && page_translate(mapper_current, number, &frame) == 0;
    return mapped ? (void *)frame_at(frame)->owner : NULL;
}

static bool is_free(struct mem_area *area) {
    return &area->neighbour != &all && !area_of((void *)area->address);
}

uint32_t areas_free_pages(void) {
    uint32_t sum = 0;
    EACH_AREA(area)
    sum += is_free(area) ? area->pages : 0;
    return sum;
}

/* Maps PAGE to FRAME, which is ours and becomes the page's. */
static void give_page(uint32_t page, paddr_t frame, struct mem_area *owner) {
    frame_at(frame)->owner = (uintptr_t)owner;
    page_flush_ignore(page_map_to(mapper_current, page, frame, PAGE_WRITE));
    frame_free(frame, 1);
}

static void unmap(uint32_t address, uint32_t end) {
    for (; address < end; address += PAGE_SIZE)
        page_flush(page_unmap(mapper_current, address));
}

static int map(uint32_t address, uint32_t pages, struct mem_area *owner) {
    uint32_t end = address + pages * PAGE_SIZE;
    for (uint32_t page = end; page > address; page -= PAGE_SIZE) {
        paddr_t frame;
        if (frame_alloc(1, ZONE_NORMAL, &frame)) {
            unmap(page, end);
            return -ENOMEM;
        }
        give_page(page - PAGE_SIZE, frame, owner);
    }
    return 0;
}

static struct mem_area *first_fit(uint32_t pages) {
    EACH_AREA(area)
    if (area->pages >= pages && is_free(area))
        return area;
    return NULL;
}

int area_alloc(uint32_t pages, void **address) {
    if (!pages)
        return -EINVAL;
    struct mem_area *fresh = area_source.take();
    if (!fresh)
        return -ENOMEM;
    struct mem_area *fit = first_fit(pages), *used = fit && fit->pages > pages ? fresh : fit;
    int error = fit ? map(fit->address, pages, used) : -ENOMEM;
    if (!error && used == fresh) {
        fill(fresh, fit->address, pages, &fit->neighbour);
        fit->address += pages * PAGE_SIZE;
        fit->pages -= pages;
    }
    if (!error) {
        used->user = NULL;
        move(used, &areas_used);
        *address = (void *)used->address;
    }
    if (error || used == fit)
        area_source.give(fresh);
    return error;
}

/* Adds LOW to HIGH, the area right after it. */
static void swallow(struct mem_area *high, struct mem_area *low) {
    high->address = low->address;
    high->pages += low->pages;
    list_remove(&low->link);
    list_remove(&low->neighbour);
}

static void join(struct mem_area *area) {
    struct mem_area *low = at(area->neighbour.previous), *high = at(area->neighbour.next);
    bool joins_low = is_free(low), joins_high = is_free(high);
    if (joins_low)
        swallow(area, low);
    if (joins_high)
        swallow(high, area);
    if (joins_high)
        area_source.give(area);
    if (joins_low)
        area_source.give(low);
}

int area_free(void *address) {
    struct mem_area *area = area_of(address);
    uint32_t start = (uint32_t)address;
    if (start % PAGE_SIZE || start - AREAS_START >= AREAS_END - AREAS_START)
        return -EINVAL;
    if (!area || area->address != start)
        return area ? -EPERM : -ENOENT;
    unmap(start, start + area->pages * PAGE_SIZE);
    move(area, &areas_free);
    join(area);
    return 0;
}
