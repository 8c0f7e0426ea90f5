/* Commands for the clock: with pages that are made up, and with those of the machine. */
#include <stddef.h>

#include "clock.h"
#include "errno.h"
#include "probe.h"
#include "swap.h"

#define PAGES 64

/* A made-up page: whether it is there, and what is to be found of it. */
enum { THERE = 1, USED = 2, PINNED = 4 };
static uint8_t made_up[PAGES];
static uint32_t times_passed; /* how often the hand has come by the end of them */

static int next_made_up(struct candidate *at) {
    uint32_t index = at->page / PAGE_SIZE;
    for (uint32_t i = 1; i <= PAGES; i++)
        if (made_up[(index + i) % PAGES] & THERE) {
            at->page = (index + i) % PAGES * PAGE_SIZE;
            times_passed += index + i >= PAGES;
            return index + i >= PAGES;
        }
    return -ENOENT;
}

static enum look look_made_up(const struct candidate *at) {
    uint8_t *page = &made_up[at->page / PAGE_SIZE];
    if (*page & PINNED)
        return LOOK_PINNED;
    if (!(*page & USED))
        return LOOK_OLD;
    *page &= (uint8_t)~USED;
    return LOOK_ACCESSED;
}

static const struct clock_source made_up_pages = {next_made_up, look_made_up};
static struct clock made_up_clock;

PROBE(clock_start, "", "starts a clock of 64 made-up pages, none of which is there") {
    made_up_clock = (struct clock){.source = &made_up_pages};
    __builtin_memset(made_up, 0, sizeof made_up);
    return 0;
}

PROBE(clock_page, "number flags",
      "says of a made-up page whether it is there (1), has been used (2), is pinned (4)") {
    if (call->number[0] >= PAGES)
        return -EINVAL;
    made_up[call->number[0]] = (uint8_t)call->number[1];
    return 0;
}

PROBE(clock_choose, "", "the number of the made-up page that goes next") {
    struct candidate victim;
    int error = clock_choose(&made_up_clock, &victim);
    if (!error)
        probe_hex(call, victim.page / PAGE_SIZE);
    return error;
}

PROBE(clock_passed, "",
      "how often the hand has passed the end of the made-up pages since last asked") {
    probe_hex(call, times_passed);
    times_passed = 0;
    return 0;
}

static struct candidate given(const struct probe_call *call) {
    return (struct candidate){.is_cached = call->number[0],
                              .number = (uint32_t)call->number[1],
                              .page = (uint32_t)call->number[2]};
}

PROBE(
    candidate_next, "cached number page [count]",
    "the pages that come after a page, up to so many: a row of four, with the end passed or not") {
    struct candidate at = given(call);
    for (uint32_t i = 0; i < (call->count > 3 ? call->number[3] : 1); i++) {
        int passed = candidate_next(&at);
        if (passed < 0)
            return passed;
        probe_hex(call, at.is_cached);
        probe_hex(call, at.number);
        probe_hex(call, at.page);
        probe_hex(call, (uint32_t)passed);
    }
    return 0;
}

PROBE(candidate_look, "cached number page",
      "what the clock sees of a page: 0 pinned, 1 used, 2 it can go") {
    struct candidate at = given(call);
    probe_hex(call, candidate_look(&at));
    return 0;
}

PROBE(swap_out, "cached number page", "has a page go") {
    struct candidate victim = given(call);
    return swap_out(&victim);
}

PROBE(swap_next, "[count]",
      "has pages go as the clock says, one or so many: cached, number, page") {
    struct candidate victim;
    for (uint32_t i = 0; i < (call->count ? call->number[0] : 1); i++) {
        int error = clock_choose(&page_clock, &victim);
        if (!error)
            error = swap_out(&victim);
        if (error)
            return error;
        probe_hex(call, victim.is_cached);
        probe_hex(call, victim.number);
        probe_hex(call, victim.page);
    }
    return 0;
}
