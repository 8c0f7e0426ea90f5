/* A balanced tree: an AA tree. Contract: kernel/07-mspace/bbtree.h */
#include "bbtree.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "todo.h"

int bbtree_insert(bbtree_t *tree, bbnode_t *node) {
    TODO();
    return -ENOSYS;
}

int bbtree_remove(bbtree_t *tree, uint32_t value) {
    TODO();
    return -ENOSYS;
}

bbnode_t *bbtree_find(const bbtree_t *tree, uint32_t value) {
    TODO();
    return NULL;
}

bbnode_t *bbtree_search_le(const bbtree_t *tree, uint32_t value) {
    TODO();
    return NULL;
}

bbnode_t *bbtree_search_ge(const bbtree_t *tree, uint32_t value) {
    TODO();
    return NULL;
}

bbnode_t *bbtree_first(const bbtree_t *tree) {
    TODO();
    return NULL;
}

bbnode_t *bbtree_last(const bbtree_t *tree) {
    TODO();
    return NULL;
}

bbnode_t *bbtree_next(const bbnode_t *node) {
    TODO();
    return NULL;
}

bbnode_t *bbtree_previous(const bbnode_t *node) {
    TODO();
    return NULL;
}

int bbtree_check(const bbtree_t *tree) {
    TODO();
    return -ENOSYS;
}
