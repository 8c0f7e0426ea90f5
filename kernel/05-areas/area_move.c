/* Descriptors that move. */
#include "area_move.h"

#include "frames.h"
#include "mapper.h"

/* Returns whether LINK, which may hold anything, is in a list with others. */
static bool is_linked(const struct list *link) {
    paddr_t physical;
    uint32_t next = (uint32_t)link->next;
    return next % sizeof next == 0 && !page_translate(mapper_current, next, &physical) &&
           link->next != link && link->next->previous == link;
}

void list_relink(struct list *from, struct list *to) {
    if (is_linked(from)) {
        to->next->previous = to;
        to->previous->next = to;
    } else if (to->next == from) {
        list_init(to);
    }
}

void area_move(struct mem_area *from, struct mem_area *to) {
    paddr_t frame;
    *to = *from;
    list_relink(&from->link, &to->link);
    list_relink(&from->neighbour, &to->neighbour);
    for (uint32_t i = 0; i < to->pages; i++) {
        if (page_translate(mapper_current, to->address + i * PAGE_SIZE, &frame))
            break; /* a free area: nothing is mapped there */
        frame_at(frame)->owner = (uintptr_t)to;
    }
}
