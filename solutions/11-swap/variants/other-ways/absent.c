/* The table of absent pages, new owners first, a page taken out by itself. */
#include "absent.h"

#include <stddef.h>

#include "errno.h"
#include "page.h"
#include "slabs.h"
#include "slots.h"

struct list absent_sets = LIST_EMPTY(absent_sets);

static struct absent_set *set_of(const void *owner) {
    for (struct list *link = absent_sets.next; link != &absent_sets; link = link->next)
        if (list_element(link, struct absent_set, link)->owner == owner)
            return list_element(link, struct absent_set, link);
    return NULL;
}

static struct absent_page *page_in(const struct absent_set *set, uint32_t page) {
    bbnode_t *node = set ? bbtree_find(&set->pages, page) : NULL;
    return node ? list_element(node, struct absent_page, node) : NULL;
}

/* Adds a set with one page, for an owner that has none. */
static int add_first(const void *owner, struct absent_page *page) {
    struct absent_set *set = alloc(sizeof *set);
    if (!set)
        return -ENOMEM;
    set->owner = owner;
    set->pages = (bbtree_t){0};
    bbtree_insert(&set->pages, &page->node);
    list_prepend(&absent_sets, &set->link);
    return 0;
}

int absent_add(const void *owner, uint32_t page, uint32_t slot) {
    struct absent_set *set = set_of(owner);
    if (page & (PAGE_SIZE - 1))
        return -EINVAL;
    if (page_in(set, page))
        return -EEXIST;
    struct absent_page *made = alloc_zeroed(sizeof *made);
    if (!made)
        return -ENOMEM;
    made->node.value = page;
    made->slot = slot;
    int error = set ? bbtree_insert(&set->pages, &made->node) : add_first(owner, made);
    if (error)
        free(made);
    return error;
}

uint32_t absent_find(const void *owner, uint32_t page) {
    const struct absent_page *found = page_in(set_of(owner), page);
    return found ? found->slot : 0;
}

int absent_remove(const void *owner, uint32_t page) {
    struct absent_set *set = set_of(owner);
    struct absent_page *found = page_in(set, page);
    if (!found)
        return -ENOENT;
    bbtree_remove(&set->pages, page);
    slot_drop(found->slot);
    free(found);
    if (!set->pages.count) {
        list_remove(&set->link);
        free(set);
    }
    return 0;
}

uint32_t absent_forget(const void *owner, uint32_t start, uint32_t end) {
    uint32_t count = 0;
    for (;; count++) {
        const struct absent_set *set = set_of(owner);
        bbnode_t *node = set ? bbtree_search_ge(&set->pages, start) : NULL;
        if (!node || node->value >= end)
            return count;
        absent_remove(owner, node->value);
    }
}

int absent_copy(const void *from, const void *to) {
    const struct absent_set *set = set_of(from);
    bbnode_t *node = set ? bbtree_last(&set->pages) : NULL;
    int error = 0;
    for (; node && !error; node = bbtree_previous(node)) {
        uint32_t slot = list_element(node, struct absent_page, node)->slot;
        error = slot_ref(slot);
        if (!error && (error = absent_add(to, node->value, slot)))
            slot_drop(slot);
    }
    if (error)
        absent_forget(to, 0, UINT32_MAX);
    return error;
}

uint32_t absent_count(const void *owner) {
    const struct absent_set *set = set_of(owner);
    return set ? set->pages.count : 0;
}
