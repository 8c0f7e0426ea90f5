/* A command that allocates and frees areas at random, thousands of times at once, and writes down
 * what came of it: numbers that a model can foretell. */
#include "areas.h"
#include "probe.h"

#define SLOTS_STORMED 64
#define LONGEST 8 /* pages */

static void *slot[SLOTS_STORMED];

/* Frees what is in the slot that the number CHANCE chooses, or allocates as many pages as it says.
 * Returns the address or the error. */
static uint32_t one(uint32_t chance) {
    void **place = &slot[chance >> 26];
    if (*place) {
        void *address = *place;
        *place = 0;
        return (uint32_t)area_free(address);
    }
    int error = area_alloc(1 + (chance >> 20) % LONGEST, place);
    return error ? (uint32_t)error : (uint32_t)*place;
}

PROBE(area_storm, "chance count log",
      "area_alloc() and area_free() at random; results go to LOG, one word each: the next chance") {
    uint32_t chance = (uint32_t)call->number[0];
    uint32_t *log = (uint32_t *)(uint32_t)call->number[2];
    for (uint32_t i = 0; i < call->number[1]; i++) {
        log[i] = one(chance);
        chance = chance * 1664525 + 1013904223;
    }
    probe_hex(call, chance);
    return 0;
}
