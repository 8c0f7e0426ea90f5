/* Commands for the memory map: of this machine, or made of entries that are typed in. */
#include "errno.h"
#include "memory_map.h"
#include "multiboot.h"
#include "probe.h"
#include "string.h"

#define ENTRIES_SIZE 0x8000

/* The entries typed in, packed one after the other as a boot loader leaves them. */
static char typed_entries[ENTRIES_SIZE];
static uint32_t entries_length;

/* What memory_map_fill() made of them. One area more than that: it must be left alone. */
static struct memory_area made_map[MEMORY_MAP_AREAS + 1];

PROBE(map_new, "", "forgets the entries typed in; says where map_fill will put its areas") {
    entries_length = 0;
    memset(made_map, 0xa5, sizeof made_map);
    probe_hex(call, (uint32_t)made_map);
    return 0;
}

PROBE(map_entry, "base:64 length:64 type [acpi] [more]",
      "adds an entry, with attributes if given, followed by `more` bytes") {
    struct multiboot_map_entry *entry =
        (struct multiboot_map_entry *)(typed_entries + entries_length);
    uint32_t more = (uint32_t)call->number[4];
    uint32_t size = call->count > 3 ? sizeof *entry : sizeof *entry - sizeof entry->acpi;
    if (more > 4096 || size + more > ENTRIES_SIZE - entries_length)
        return -ENOSPC;
    entry->size = size + more - sizeof entry->size;
    entry->base = call->number[0];
    entry->length = call->number[1];
    entry->type = (uint32_t)call->number[2];
    if (call->count > 3)
        entry->acpi = (uint32_t)call->number[3];
    entries_length += size + more;
    return 0;
}

PROBE(map_fill, "[lower] [upper]", "memory_map_fill() from the entries and KiB of memory given") {
    struct boot_info info = {.map = (uint32_t)typed_entries,
                             .map_length = entries_length,
                             .memory_lower = (uint32_t)call->number[0],
                             .memory_upper = (uint32_t)call->number[1]};
    int result = memory_map_fill(made_map, &info);
    if (result >= 0)
        probe_decimal(call, result);
    return result;
}

/* Areas put there without memory_map_fill(), for what works on any map. */
static uint32_t areas_typed;

PROBE(area_new, "", "makes every entry of a map unused; says where the map is") {
    areas_typed = 0;
    for (int i = 0; i < MEMORY_MAP_AREAS; i++)
        made_map[i] = (struct memory_area){MEMORY_UNUSED_BASE, 0, MEMORY_NULL, 0};
    probe_hex(call, (uint32_t)made_map);
    return 0;
}

PROBE(area, "base:64 length:64 [type] [acpi]", "puts an area into the map's next entry") {
    if (areas_typed == MEMORY_MAP_AREAS)
        return -ENOSPC;
    made_map[areas_typed++] =
        (struct memory_area){call->number[0], call->number[1],
                             call->count > 2 ? (uint32_t)call->number[2] : (uint32_t)MEMORY_FREE,
                             call->count > 3 ? (uint32_t)call->number[3] : 1};
    return 0;
}

PROBE(memory_map, "[map]", "the areas: base, length, type of each") {
    const struct memory_area *area = memory_map;
    if (call->count)
        area = (const struct memory_area *)(uint32_t)call->number[0];
    for (int i = 0; i < MEMORY_MAP_AREAS && area[i].type != MEMORY_NULL; i++) {
        probe_hex(call, area[i].base_addr);
        probe_hex(call, area[i].length);
        probe_decimal(call, (int32_t)area[i].type);
    }
    return 0;
}

static struct memory_area_iter iterator, copy;

static void answer_next(struct probe_call *call, struct memory_area_iter *iter) {
    probe_hex(call, (uint32_t)memory_area_next(iter));
}

PROBE(area_iter, "map type", "starts going through the areas of one type") {
    const struct memory_area *map = (const struct memory_area *)(uint32_t)call->number[0];
    memory_area_iter_init(&iterator, map, (uint32_t)call->number[1]);
    return 0;
}

PROBE(area_next, "", "memory_area_next(): address of the next area, 0 at the end") {
    answer_next(call, &iterator);
    return 0;
}

PROBE(area_copy, "", "copies the iterator") {
    copy = iterator;
    return 0;
}

PROBE(area_next_copy, "", "memory_area_next() of the copy") {
    answer_next(call, &copy);
    return 0;
}
