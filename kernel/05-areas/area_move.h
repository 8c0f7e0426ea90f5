/* Descriptors that move. Provided by the kit.
 *
 * Nothing but the lists that it is in and the owner of the area's frames points to the descriptor of
 * an area (areas.h). So it can be moved, and whoever wants memory in one piece does so.
 */
#ifndef MIROIR_AREA_MOVE_H
#define MIROIR_AREA_MOVE_H

#include "areas.h"

/* Has the list that OLD is in, if it is in one, go through its copy NEW. OLD may hold anything. */
void relink(struct list *old, struct list *new);

/* Has NEW describe the area that OLD describes, used or free: nothing points to OLD any more. Not
 * while area_alloc() or area_free() is running. */
void area_move(struct mem_area *old, struct mem_area *new);

#endif
