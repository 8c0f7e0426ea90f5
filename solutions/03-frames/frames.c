/* Who has which frame of physical memory. Contract: kernel/03-frames/frames.h */
#include "frames.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "todo.h"

// BEGIN SOLUTION
#define DESCRIPTORS_PER_FRAME (PAGE_SIZE / sizeof(struct frame))

static struct {
    struct frame *table; /* descriptors, by frame number */
    uint32_t managed;    /* how many */
    paddr_t end;         /* where they end */
    uint32_t total[ZONES];
    struct recycle_allocator zones[ZONES];
} frames;

/* The frame of each zone that was freed last, not yet given back to the zone; NULL if none. The
 * next frame wanted is often just that one: it need not go through the list. */
static struct frame *at_hand[ZONES];

/* Returns the number of frames up to the end of the last free area, as far as they are managed. */
static uint32_t frames_wanted(struct memory_area_iter free_areas) {
    const struct memory_area *area;
    uint64_t end = 0;
    while ((area = memory_area_next(&free_areas)))
        end = (area->base_addr + area->length) >> PAGE_SHIFT;
    return end < FRAMES_LIMIT ? (uint32_t)end : FRAMES_LIMIT;
}

/* Finds room for the descriptors, of as many frames as possible. */
static int place_table(struct memory_area_iter free_areas, paddr_t kernel_end) {
    struct bump_allocator bump;
    bump_init(&bump, free_areas, 0, FRAMES_TABLE_END / PAGE_SIZE, 0, kernel_end);
    uint32_t managed = frames_wanted(free_areas);
    uint32_t room = (managed + DESCRIPTORS_PER_FRAME - 1) / DESCRIPTORS_PER_FRAME, first;
    while (room && bump_alloc(&bump, room, &first)) {
        room--;
        managed = room * DESCRIPTORS_PER_FRAME;
    }
    if (!room)
        return -ENOMEM;
    frames.table = (struct frame *)(first * PAGE_SIZE);
    frames.managed = managed;
    frames.end = (first + room) * PAGE_SIZE;
    return 0;
}

/* Makes every frame reserved but those of the free areas above the descriptors. */
static void fill_table(struct memory_area_iter free_areas) {
    const struct memory_area *area;
    for (uint32_t i = 0; i < frames.managed; i++)
        frames.table[i] = (struct frame){.references = FRAME_RESERVED};
    while ((area = memory_area_next(&free_areas))) {
        uint64_t end = (area->base_addr + area->length) >> PAGE_SHIFT;
        for (uint64_t i = area->base_addr >> PAGE_SHIFT; i < end && i < frames.managed; i++)
            if (i >= frames.end / PAGE_SIZE)
                frames.table[i].references = 0;
    }
}

static void init_zone(enum zone zone, struct memory_area_iter free_areas, uint32_t first,
                      uint32_t end) {
    struct bump_allocator bump;
    bump_init(&bump, free_areas, first, end < frames.managed ? end : frames.managed, 0, frames.end);
    frames.total[zone] = bump_free(&bump);
    recycle_init(&frames.zones[zone], frames.table, &bump);
}

static uint32_t number_of(const struct frame *frame) {
    return (uint32_t)(frame - frames.table);
}

/* Returns why the frame of descriptor FRAME cannot lose or get a reference; 0 if it can. */
static int check_in_use(const struct frame *frame) {
    if (frame->references - 1 < FRAME_RESERVED - 1)
        return 0;
    return frame->references ? -EPERM : -ENOENT;
}

static enum zone zone_of(const struct frame *frame) {
    return number_of(frame) < ZONE_DMA_END ? ZONE_DMA : ZONE_NORMAL;
}

/* Gives the frame at hand, if there is one, back to its zone. */
static void put_away(enum zone zone) {
    struct frame *frame = at_hand[zone];
    at_hand[zone] = NULL;
    if (frame)
        recycle_free(&frames.zones[zone], number_of(frame), 1);
}

static void drop(struct frame *frame) {
    if (--frame->references)
        return;
    put_away(zone_of(frame));
    at_hand[zone_of(frame)] = frame;
}

