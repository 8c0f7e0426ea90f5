/* Commands for areas, and for the pool of their descriptors. */
#include "area_move.h"
#include "areas.h"
#include "errno.h"
#include "interrupts.h"
#include "io.h"
#include "probe.h"

#define ADDRESS ((void *)(uint32_t)call->number[0])
#define UNTOUCHED ((void *)0xfeedf00d)

PROBE(area_pool_take, "", "takes a descriptor from the pool: its address, 0 if there is none") {
    probe_hex(call, (uint32_t)area_pool_take());
    return 0;
}

PROBE(area_pool_give, "descriptor", "gives a descriptor back to the pool") {
    return area_pool_give(ADDRESS);
}

PROBE(area_pool_owns, "address", "whether an address lies in the pool") {
    probe_hex(call, area_pool_owns(ADDRESS));
    return 0;
}

PROBE(areas_init, "address pages", "takes charge of so many pages, as one free area") {
    return areas_init((uint32_t)call->number[0], (uint32_t)call->number[1]);
}

PROBE(area_alloc, "pages", "takes an area: its address") {
    void *address = UNTOUCHED;
    int error = area_alloc((uint32_t)call->number[0], &address);
    if (error && address != UNTOUCHED)
        return -EFAULT;
    probe_hex(call, (uint32_t)address);
    return error;
}

PROBE(area_free, "address", "gives an area back") {
    return area_free(ADDRESS);
}

PROBE(area_of, "address", "the area that an address lies in: its descriptor (or 0), start, pages") {
    const struct mem_area *area = area_of(ADDRESS);
    probe_hex(call, (uint32_t)area);
    if (area) {
        probe_hex(call, area->address);
        probe_hex(call, area->pages);
    }
    return 0;
}

static void say_list(struct probe_call *call, const struct list *list) {
    list_each (link, list) {
        const struct mem_area *area = list_element(link, struct mem_area, link);
        probe_hex(call, area->address);
        probe_decimal(call, (int32_t)area->pages);
    }
}

PROBE(areas, "", "every used area, and every free one: address and pages") {
    probe_text(call, "used");
    say_list(call, &areas_used);
    probe_text(call, "free");
    say_list(call, &areas_free);
    return 0;
}

PROBE(areas_free_pages, "", "pages in free areas") {
    probe_hex(call, areas_free_pages());
    return 0;
}

/* Returns the descriptor of the area, used or free, that starts at ADDRESS; NULL if none does. */
static struct mem_area *starting_at(uint32_t address) {
    const struct list *const lists[] = {&areas_used, &areas_free};
    for (uint32_t i = 0; i < 2; i++)
        list_each (link, lists[i]) {
            struct mem_area *area = list_element(link, struct mem_area, link);
            if (area->address == address)
                return area;
        }
    return 0;
}

PROBE(area_move, "address", "has another descriptor describe the area that starts there") {
    struct mem_area *new = area_source.take(); /* first, for it may change the lists */
    struct mem_area *old = starting_at((uint32_t)call->number[0]);
    if (!new)
        return -ENOMEM;
    if (old)
        area_move(old, new);
    area_source.give(old ? old : new);
    return old ? 0 : -ENOENT;
}

PROBE(area_of_cycles, "address", "cycles that area_of() takes") {
    bool were_on = interrupts_save();
    uint64_t start = cpu_cycles();
    area_of(ADDRESS);
    probe_hex(call, cpu_cycles() - start);
    interrupts_restore(were_on);
    return 0;
}

PROBE(area_free_cycles, "address", "gives an area back: the cycles that it takes") {
    bool were_on = interrupts_save();
    uint64_t start = cpu_cycles();
    int error = area_free(ADDRESS);
    probe_hex(call, cpu_cycles() - start);
    interrupts_restore(were_on);
    return error;
}

PROBE(area_bench, "pairs", "cycles that so many area_alloc(1) and area_free() take") {
    bool were_on = interrupts_save();
    int error = 0;
    void *address;
    uint64_t start = cpu_cycles();
    for (uint32_t i = 0; i < call->number[0] && !error; i++) {
        error = area_alloc(1, &address);
        if (!error)
            error = area_free(address);
    }
    probe_hex(call, cpu_cycles() - start);
    interrupts_restore(were_on);
    return error;
}
