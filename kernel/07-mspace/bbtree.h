/* A balanced binary tree, whose nodes live inside the elements. Graded: exercise 1.
 *
 * Every node has a value of its own, after which the tree is ordered: smaller ones are on its left,
 * greater ones on its right. The tree is balanced: on no way from the root down are there more
 * than 2 * log2(count + 1) nodes. How that is achieved is left open (AA tree, AVL, red-black...),
 * and so is the use of `level`.
 *
 * Nothing here allocates. Insertion, removal and every search take a number of steps that grows as
 * the logarithm of the count.
 */
#ifndef MIROIR_BBTREE_H
#define MIROIR_BBTREE_H

#include <stdint.h>

/* One node. Its owner fills in `value` before it is inserted, and never while it is in a tree. */
typedef struct bbnode {
    struct bbnode *parent; /* NULL: this is the root */
    struct bbnode *left;   /* NULL: none */
    struct bbnode *right;  /* NULL: none */
    uint32_t value;
    uint32_t level; /* nobody's but the implementer's */
} bbnode_t;

/* Starts as { 0 }: an empty tree. */
typedef struct bbtree {
    bbnode_t *root; /* NULL: the tree is empty */
    uint32_t count; /* nodes */
} bbtree_t;

/* Puts NODE, which is in no tree, into TREE. Its links need not be set. Returns 0, or -EEXIST if
 * a node with that value is there already: nothing of the tree has changed then. */
int bbtree_insert(bbtree_t *tree, bbnode_t *node);

/* Takes the node with VALUE out of TREE; every other node stays the node that it is, at its
 * address. Returns 0, or -ENOENT if there is none. */
int bbtree_remove(bbtree_t *tree, uint32_t value);

/* Returns the node with exactly VALUE; NULL if there is none. */
bbnode_t *bbtree_find(const bbtree_t *tree, uint32_t value);

/* Returns the node with the greatest value that is VALUE or below; NULL if there is none. */
bbnode_t *bbtree_search_le(const bbtree_t *tree, uint32_t value);

/* Returns the node with the smallest value that is VALUE or above; NULL if there is none. */
bbnode_t *bbtree_search_ge(const bbtree_t *tree, uint32_t value);

/* Return the node with the smallest, or the greatest value of all; NULL if the tree is empty. */
bbnode_t *bbtree_first(const bbtree_t *tree);
bbnode_t *bbtree_last(const bbtree_t *tree);

/* Return the node that follows NODE in the order of values, or goes before it; NULL if NODE is the
 * last, or the first. */
bbnode_t *bbtree_next(const bbnode_t *node);
bbnode_t *bbtree_previous(const bbnode_t *node);

/* Returns the number of nodes (0 for an empty tree) if TREE is as it should be; -EINVAL if the
 * parent of a node is not the one that leads to it, if the values are not in order (each above all
 * of its left side, below all of its right side), if `count` is not the number of nodes, or if the
 * tree is not balanced as said above. The left and right links themselves can be relied upon: they
 * lead to nodes, and to none twice. */
int bbtree_check(const bbtree_t *tree);

#endif
