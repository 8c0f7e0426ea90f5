/* The pages of this machine, in the order in which the clock's hand meets them.
 * Contract: kernel/11-swap/clock.h */
#include "clock.h"

#include <stddef.h>

#include "chunk.h"
#include "errno.h"
#include "frames.h"
#include "inode.h"
#include "pages.h"
#include "process.h"
#include "string.h"
#include "todo.h"

int candidate_next(struct candidate *at) {
    TODO();
    return -ENOENT;
}

enum page_way page_way(const vma_t *vma, uint32_t page, paddr_t frame) {
    TODO();
    return PAGE_STAYS;
}

enum look candidate_look(const struct candidate *at) {
    TODO();
    return LOOK_PINNED;
}

static const struct clock_source pages = {candidate_next, candidate_look};
struct clock page_clock = {.source = &pages};
