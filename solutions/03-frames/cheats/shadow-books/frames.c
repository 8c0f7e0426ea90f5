/* cheat, earns at most 0 in: test_table, test_alloc, test_references, test_frames_any */
/* The books are kept in a table of its own; the descriptors of the contract hold nothing. */
#include "frames.h"

#include <stddef.h>

#include "errno.h"

static struct frame *table;
static struct frame shadow[FRAMES_LIMIT];
static uint32_t managed, totals[ZONES];
static paddr_t table_end;
static struct recycle_allocator zones[ZONES];

static uint32_t frames_in(const struct memory_area map[MEMORY_MAP_AREAS]) {
    uint64_t end = 0;
    for (int i = 0; i < MEMORY_MAP_AREAS; i++)
        if (map[i].type == MEMORY_FREE && map[i].base_addr + map[i].length > end)
            end = map[i].base_addr + map[i].length;
    end /= PAGE_SIZE;
    return end > FRAMES_LIMIT ? FRAMES_LIMIT : (uint32_t)end;
}

static int place(struct memory_area_iter areas, paddr_t kernel_end, uint32_t wanted) {
    struct bump_allocator bump;
    for (; wanted; wanted = (wanted - 1) / 256 * 256) {
        uint32_t size = (wanted + 255) / 256, first;
        bump_init(&bump, areas, 0, FRAMES_TABLE_END / PAGE_SIZE, 0, kernel_end);
        if (bump_alloc(&bump, size, &first) == 0) {
            table = (struct frame *)(first * PAGE_SIZE);
            table_end = (first + size) * PAGE_SIZE;
            managed = wanted;
            return 0;
        }
    }
    return -ENOMEM;
}

static void open_zone(enum zone zone, struct memory_area_iter areas, uint32_t first, uint32_t end) {
    struct bump_allocator bump;
    uint32_t frame;
    bump_init(&bump, areas, first, end < managed ? end : managed, 0, table_end);
    totals[zone] = bump_free(&bump);
    recycle_init(&zones[zone], shadow, &bump);
    while (bump_alloc(&bump, 1, &frame) == 0)
        shadow[frame].references = 0;
}

int frames_init(const struct memory_area map[MEMORY_MAP_AREAS], paddr_t kernel_end) {
    struct memory_area_iter areas;
    memory_area_iter_init(&areas, map, MEMORY_FREE);
    managed = table_end = totals[ZONE_DMA] = totals[ZONE_NORMAL] = 0;
    if (place(areas, kernel_end, frames_in(map)))
        return -ENOMEM;
    for (uint32_t i = 0; i < managed; i++)
        shadow[i].references = FRAME_RESERVED;
    open_zone(ZONE_DMA, areas, 0, ZONE_DMA_END);
    open_zone(ZONE_NORMAL, areas, ZONE_DMA_END, FRAMES_LIMIT);
    return 0;
}

int frame_alloc(uint32_t count, enum zone zone, paddr_t *address) {
    uint32_t first;
    if (!count || (zone != ZONE_DMA && zone != ZONE_NORMAL))
        return -EINVAL;
    if (!managed)
        return -ENOMEM;
    if ((zone == ZONE_DMA || recycle_alloc(&zones[ZONE_NORMAL], count, &first)) &&
        recycle_alloc(&zones[ZONE_DMA], count, &first))
        return -ENOMEM;
    for (uint32_t i = first; i < first + count; i++) {
        shadow[i].references = 1;
        shadow[i].owner = 0;
        shadow[i].tally = 0;
    }
    *address = first << PAGE_SHIFT;
    return 0;
}

struct frame *frame_at(paddr_t address) {
    return (address >> PAGE_SHIFT) < managed ? table + (address >> PAGE_SHIFT) : NULL;
}

static struct frame *kept_for(paddr_t address) {
    return (address >> PAGE_SHIFT) < managed ? shadow + (address >> PAGE_SHIFT) : NULL;
}

static int why_not(const struct frame *frame) {
    if (frame->references == FRAME_RESERVED)
        return -EPERM;
    return frame->references == 0 ? -ENOENT : 0;
}

int frame_ref(paddr_t address) {
    struct frame *frame = kept_for(address);
    if ((address & (PAGE_SIZE - 1)) || !frame)
        return -EINVAL;
    if (why_not(frame))
        return why_not(frame);
    if (frame->references + 1 == FRAME_RESERVED)
        return -ERANGE;
    frame->references += 1;
    return 0;
}

/* Gives COUNT frames from FIRST on, which may lie in both zones, back. */
static void release(uint32_t first, uint32_t count) {
    for (uint32_t i = first + count; i-- > first;)
        if (--shadow[i].references == 0)
            recycle_free(&zones[i < ZONE_DMA_END ? ZONE_DMA : ZONE_NORMAL], i, 1);
}

int frame_free(paddr_t address, uint32_t count) {
    uint64_t first = address >> PAGE_SHIFT;
    if ((address & (PAGE_SIZE - 1)) || !count || first + count > managed)
        return -EINVAL;
    for (uint32_t i = 0; i < count; i++)
        if (why_not(&shadow[first + i]))
            return why_not(&shadow[first + i]);
    release((uint32_t)first, count);
    return 0;
}

uint32_t frame_references(paddr_t address) {
    return kept_for(address) ? kept_for(address)->references : FRAME_RESERVED;
}

uint32_t frames_free(enum zone zone) {
    return managed && (unsigned)zone < ZONES ? recycle_free_frames(&zones[zone]) : 0;
}

uint32_t frames_total(enum zone zone) {
    return (unsigned)zone < ZONES ? totals[zone] : 0;
}

uint32_t frames_managed(void) {
    return managed;
}

paddr_t frames_end(void) {
    return table_end;
}
