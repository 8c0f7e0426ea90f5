/* A balanced tree: an AA tree. Contract: kernel/07-mspace/bbtree.h */
#include "bbtree.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "todo.h"

// BEGIN SOLUTION
/* In an AA tree every node has a level: 1 at the bottom, and one more than that of its left child.
 * A right child may be of the same level, its own right child not. Two repairs keep it so: skew()
 * lifts a left child of the same level, split() a right one when two of the same level follow. */

static uint32_t level(const bbnode_t *node) {
    return node ? node->level : 0;
}

/* Makes whatever led to OLD, a node of TREE below PARENT or its root, lead to NODE (or nowhere). */
static void replace(bbtree_t *tree, bbnode_t *parent, const bbnode_t *old, bbnode_t *node) {
    if (!parent)
        tree->root = node;
    else if (parent->left == old)
        parent->left = node;
    else
        parent->right = node;
    if (node)
        node->parent = parent;
}

static void set_left(bbnode_t *node, bbnode_t *child) {
    node->left = child;
    if (child)
        child->parent = node;
}

static void set_right(bbnode_t *node, bbnode_t *child) {
    node->right = child;
    if (child)
        child->parent = node;
}

/* Both return the node that is in the place of NODE (which may be NULL) then. */

static bbnode_t *skew(bbtree_t *tree, bbnode_t *node) {
    if (!node || !node->left || node->left->level != node->level)
        return node;
    bbnode_t *left = node->left;
    replace(tree, node->parent, node, left);
    set_left(node, left->right);
    set_right(left, node);
    return left;
}

static bbnode_t *split(bbtree_t *tree, bbnode_t *node) {
    if (!node || !node->right || level(node->right->right) != node->level)
        return node;
    bbnode_t *right = node->right;
    replace(tree, node->parent, node, right);
    set_right(node, right->left);
    set_left(right, node);
    right->level++;
    return right;
}

/* Repairs the tree from NODE, below which something was inserted, upwards. A repair looks two steps
 * down: after two nodes that were right, those above are, too. */
static void rebalance(bbtree_t *tree, bbnode_t *node) {
    for (int right = 0; node && right < 2; node = node->parent) {
        bbnode_t *before = node;
        uint32_t level_before = node->level;
        node = split(tree, skew(tree, node));
        right = node == before && node->level == level_before ? right + 1 : 0;
    }
}
// END SOLUTION

int bbtree_insert(bbtree_t *tree, bbnode_t *node) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    bbnode_t *parent = NULL, **place = &tree->root;
    while (*place) {
        parent = *place;
        if (parent->value == node->value)
            return -EEXIST;
        place = node->value < parent->value ? &parent->left : &parent->right;
    }
    node->left = node->right = NULL;
    node->parent = parent;
    node->level = 1;
    *place = node;
    tree->count++;
    rebalance(tree, parent);
    return 0;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Lowers NODE, and a right child that was as high, if a child of it has become too low. Returns
 * whether that was so. */
static bool lower(bbnode_t *node) {
    uint32_t left = level(node->left), right = level(node->right);
    uint32_t wanted = (left < right ? left : right) + 1;
    if (wanted >= node->level)
        return false;
    node->level = wanted;
    if (right > wanted)
        node->right->level = wanted;
    return true;
}

/* Repairs NODE, which has been lowered. Returns the node in its place. */
static bbnode_t *repair(bbtree_t *tree, bbnode_t *node) {
    node = skew(tree, node);
    bbnode_t *right = skew(tree, node->right);
    if (right)
        skew(tree, right->right);
    node = split(tree, node);
    split(tree, node->right);
    return node;
}

/* Puts the next node of NODE, which has two children, in its place. Returns where the tree has
 * become lower. */
static bbnode_t *put_next_in_place(bbtree_t *tree, bbnode_t *node) {
    bbnode_t *next = bbtree_next(node), *lowest = next->parent;
    replace(tree, next->parent, next, next->right);
    next->level = node->level;
    replace(tree, node->parent, node, next);
    set_left(next, node->left);
    set_right(next, node->right);
    return lowest == node ? next : lowest;
}

