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

void relink(struct list *old, struct list *new) {
    if (is_linked(old)) {
        new->next->previous = new;
        new->previous->next = new;
    } else if (new->next == old) {
        list_init(new);
    }
}

void area_move(struct mem_area *old, struct mem_area *new) {
    paddr_t frame;
    *new = *old;
    relink(&old->link, &new->link);
    relink(&old->neighbour, &new->neighbour);
    for (uint32_t i = 0; i < new->pages; i++) {
        if (page_translate(mapper_current, new->address + i *PAGE_SIZE, &frame))
            break; /* a free area: nothing is mapped there */
        frame_at(frame)->owner = (uintptr_t) new;
    }
}
