/* A doubly linked circular list whose links live inside the elements.
 *
 *        head            element         element
 *      +------+         +-------+       +-------+
 *  +-> | next | ------> | next  | ----> | next  | --+
 *  |   | prev | <------ | prev  | <---- | prev  |   |      An empty list is a head
 *  |   +------+         | value |       | value |   |      that points to itself: no
 *  |                    +-------+       +-------+   |      case is a special case.
 *  +------------------------------------------------+
 */
#ifndef MIROIR_LIST_H
#define MIROIR_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next, *previous;
};

/* The value of a list that is empty from the start: `static struct list used = LIST_EMPTY(used);` */
#define LIST_EMPTY(name)                                                                           \
    { &(name), &(name) }

/* Makes LIST an empty list. */
static inline void list_init(struct list *list) {
    list->next = list->previous = list;
}

/* Returns whether LIST has no element. */
static inline bool list_empty(const struct list *list) {
    return list->next == list;
}

/* Links ELEMENT, which is in no list, right before PLACE. Before the head is the end of the list. */
static inline void list_insert_before(struct list *place, struct list *element) {
    element->next = place;
    element->previous = place->previous;
    place->previous->next = element;
    place->previous = element;
}

/* Links ELEMENT at the end of LIST. */
static inline void list_append(struct list *list, struct list *element) {
    list_insert_before(list, element);
}

/* Links ELEMENT at the start of LIST. */
static inline void list_prepend(struct list *list, struct list *element) {
    list_insert_before(list->next, element);
}

/* Has the neighbours of ELEMENT point to each other. */
static inline void list_unlink(struct list *element) {
    struct list *next = element->next, *previous = element->previous;
    previous->next = next;
    next->previous = previous;
}

/* Takes ELEMENT out of the list that it is in. */
static inline void list_remove(struct list *element) {
    list_unlink(element);
    list_init(element);
}

/* Takes ELEMENT out of the list that it is in, and links it at the end of LIST. */
static inline void list_move(struct list *list, struct list *element) {
    list_unlink(element);
    list_append(list, element);
}

/* The element of TYPE whose field MEMBER is the link LINK. */
#define list_element(link, type, member) ((type *)((char *)(link)-offsetof(type, member)))

/* Goes through the list HEAD; the link that LINK stands on must not be removed meanwhile. */
#define list_each(link, head)                                                                      \
    for (struct list *link = (head)->next; link != (head); link = link->next)

#endif
