/* Commands with many objects: what a pair of alloc() and free() costs while others live, and what
 * happens when they take all the memory there is. */
#include "errno.h"
#include "interrupts.h"
#include "io.h"
#include "probe.h"
#include "slabs.h"

/* Objects that live, each pointing to the one before. */
static void *living;

static void add_living(void *object) {
    *(void **)object = living;
    living = object;
}

static void *take_living(void) {
    void *object = living;
    living = *(void **)object;
    return object;
}

static bool have_living(uint32_t count, uint32_t size) {
    while (count--) {
        void *object = alloc(size);
        if (!object)
            return false;
        add_living(object);
    }
    return true;
}

static void free_living(void) {
    while (living)
        free(take_living());
}

typedef void *(*alloc_fn)(uint32_t size)SLAB_QUICK;
typedef int SLAB_QUICK (*free_fn)(void *object);

static void *SLAB_QUICK alloc_nothing(uint32_t size) {
    return 0;
}

static int SLAB_QUICK free_nothing(void *object) {
    return 0;
}

/* Calls ALLOC and FREE so many times; returns the cycles. Stops at the first error of FREE. */
static uint64_t __attribute__((noinline))
time_pairs(alloc_fn alloc, free_fn free, uint32_t size, uint32_t pairs, int *error) {
    uint64_t start = cpu_cycles();
    for (*error = 0; pairs && !*error; pairs--)
        *error = free(alloc(size));
    return cpu_cycles() - start;
}

PROBE(slab_bench, "size pairs living",
      "cycles that so many alloc() and free() of SIZE bytes take beyond calls of empty functions, "
      "while so many others of that size live") {
    uint32_t size = (uint32_t)call->number[0], pairs = (uint32_t)call->number[1];
    bool were_on = interrupts_save();
    int error = -ENOMEM;
    if (have_living((uint32_t)call->number[2], size)) {
        uint64_t calls = time_pairs(alloc_nothing, free_nothing, size, pairs, &error);
        probe_hex(call, time_pairs(alloc, free, size, pairs, &error) - calls);
    }
    free_living();
    interrupts_restore(were_on);
    return error;
}

#define PILES 64

/* Puts the living objects into another order, by the numbers that CHANCE starts. */
static void shuffle_living(uint32_t chance) {
    static void *pile[PILES];
    while (living) {
        void **object = take_living(), **place = &pile[chance >> 26];
        *object = *place;
        *place = object;
        chance = chance * 1664525 + 1013904223;
    }
    for (uint32_t i = 0; i < PILES; i++) {
        while (pile[i]) {
            void **object = pile[i];
            pile[i] = *object;
            add_living(object);
        }
    }
}

PROBE(slab_exhaust, "sizes...",
      "allocates objects of the sizes in turn, until it fails: how many") {
    uint32_t count = 0;
    void *object;
    while ((object = alloc((uint32_t)call->number[count % (uint32_t)call->count]))) {
        add_living(object);
        count++;
    }
    probe_hex(call, count);
    return 0;
}

PROBE(slab_release, "chance", "frees what slab_exhaust allocated, in any order: errors of free()") {
    uint32_t errors = 0;
    shuffle_living((uint32_t)call->number[0]);
    shuffle_living((uint32_t)call->number[0] ^ 0x5bd1e995);
    while (living)
        errors += free(take_living()) != 0;
    probe_hex(call, errors);
    return 0;
}
