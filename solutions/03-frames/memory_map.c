/* A fair copy of the boot loader's memory map. Contract: kernel/03-frames/memory_map.h */
#include "memory_map.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "format.h"
#include "todo.h"

// BEGIN SOLUTION
#define PAGE_MASK ((uint64_t)PAGE_SIZE - 1)
#define SIZE_WITH_ATTRIBUTES 24
#define ATTRIBUTE_VALID 1u

/* An entry of the loader's, in whole pages. */
struct claim {
    uint64_t start, end;
    uint32_t type, acpi;
};

static uint32_t type_of(const struct multiboot_map_entry *entry) {
    return entry->type == MEMORY_FREE || entry->type == MEMORY_ACPI ? entry->type : MEMORY_RESERVED;
}

/* Makes CLAIM of ENTRY; returns false if nothing is left of it. */
static bool claim_make(struct claim *claim, const struct multiboot_map_entry *entry) {
    claim->type = type_of(entry);
    claim->acpi = entry->size >= SIZE_WITH_ATTRIBUTES ? entry->acpi : ATTRIBUTE_VALID;
    if (!entry->length || !(claim->acpi & ATTRIBUTE_VALID) || entry->base >= MEMORY_END)
        return false;
    claim->start = entry->base;
    claim->end =
        entry->length < MEMORY_END - entry->base ? entry->base + entry->length : MEMORY_END;
    if (claim->type == MEMORY_RESERVED)
        claim->end += PAGE_MASK;
    else
        claim->start += PAGE_MASK;
    claim->start &= ~PAGE_MASK;
    claim->end &= ~PAGE_MASK;
    return claim->start < claim->end;
}

/* Who wins a page that is claimed twice: the higher rank. */
static int rank(uint32_t type) {
    switch (type) {
    case MEMORY_FREE:
        return 1;
    case MEMORY_ACPI:
        return 2;
    case MEMORY_RESERVED:
        return 3;
    default:
        return 0;
    }
}

/* Puts the claim that holds at AT, of type MEMORY_NULL if none does, into WINNER, and returns the
 * next place where another one may hold. */
static uint64_t winner_at(uint64_t at, const struct boot_info *info, struct claim *winner) {
    const struct multiboot_map_entry *entry = NULL;
    uint64_t edge = MEMORY_END;
    struct claim claim;
    winner->type = MEMORY_NULL;
    while ((entry = boot_map_next(info, entry))) {
        if (!claim_make(&claim, entry) || claim.end <= at)
            continue;
        uint64_t change = claim.start > at ? claim.start : claim.end;
        if (change < edge)
            edge = change;
        if (claim.start <= at && rank(claim.type) > rank(winner->type))
            *winner = claim;
    }
    return edge;
}

/* Adds an area to the COUNT of MAP, or makes the last of them longer. Returns the new number. */
static int append(struct memory_area *map, int count, const struct memory_area *area) {
    struct memory_area *last = &map[count - 1];
    if (count && last->base_addr + last->length == area->base_addr && last->type == area->type &&
        last->acpi == area->acpi) {
        last->length += area->length;
        return count;
    }
    if (count < MEMORY_MAP_AREAS)
        map[count] = *area;
    return count + 1;
}

/* Goes up through memory from one edge of a claim to the next: no memory is needed to sort in. */
static int sweep(struct memory_area *map, const struct boot_info *info) {
    int count = 0;
    uint64_t edge;
    for (uint64_t at = 0; at < MEMORY_END && count <= MEMORY_MAP_AREAS; at = edge) {
        struct claim winner;
        edge = winner_at(at, info, &winner);
        struct memory_area area = {at, edge - at, winner.type, winner.acpi};
        if (winner.type != MEMORY_NULL)
            count = append(map, count, &area);
    }
    return count;
}

/* The map of a loader that knows no more than how much memory there is. */
static int sweep_sizes(struct memory_area *map, const struct boot_info *info) {
    const uint32_t size = sizeof(struct multiboot_map_entry) - sizeof(uint32_t);
    const struct multiboot_map_entry entries[] = {
        {size, 0, (uint64_t)info->memory_lower << 10, MEMORY_FREE, ATTRIBUTE_VALID},
        {size, 1 << 20, (uint64_t)info->memory_upper << 10, MEMORY_FREE, ATTRIBUTE_VALID},
    };
    struct boot_info made = {.map = (uint32_t)entries, .map_length = sizeof entries};
    return sweep(map, &made);
}
// END SOLUTION

int memory_map_fill(struct memory_area map[MEMORY_MAP_AREAS], const struct boot_info *info) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    int count = info->map_length ? sweep(map, info) : sweep_sizes(map, info);
    for (int i = count; i < MEMORY_MAP_AREAS; i++)
        map[i] = (struct memory_area){MEMORY_UNUSED_BASE, 0, MEMORY_NULL, 0};
    if (count <= MEMORY_MAP_AREAS)
        return count;
    kprintf("memory map: only %d areas are kept\n", MEMORY_MAP_AREAS);
    return -ENOSPC;
    // END SOLUTION
}

void memory_area_iter_init(struct memory_area_iter *iter,
                           const struct memory_area map[MEMORY_MAP_AREAS], uint32_t type) {
    // BEGIN SOLUTION
    //| TODO();
    //| *iter = (struct memory_area_iter){NULL, NULL, 0};
    *iter = (struct memory_area_iter){map, map + MEMORY_MAP_AREAS, type};
    // END SOLUTION
}

const struct memory_area *memory_area_next(struct memory_area_iter *iter) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    while (iter->next < iter->end) {
        const struct memory_area *area = iter->next++;
        if (area->type == iter->type)
            return area;
    }
    return NULL;
    // END SOLUTION
}
