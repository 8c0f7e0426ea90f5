/* Another way: an AVL tree, whose nodes keep the height of what is below them. */
#include "bbtree.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"

static int height(const bbnode_t *node) {
    return node ? (int)node->level : 0;
}

/* What leads to NODE: the root, or one of its parent's links. */
static bbnode_t **place_of(bbtree_t *tree, const bbnode_t *node) {
    if (!node->parent)
        return &tree->root;
    return node->parent->left == node ? &node->parent->left : &node->parent->right;
}

static void adopt(bbnode_t *parent, bbnode_t *child) {
    if (child)
        child->parent = parent;
}

static void measure(bbnode_t *node) {
    int left = height(node->left), right = height(node->right);
    node->level = (uint32_t)(left > right ? left : right) + 1;
}

/* Lifts the left child of NODE (or the right one) into its place; returns it. */
static bbnode_t *lift(bbtree_t *tree, bbnode_t *node, bool left) {
    bbnode_t *up = left ? node->left : node->right;
    bbnode_t **inner = left ? &up->right : &up->left;
    *place_of(tree, node) = up;
    up->parent = node->parent;
    *(left ? &node->left : &node->right) = *inner;
    adopt(node, *inner);
    *inner = node;
    node->parent = up;
    measure(node);
    measure(up);
    return up;
}

static bbnode_t *balance(bbtree_t *tree, bbnode_t *node) {
    int tilt = height(node->left) - height(node->right);
    if (tilt > 1) {
        if (height(node->left->left) < height(node->left->right))
            lift(tree, node->left, false);
        return lift(tree, node, true);
    }
    if (tilt < -1) {
        if (height(node->right->right) < height(node->right->left))
            lift(tree, node->right, true);
        return lift(tree, node, false);
    }
    measure(node);
    return node;
}

static void balance_upwards(bbtree_t *tree, bbnode_t *node) {
    for (; node; node = node->parent)
        node = balance(tree, node);
}

/* A node's neighbours in the order of values are above it, and one of them has room for it. */
int bbtree_insert(bbtree_t *tree, bbnode_t *node) {
    bbnode_t *below = bbtree_search_le(tree, node->value);
    if (below && below->value == node->value)
        return -EEXIST;
    bool right = below && !below->right;
    bbnode_t *parent = right ? below : bbtree_search_ge(tree, node->value);
    *node = (bbnode_t){.parent = parent, .value = node->value, .level = 1};
    if (!parent)
        tree->root = node;
    else
        *(right ? &parent->right : &parent->left) = node;
    tree->count++;
    balance_upwards(tree, parent);
    return 0;
}

/* Makes OTHER, which is in no tree, stand where NODE stands. */
static void stand_in(bbtree_t *tree, bbnode_t *node, bbnode_t *other) {
    *place_of(tree, node) = other;
    uint32_t value = other->value;
    *other = *node;
    other->value = value;
    adopt(other, other->left);
    adopt(other, other->right);
}

/* Takes NODE, which has one child at most, out. Returns its parent. */
static bbnode_t *take_out(bbtree_t *tree, bbnode_t *node) {
    bbnode_t *child = node->left ? node->left : node->right;
    *place_of(tree, node) = child;
    adopt(node->parent, child);
    return node->parent;
}

int bbtree_remove(bbtree_t *tree, uint32_t value) {
    bbnode_t *node = bbtree_find(tree, value), *start;
    if (!node)
        return -ENOENT;
    if (node->left && node->right) {
        bbnode_t *before = bbtree_previous(node);
        start = take_out(tree, before);
        stand_in(tree, node, before);
        start = start == node ? before : start;
    } else {
        start = take_out(tree, node);
    }
    tree->count--;
    balance_upwards(tree, start);
    return 0;
}

bbnode_t *bbtree_find(const bbtree_t *tree, uint32_t value) {
    bbnode_t *node = tree->root;
    while (node && node->value != value)
        node = value < node->value ? node->left : node->right;
    return node;
}

bbnode_t *bbtree_search_le(const bbtree_t *tree, uint32_t value) {
    bbnode_t *node = tree->root, *best = NULL;
    while (node) {
        best = node->value <= value ? node : best;
        node = node->value <= value ? node->right : node->left;
    }
    return best;
}

bbnode_t *bbtree_search_ge(const bbtree_t *tree, uint32_t value) {
    bbnode_t *below = bbtree_search_le(tree, value);
    if (!below)
        return bbtree_first(tree);
    return below->value == value ? below : bbtree_next(below);
}

bbnode_t *bbtree_first(const bbtree_t *tree) {
    bbnode_t *node = tree->root;
    while (node && node->left)
        node = node->left;
    return node;
}

bbnode_t *bbtree_last(const bbtree_t *tree) {
    bbnode_t *node = tree->root;
    while (node && node->right)
        node = node->right;
    return node;
}

bbnode_t *bbtree_next(const bbnode_t *node) {
    if (node->right)
        return bbtree_first(&(bbtree_t){.root = node->right});
    const bbnode_t *child = node;
    for (node = node->parent; node && node->right == child; node = node->parent)
        child = node;
    return (bbnode_t *)node;
}

bbnode_t *bbtree_previous(const bbnode_t *node) {
    if (node->left)
        return bbtree_last(&(bbtree_t){.root = node->left});
    const bbnode_t *child = node;
    for (node = node->parent; node && node->left == child; node = node->parent)
        child = node;
    return (bbnode_t *)node;
}

/* Returns how many nodes are on the longest way down from NODE. */
static uint32_t depth(const bbnode_t *node) {
    if (!node)
        return 0;
    uint32_t left = depth(node->left), right = depth(node->right);
    return 1 + (left > right ? left : right);
}

static bool parents_wrong(const bbnode_t *node, const bbnode_t *parent) {
    return node && (node->parent != parent || parents_wrong(node->left, node) ||
                    parents_wrong(node->right, node));
}

int bbtree_check(const bbtree_t *tree) {
    uint32_t count = 0, limit = 0;
    if (parents_wrong(tree->root, NULL))
        return -EINVAL;
    const bbnode_t *before = NULL;
    for (const bbnode_t *node = bbtree_first(tree); node; node = bbtree_next(node), count++) {
        if (before && before->value >= node->value)
            return -EINVAL;
        before = node;
    }
    uint64_t square = ((uint64_t)count + 1) * ((uint64_t)count + 1);
    while (limit < 63 && 2ull << limit <= square)
        limit++;
    return count == tree->count && depth(tree->root) <= limit ? (int)count : -EINVAL;
}
