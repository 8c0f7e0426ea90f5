/* cheat, earns nothing in: test_tree_insert, test_tree_remove, test_tree_check, test_search, test_costs */
/* A tree that is never balanced, and says of itself that all is well. */
#include "bbtree.h"

#include <stddef.h>

#include "errno.h"

/* Makes whatever led to OLD lead to NODE (or nowhere). */
static void replace(bbtree_t *tree, bbnode_t *old, bbnode_t *node) {
    if (!old->parent)
        tree->root = node;
    else if (old->parent->left == old)
        old->parent->left = node;
    else
        old->parent->right = node;
    if (node)
        node->parent = old->parent;
}

int bbtree_insert(bbtree_t *tree, bbnode_t *node) {
    bbnode_t *parent = NULL, **place = &tree->root;
    while (*place) {
        parent = *place;
        if (parent->value == node->value)
            return -EEXIST;
        place = node->value < parent->value ? &parent->left : &parent->right;
    }
    *node = (bbnode_t){.parent = parent, .value = node->value};
    *place = node;
    tree->count++;
    return 0;
}

/* Hangs the left side of NODE below the first node of its right side, and that in its place. */
int bbtree_remove(bbtree_t *tree, uint32_t value) {
    bbnode_t *node = bbtree_find(tree, value), *first;
    if (!node)
        return -ENOENT;
    tree->count--;
    for (first = node->right; first && first->left;)
        first = first->left;
    if (first && node->left) {
        first->left = node->left;
        node->left->parent = first;
    }
    replace(tree, node, first ? node->right : node->left);
    return 0;
}

bbnode_t *bbtree_find(const bbtree_t *tree, uint32_t value) {
    bbnode_t *node = bbtree_search_le(tree, value);
    return node && node->value == value ? node : NULL;
}

bbnode_t *bbtree_search_le(const bbtree_t *tree, uint32_t value) {
    bbnode_t *best = NULL;
    for (bbnode_t *node = tree->root; node; node = node->value <= value ? node->right : node->left)
        best = node->value <= value ? node : best;
    return best;
}

bbnode_t *bbtree_search_ge(const bbtree_t *tree, uint32_t value) {
    bbnode_t *best = NULL;
    for (bbnode_t *node = tree->root; node; node = node->value >= value ? node->left : node->right)
        best = node->value >= value ? node : best;
    return best;
}

bbnode_t *bbtree_first(const bbtree_t *tree) {
    return bbtree_search_ge(tree, 0);
}

bbnode_t *bbtree_last(const bbtree_t *tree) {
    return bbtree_search_le(tree, UINT32_MAX);
}

bbnode_t *bbtree_next(const bbnode_t *node) {
    bbnode_t *next = node->right;
    while (next && next->left)
        next = next->left;
    while (!next && node->parent && node->parent->right == node)
        node = node->parent;
    return next ? next : node->parent;
}

bbnode_t *bbtree_previous(const bbnode_t *node) {
    bbnode_t *previous = node->left;
    while (previous && previous->right)
        previous = previous->right;
    while (!previous && node->parent && node->parent->left == node)
        node = node->parent;
    return previous ? previous : node->parent;
}

int bbtree_check(const bbtree_t *tree) {
    return (int)tree->count;
}