static bbnode_t *unlink(bbtree_t *tree, bbnode_t *node) {
    if (node->left && node->right)
        return put_next_in_place(tree, node);
    replace(tree, node->parent, node, node->left ? node->left : node->right);
    return node->parent;
}
// END SOLUTION

int bbtree_remove(bbtree_t *tree, uint32_t value) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    bbnode_t *node = bbtree_find(tree, value);
    if (!node)
        return -ENOENT;
    tree->count--;
    for (node = unlink(tree, node); node && lower(node); node = node->parent)
        node = repair(tree, node);
    return 0;
    // END SOLUTION
}

bbnode_t *bbtree_find(const bbtree_t *tree, uint32_t value) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    bbnode_t *node = bbtree_search_le(tree, value);
    return node && node->value == value ? node : NULL;
    // END SOLUTION
}

bbnode_t *bbtree_search_le(const bbtree_t *tree, uint32_t value) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    bbnode_t *best = NULL;
    for (bbnode_t *node = tree->root; node;) {
        if (node->value > value) {
            node = node->left;
        } else {
            best = node;
            node = node->right;
        }
    }
    return best;
    // END SOLUTION
}

bbnode_t *bbtree_search_ge(const bbtree_t *tree, uint32_t value) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    bbnode_t *best = NULL;
    for (bbnode_t *node = tree->root; node;) {
        if (node->value < value) {
            node = node->right;
        } else {
            best = node;
            node = node->left;
        }
    }
    return best;
    // END SOLUTION
}

bbnode_t *bbtree_first(const bbtree_t *tree) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    return bbtree_search_ge(tree, 0);
    // END SOLUTION
}

bbnode_t *bbtree_last(const bbtree_t *tree) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    return bbtree_search_le(tree, UINT32_MAX);
    // END SOLUTION
}

bbnode_t *bbtree_next(const bbnode_t *node) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    bbnode_t *next = node->right;
    while (next && next->left)
        next = next->left;
    if (next)
        return next;
    while (node->parent && node->parent->right == node)
        node = node->parent;
    return node->parent;
    // END SOLUTION
}

bbnode_t *bbtree_previous(const bbnode_t *node) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    bbnode_t *previous = node->left;
    while (previous && previous->right)
        previous = previous->right;
    if (previous)
        return previous;
    while (node->parent && node->parent->left == node)
        node = node->parent;
    return node->parent;
    // END SOLUTION
}

// BEGIN SOLUTION
/* What is found out about a part of a tree. */
struct part {
    uint32_t count, depth;
    bool wrong;
};

/* Looks at NODE, which PARENT leads to, and at all below it: values lie in LOWEST .. HIGHEST. */
static struct part look(const bbnode_t *node, const bbnode_t *parent, uint64_t lowest,
                        uint64_t highest) {
    if (!node)
        return (struct part){0};
    struct part left = look(node->left, node, lowest, (uint64_t)node->value - 1);
    struct part right = look(node->right, node, (uint64_t)node->value + 1, highest);
    bool here = node->parent != parent || node->value < lowest || node->value > highest;
    return (struct part){left.count + right.count + 1,
                         1 + (left.depth > right.depth ? left.depth : right.depth),
                         here || left.wrong || right.wrong};
}

/* Returns whether DEPTH <= 2 * log2(COUNT + 1), that is 2^DEPTH <= (COUNT + 1)^2. */
static bool is_balanced(uint32_t depth, uint32_t count) {
    return depth < 64 && 1ull << depth <= ((uint64_t)count + 1) * ((uint64_t)count + 1);
}
// END SOLUTION

int bbtree_check(const bbtree_t *tree) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct part all = look(tree->root, NULL, 0, UINT32_MAX);
    bool right = !all.wrong && all.count == tree->count && is_balanced(all.depth, all.count);
    return right ? (int)all.count : -EINVAL;
    // END SOLUTION
}
