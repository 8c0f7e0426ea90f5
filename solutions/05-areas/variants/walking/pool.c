/* Different but right: descriptors that were never taken are counted, those that came back are
 * stacked by number, beside the pool. */
#include <stdint.h>

#include "areas.h"
#include "errno.h"

static struct mem_area pool[AREA_POOL];
static uint8_t stack[AREA_POOL], stacked; /* numbers of those that came back */
static uint8_t fresh;                     /* the first that was never taken */
static uint64_t out;                      /* a bit for each that is taken */

static struct mem_area *hand_out(uint32_t number) {
    out |= 1ull << number;
    return pool + number;
}

struct mem_area *area_pool_take(void) {
    if (stacked)
        return hand_out(stack[--stacked]);
    return fresh < AREA_POOL ? hand_out(fresh++) : 0;
}

bool area_pool_owns(const void *address) {
    const char *byte = address;
    return byte >= (const char *)pool && byte < (const char *)(pool + AREA_POOL);
}

int area_pool_give(struct mem_area *descriptor) {
    uint32_t number = ((uint32_t)descriptor - (uint32_t)pool) / sizeof *pool;
    if (!area_pool_owns(descriptor) || pool + number != descriptor)
        return -EINVAL;
    if (!(out >> number & 1))
        return -ENOENT;
    out &= ~(1ull << number);
    stack[stacked++] = (uint8_t)number;
    return 0;
}
