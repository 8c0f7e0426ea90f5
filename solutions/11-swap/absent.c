/* What is not in memory, and where it is instead. Contract: kernel/11-swap/absent.h */
#include "absent.h"

#include <stddef.h>

#include "errno.h"
#include "page.h"
#include "slabs.h"
#include "slots.h"
#include "todo.h"

struct list absent_sets = LIST_EMPTY(absent_sets);

// BEGIN SOLUTION
static struct absent_page *page_of(bbnode_t *node) {
    return node ? list_element(node, struct absent_page, node) : NULL;
}

static struct absent_set *find_set(const void *owner) {
    list_each (link, &absent_sets) {
        struct absent_set *set = list_element(link, struct absent_set, link);
        if (set->owner == owner)
            return set;
    }
    return NULL;
}

/* Returns the set of OWNER, which is made if there is none. */
static struct absent_set *need_set(const void *owner) {
    struct absent_set *set = find_set(owner);
    if (set || !(set = alloc_zeroed(sizeof *set)))
        return set;
    set->owner = owner;
    list_append(&absent_sets, &set->link);
    return set;
}

static void drop_if_empty(struct absent_set *set) {
    if (set->pages.count)
        return;
    list_remove(&set->link);
    free(set);
}

static int add_page(struct absent_set *set, uint32_t page, uint32_t slot) {
    struct absent_page *made = alloc(sizeof *made);
    if (!made)
        return -ENOMEM;
    made->node.value = page;
    made->slot = slot;
    int error = bbtree_insert(&set->pages, &made->node);
    if (error)
        free(made);
    return error;
}

static void remove_page(struct absent_set *set, struct absent_page *page) {
    bbtree_remove(&set->pages, page->node.value);
    slot_drop(page->slot);
    free(page);
}
// END SOLUTION

int absent_add(const void *owner, uint32_t page, uint32_t slot) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (page % PAGE_SIZE)
        return -EINVAL;
    struct absent_set *set = need_set(owner);
    if (!set)
        return -ENOMEM;
    int error = add_page(set, page, slot);
    drop_if_empty(set);
    return error;
    // END SOLUTION
}

uint32_t absent_find(const void *owner, uint32_t page) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    const struct absent_set *set = find_set(owner);
    const struct absent_page *found = set ? page_of(bbtree_find(&set->pages, page)) : NULL;
    return found ? found->slot : 0;
    // END SOLUTION
}

int absent_remove(const void *owner, uint32_t page) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    return absent_find(owner, page) && absent_forget(owner, page, page + 1) ? 0 : -ENOENT;
    // END SOLUTION
}

uint32_t absent_forget(const void *owner, uint32_t start, uint32_t end) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    struct absent_set *set = find_set(owner);
    struct absent_page *page;
    uint32_t count = 0;
    if (!set)
        return 0;
    while ((page = page_of(bbtree_search_ge(&set->pages, start))) && page->node.value < end) {
        remove_page(set, page);
        count++;
    }
    drop_if_empty(set);
    return count;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Adds a page like PAGE to SET. */
static int copy_page(struct absent_set *set, const struct absent_page *page) {
    int error = slot_ref(page->slot);
    if (error)
        return error;
    error = add_page(set, page->node.value, page->slot);
    if (error)
        slot_drop(page->slot);
    return error;
}
// END SOLUTION

int absent_copy(const void *from, const void *to) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    const struct absent_set *source = find_set(from);
    if (!source)
        return 0;
    struct absent_set *set = need_set(to);
    int error = set ? 0 : -ENOMEM;
    for (bbnode_t *node = bbtree_first(&source->pages); node && !error; node = bbtree_next(node))
        error = copy_page(set, page_of(node));
    if (error && set)
        while (set->pages.count)
            remove_page(set, page_of(bbtree_first(&set->pages)));
    if (set)
        drop_if_empty(set);
    return error;
    // END SOLUTION
}

uint32_t absent_count(const void *owner) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    const struct absent_set *set = find_set(owner);
    return set ? set->pages.count : 0;
    // END SOLUTION
}
