/* Commands for where descriptors come from: more of them than the pool has, and a watch over
 * whatever source there is, which can make it fail and call area.c again. */
#include <stddef.h>

#include "areas.h"
#include "errno.h"
#include "panic.h"
#include "probe.h"
#include "string.h"

#define STOCK 512
#define JUNK 0xa5

static struct mem_area stock[STOCK];
static bool stock_out[STOCK];

static struct mem_area *stock_take(void) {
    for (uint32_t i = 0; i < STOCK; i++)
        if (!stock_out[i]) {
            stock_out[i] = true;
            return memset(&stock[i], JUNK, sizeof stock[i]);
        }
    return NULL;
}

static void stock_give(struct mem_area *descriptor) {
    if (area_pool_owns(descriptor)) {
        ASSERT_EQ(area_pool_give(descriptor), 0);
        return;
    }
    ASSERT_LT(descriptor - stock, STOCK);
    ASSERT_EQ(stock_out[descriptor - stock], true);
    stock_out[descriptor - stock] = false;
    memset(descriptor, JUNK, sizeof *descriptor);
}

/* The source that is watched, and what was seen. */
static struct area_source watched;
static struct {
    uint32_t takes, gives, depth, deepest;
    uint32_t fail; /* the number of the take that finds nothing; 0: none */
} seen;

/* What the next take() and the next give() do first; and what became of it. */
static struct {
    uint32_t pages; /* 0: nothing */
    void *address;  /* NULL: nothing */
    bool swapped;   /* the next take() frees, and the next give() allocates */
    void *allocated;
    int alloc_error, free_error;
} nested;

static void enter(void) {
    if (++seen.depth > seen.deepest)
        seen.deepest = seen.depth;
}

static void alloc_nested(void) {
    uint32_t pages = nested.pages;
    nested.pages = 0;
    if (pages)
        nested.alloc_error = area_alloc(pages, &nested.allocated);
}

static void free_nested(void) {
    void *address = nested.address;
    nested.address = NULL;
    if (address)
        nested.free_error = area_free(address);
}

static void do_nested(bool alloc) {
    if (alloc)
        alloc_nested();
    else
        free_nested();
}

static struct mem_area *watched_take(void) {
    bool fails = ++seen.takes == seen.fail;
    enter();
    do_nested(!nested.swapped);
    struct mem_area *descriptor = fails ? NULL : watched.take();
    seen.depth--;
    return descriptor;
}

static void watched_give(struct mem_area *descriptor) {
    seen.gives++;
    enter();
    do_nested(nested.swapped);
    watched.give(descriptor);
    seen.depth--;
}

static bool is_watched(void) {
    return area_source.take == watched_take;
}

PROBE(area_stock, "", "has descriptors come from a stock of the kit's, full of junk: how many") {
    *(is_watched() ? &watched : &area_source) = (struct area_source){stock_take, stock_give};
    probe_decimal(call, STOCK);
    return 0;
}

PROBE(area_watch, "[fail]", "counts takes and gives; take number FAIL from now on finds nothing") {
    if (!is_watched()) {
        watched = area_source;
        area_source = (struct area_source){watched_take, watched_give};
    }
    memset(&seen, 0, sizeof seen);
    seen.fail = (uint32_t)call->number[0];
    return 0;
}

PROBE(area_watched, "", "since area_watch: takes, gives, and how deep in one another, at most") {
    probe_decimal(call, (int32_t)seen.takes);
    probe_decimal(call, (int32_t)seen.gives);
    probe_decimal(call, (int32_t)seen.deepest);
    return is_watched() ? 0 : -ENOENT;
}

PROBE(area_nest, "pages address [swapped]",
      "once watched, has the next take() allocate PAGES, the next give() free ADDRESS; 0: not; "
      "SWAPPED: the other way round") {
    memset(&nested, 0, sizeof nested);
    nested.pages = (uint32_t)call->number[0];
    nested.address = (void *)(uint32_t)call->number[1];
    nested.swapped = call->number[2];
    return 0;
}

PROBE(area_nested, "", "what was allocated, and the errors of both") {
    probe_hex(call, (uint32_t)nested.allocated);
    probe_text(call, nested.alloc_error ? errno_name(nested.alloc_error) : "");
    probe_text(call, nested.free_error ? errno_name(nested.free_error) : "");
    return nested.pages || nested.address ? -EAGAIN : 0;
}
