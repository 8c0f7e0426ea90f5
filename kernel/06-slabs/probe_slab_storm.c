/* Commands that allocate and free at random, thousands of times at once: for a model that can
 * foretell what the numbers do, and for the space that is lost between the objects. */
#include "probe.h"
#include "slabs.h"

#define SLOTS 256
#define LARGEST 12000 /* bytes beyond SLAB_LARGEST */
#define SPOILED 0xbad

static struct {
    uint8_t *object;
    uint32_t size;
} slot[SLOTS];

/* Returns a size that CHANCE chooses: small ones, as a rule. */
static uint32_t size_by(uint32_t chance) {
    uint32_t kind = chance >> 20 & 15, number = chance >> 4 & 0xffff;
    if (kind == 15)
        return SLAB_LARGEST + 1 + number % LARGEST;
    return 1 + number % (SLAB_SMALLEST << kind % SLAB_SIZES);
}

/* The first and the last byte of an object hold its slot's number. */
static void mark(uint32_t number) {
    slot[number].object[0] = slot[number].object[slot[number].size - 1] = (uint8_t)number;
}

static bool is_marked(uint32_t number) {
    const uint8_t *object = slot[number].object;
    return object[0] == (uint8_t)number && object[slot[number].size - 1] == (uint8_t)number;
}

/* Frees what is in the slot that CHANCE chooses, and returns the error, or SPOILED; if it is empty,
 * allocates, and returns the address. */
static uint32_t one(uint32_t chance) {
    uint32_t number = chance >> 24;
    if (slot[number].object) {
        bool sound = is_marked(number);
        int error = free(slot[number].object);
        slot[number].object = 0;
        return sound ? (uint32_t)error : SPOILED;
    }
    slot[number].size = size_by(chance);
    slot[number].object = alloc(slot[number].size);
    if (slot[number].object)
        mark(number);
    return (uint32_t)slot[number].object;
}

static uint32_t next(uint32_t chance) {
    return chance * 1664525 + 1013904223;
}

PROBE(slab_storm, "chance count log",
      "alloc() and free() at random; results go to LOG, one word each: the next chance") {
    uint32_t chance = (uint32_t)call->number[0];
    uint32_t *log = (uint32_t *)(uint32_t)call->number[2];
    for (uint32_t i = 0; i < call->number[1]; i++, chance = next(chance))
        log[i] = one(chance);
    probe_hex(call, chance);
    return 0;
}

static uint32_t bytes_asked(void) {
    uint32_t total = 0;
    for (uint32_t i = 0; i < SLOTS; i++)
        total += slot[i].object ? slot[i].size : 0;
    return total;
}

PROBE(slab_fragmentation, "count",
      "after so many alloc() and free() at random: bytes held for each 100 that are asked for") {
    uint32_t chance = 1, pages = 0;
    for (uint32_t i = 0; i < call->number[0]; i++, chance = next(chance))
        one(chance);
    list_each (link, &areas_used)
        pages += list_element(link, struct mem_area, link)->pages;
    probe_decimal(call, (int32_t)(pages * 100 / (bytes_asked() / PAGE_SIZE)));
    return 0;
}
