/* Commands for one tree, whose nodes lie in a row: the grader reads and spoils them in memory. */
#include <stddef.h>

#include "bbtree.h"
#include "errno.h"
#include "probe.h"
#include "string.h"

#define NODES 1024

static bbtree_t probe_tree;
static struct {
    bbnode_t node;
    uint32_t taken;
} probe_nodes[NODES];

PROBE(tree_new, "", "forgets the tree, and starts an empty one: where it is") {
    memset(probe_nodes, 0xa5, sizeof probe_nodes);
    for (uint32_t i = 0; i < NODES; i++)
        probe_nodes[i].taken = 0;
    probe_tree = (bbtree_t){0};
    probe_hex(call, (uint32_t)&probe_tree);
    return 0;
}

PROBE(tree_insert, "value", "inserts a node: where it is") {
    uint32_t i = 0;
    while (i < NODES && probe_nodes[i].taken)
        i++;
    if (i == NODES)
        return -ENOSPC;
    probe_nodes[i].node.value = (uint32_t)call->number[0];
    int error = bbtree_insert(&probe_tree, &probe_nodes[i].node);
    probe_nodes[i].taken = !error;
    probe_hex(call, (uint32_t)&probe_nodes[i].node);
    return error;
}

PROBE(tree_remove, "value", "removes a node") {
    uint32_t value = (uint32_t)call->number[0], i = 0;
    while (i < NODES && (!probe_nodes[i].taken || probe_nodes[i].node.value != value))
        i++;
    int error = bbtree_remove(&probe_tree, value);
    if (!error && i < NODES) {
        memset(&probe_nodes[i], 0xa5, sizeof probe_nodes[i].node);
        probe_nodes[i].taken = 0;
    }
    return error;
}

/* Answers with the value of NODE, if there is one. */
static int answer(struct probe_call *call, const bbnode_t *node) {
    if (node)
        probe_hex(call, node->value);
    return 0;
}

PROBE(tree_find, "value", "the node with exactly this value: its value, or nothing") {
    return answer(call, bbtree_find(&probe_tree, (uint32_t)call->number[0]));
}

PROBE(tree_search, "value", "the greatest node below or at a value, the smallest above or at it") {
    const bbnode_t *below = bbtree_search_le(&probe_tree, (uint32_t)call->number[0]);
    const bbnode_t *above = bbtree_search_ge(&probe_tree, (uint32_t)call->number[0]);
    probe_text(call, below ? "le" : "");
    answer(call, below);
    probe_text(call, above ? "ge" : "");
    return answer(call, above);
}

PROBE(tree_walk, "[backwards]", "all values, from the first on or from the last one back") {
    const bbnode_t *node = call->number[0] ? bbtree_last(&probe_tree) : bbtree_first(&probe_tree);
    for (uint32_t i = 0; node && i <= NODES; i++) {
        probe_hex(call, node->value);
        node = call->number[0] ? bbtree_previous(node) : bbtree_next(node);
    }
    return 0;
}

PROBE(tree_check, "", "what bbtree_check() says of the tree") {
    int count = bbtree_check(&probe_tree);
    probe_hex(call, (uint32_t)count);
    return count < 0 ? count : 0;
}
