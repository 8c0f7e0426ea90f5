/* Descriptors that move. Provided by the kit.
 *
 * Nothing but the lists that it is in and the owner of the area's frames points to the descriptor of
 * an area (areas.h). So it can be moved, and whoever wants memory in one piece does so.
 */
#ifndef MIROIR_AREA_MOVE_H
#define MIROIR_AREA_MOVE_H

#include "areas.h"

/* Has the list that FROM is in, if it is in one, go through its copy TO. FROM may hold anything. */
void list_relink(struct list *from, struct list *to);

/* Has TO describe the area that FROM describes, used or free: nothing points to FROM any more. Not
 * while area_alloc() or area_free() is running. */
void area_move(struct mem_area *from, struct mem_area *to);

#endif
