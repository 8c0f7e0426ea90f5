/* The memory map, painted: the strongest entries first, each only where nothing is yet. */
#include "memory_map.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "format.h"

#define PAINTED 3000

static struct memory_area painted[PAINTED];
static int areas;

static void insert(int place, uint64_t start, uint64_t end, uint32_t type, uint32_t acpi) {
    if (areas == PAINTED)
        return;
    for (int i = areas++; i > place; i--)
        painted[i] = painted[i - 1];
    painted[place] = (struct memory_area){start, end - start, type, acpi};
}

/* Adds START..END where no area is. */
static void paint(uint64_t start, uint64_t end, uint32_t type, uint32_t acpi) {
    for (int i = 0; i < areas && start < end; i++) {
        uint64_t base = painted[i].base_addr, stop = base + painted[i].length;
        if (stop <= start)
            continue;
        if (base >= end)
            break;
        if (start < base)
            insert(i++, start, base, type, acpi);
        start = stop;
    }
    if (start >= end)
        return;
    int place = 0;
    while (place < areas && painted[place].base_addr < start)
        place++;
    insert(place, start, end, type, acpi);
}

static void paint_entry(uint64_t base, uint64_t length, uint32_t type, uint32_t acpi) {
    uint64_t end = base + length;
    if (!length || base >= MEMORY_END)
        return;
    if (end < base || end > MEMORY_END)
        end = MEMORY_END;
    uint64_t up = (base + 4095) / 4096 * 4096;
    if (type == MEMORY_RESERVED)
        paint(base - base % 4096, end % 4096 ? end - end % 4096 + 4096 : end, type, acpi);
    else
        paint(up, end - end % 4096, type, acpi);
}

static void paint_all(const struct boot_info *info, uint32_t wanted) {
    const struct multiboot_map_entry *entry = NULL;
    while ((entry = boot_map_next(info, entry))) {
        uint32_t type = entry->type == 1 || entry->type == 3 ? entry->type : 2;
        uint32_t acpi = entry->size < 24 ? 1 : entry->acpi;
        if (type == wanted && acpi % 2)
            paint_entry(entry->base, entry->length, type, acpi);
    }
}

/* Copies what is painted to MAP, neighbours joined. Returns the number of areas. */
static int copy(struct memory_area *map) {
    int count = 0;
    for (int i = 0, next; i < areas; i = next) {
        struct memory_area area = painted[i];
        for (next = i + 1;
             next < areas && painted[next].type == area.type && painted[next].acpi == area.acpi &&
             painted[next].base_addr == area.base_addr + area.length;
             next++)
            area.length += painted[next].length;
        if (count < MEMORY_MAP_AREAS)
            map[count] = area;
        count++;
    }
    return count;
}

int memory_map_fill(struct memory_area map[MEMORY_MAP_AREAS], const struct boot_info *info) {
    for (int i = 0; i < MEMORY_MAP_AREAS; i++)
        map[i] = (struct memory_area){MEMORY_UNUSED_BASE, 0, MEMORY_NULL, 0};
    areas = 0;
    if (!info->map_length) {
        paint_entry(0, (uint64_t)info->memory_lower * 1024, MEMORY_FREE, 1);
        paint_entry(0x100000, (uint64_t)info->memory_upper * 1024, MEMORY_FREE, 1);
    } else {
        paint_all(info, MEMORY_RESERVED);
        paint_all(info, MEMORY_ACPI);
        paint_all(info, MEMORY_FREE);
    }
    int count = copy(map);
    if (count <= MEMORY_MAP_AREAS)
        return count;
    kprintf("%d areas, 512 kept\n", count);
    return -ENOSPC;
}

void memory_area_iter_init(struct memory_area_iter *iter,
                           const struct memory_area map[MEMORY_MAP_AREAS], uint32_t type) {
    iter->next = map;
    iter->end = &map[MEMORY_MAP_AREAS];
    iter->type = type;
}

const struct memory_area *memory_area_next(struct memory_area_iter *iter) {
    for (; iter->next != iter->end; iter->next++)
        if (iter->next->type == iter->type)
            return iter->next++;
    return NULL;
}