static int __attribute__((noinline)) drop_all(paddr_t address, uint32_t count) {
    struct frame *first = frame_at(address);
    if (!first || address % PAGE_SIZE || !count || count > frames.managed - number_of(first))
        return -EINVAL;
    for (uint32_t i = 0; i < count; i++) {
        int error = check_in_use(&first[i]);
        if (error)
            return error;
    }
    for (uint32_t i = 0; i < count; i++)
        drop(&first[i]);
    return 0;
}

static void hand_out(struct frame *frame) {
    frame->references = 1;
    frame->owner = frame->tally = 0;
}

static int __attribute__((noinline)) take(uint32_t count, enum zone zone, paddr_t *address) {
    uint32_t first;
    if (!count || (uint32_t)zone >= ZONES)
        return -EINVAL;
    if (!frames.managed)
        return -ENOMEM;
    put_away(zone);
    if (recycle_alloc(&frames.zones[zone], count, &first))
        return zone == ZONE_DMA ? -ENOMEM : take(count, zone - 1, address);
    *address = first * PAGE_SIZE;
    while (count--)
        hand_out(&frames.table[first++]);
    return 0;
}
// END SOLUTION

int frames_init(const struct memory_area map[MEMORY_MAP_AREAS], paddr_t kernel_end) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct memory_area_iter free_areas;
    memory_area_iter_init(&free_areas, map, MEMORY_FREE);
    frames.managed = frames.end = 0;
    at_hand[ZONE_DMA] = at_hand[ZONE_NORMAL] = NULL;
    if (place_table(free_areas, kernel_end))
        return -ENOMEM;
    fill_table(free_areas);
    init_zone(ZONE_DMA, free_areas, 0, ZONE_DMA_END);
    init_zone(ZONE_NORMAL, free_areas, ZONE_DMA_END, FRAMES_LIMIT);
    return 0;
    // END SOLUTION
}

int frame_alloc(uint32_t count, enum zone zone, paddr_t *address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (count != 1 || (uint32_t)zone >= ZONES || !at_hand[zone])
        return take(count, zone, address);
    struct frame *frame = at_hand[zone];
    at_hand[zone] = NULL;
    hand_out(frame);
    *address = number_of(frame) * PAGE_SIZE;
    return 0;
    // END SOLUTION
}

int frame_ref(paddr_t address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct frame *frame = frame_at(address);
    if (!frame || address % PAGE_SIZE)
        return -EINVAL;
    int error = check_in_use(frame);
    if (error)
        return error;
    if (frame->references == FRAME_RESERVED - 1)
        return -ERANGE;
    frame->references++;
    return 0;
    // END SOLUTION
}

int frame_free(paddr_t address, uint32_t count) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    uint32_t number = address / PAGE_SIZE;
    if (count != 1 || number >= frames.managed || address % PAGE_SIZE)
        return drop_all(address, count);
    struct frame *frame = &frames.table[number], **kept = &at_hand[number >= ZONE_DMA_END];
    if (frame->references != 1 || *kept)
        return drop_all(address, 1);
    frame->references = 0;
    *kept = frame;
    return 0;
    // END SOLUTION
}

struct frame *frame_at(paddr_t address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    uint32_t number = address / PAGE_SIZE;
    return number < frames.managed ? &frames.table[number] : NULL;
    // END SOLUTION
}

uint32_t frame_references(paddr_t address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    const struct frame *frame = frame_at(address);
    return frame ? frame->references : FRAME_RESERVED;
    // END SOLUTION
}

uint32_t frames_free(enum zone zone) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    if (!frames.managed || (uint32_t)zone >= ZONES)
        return 0;
    return recycle_free_frames(&frames.zones[zone]) + !!at_hand[zone];
    // END SOLUTION
}

uint32_t frames_total(enum zone zone) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return frames.managed && (uint32_t)zone < ZONES ? frames.total[zone] : 0;
    // END SOLUTION
}

uint32_t frames_managed(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return frames.managed;
    // END SOLUTION
}

paddr_t frames_end(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return frames.end;
    // END SOLUTION
}
