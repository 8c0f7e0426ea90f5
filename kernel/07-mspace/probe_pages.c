/* Commands for areas by themselves, for their pages, and for inodes. */
#include <stddef.h>

#include "errno.h"
#include "mspace.h"
#include "pages.h"
#include "probe.h"
#include "probe_mspace.h"
#include "slabs.h"

PROBE(vma_flags, "flags kernel", "the flags that an area is given, in user space or the kernel's") {
    uint32_t stored = 0;
    int error = vma_stored_flags((uint32_t)call->number[0], call->number[1], &stored);
    probe_hex(call, stored);
    return error && stored ? -EFAULT : error;
}

static void answer_area(struct probe_call *call, const vma_t *vma) {
    probe_hex(call, vma->node.value);
    probe_hex(call, vma->length);
    probe_hex(call, (uint32_t)vma->ino);
    probe_hex(call, vma->offset);
    probe_hex(call, (uint32_t)vma->limit);
    probe_hex(call, vma->flags);
}

PROBE(vma_split, "address length inode offset limit:64 flags cut",
      "splits an area of no space: both, how many the tree has, 1 if all else is right") {
    static mspace_t space;
    static vma_t low, high;
    space = (mspace_t){0};
    low = (vma_t){.node.value = (uint32_t)call->number[0],
                  .length = (uint32_t)call->number[1],
                  .ino = (inode_t *)(uint32_t)call->number[2],
                  .offset = (uint32_t)call->number[3],
                  .limit = (int32_t)call->number[4],
                  .flags = (uint32_t)call->number[5],
                  .mspace = &space};
    int error = bbtree_insert(&space.tree, &low.node);
    if (error)
        return error;
    high = (vma_t){.length = 1};
    vma_split(&low, (uint32_t)call->number[6], &high);
    answer_area(call, &low);
    answer_area(call, &high);
    probe_hex(call, space.tree.count);
    probe_hex(call, high.mspace == &space && bbtree_find(&space.tree, high.node.value));
    return 0;
}

/* ---- Pages ---- */

#define VMA ((vma_t *)(uint32_t)call->number[0])
#define PAGE ((uint32_t)call->number[1])

int probe_page_fill(vma_t *vma, uint32_t page, bool cow) {
    paddr_t frame;
    int error = frame_alloc(1, ZONE_NORMAL, &frame);
    if (error)
        return error;
    error = vma_page_put(vma, page, frame, cow);
    frame_free(frame, 1);
    return error;
}

PROBE(vma_page_put, "area page frame [cow]", "puts a frame at a page: the counters") {
    int error = vma_page_put(VMA, PAGE, (paddr_t)call->number[2], call->number[3]);
    probe_sizes(call, VMA->mspace);
    return error;
}

PROBE(vma_page_replace, "area page frame [cow]", "puts another frame there: the counters") {
    int error = vma_page_replace(VMA, PAGE, (paddr_t)call->number[2], call->number[3]);
    probe_sizes(call, VMA->mspace);
    return error;
}

PROBE(vma_page_remove, "area page", "takes a page away: the counters") {
    int error = vma_page_remove(VMA, PAGE);
    probe_sizes(call, VMA->mspace);
    return error;
}

PROBE(vma_page_find, "area page", "what is at a page: frame and flags") {
    paddr_t frame = 0;
    uint32_t flags = 0;
    int error = vma_page_find(VMA, PAGE, &frame, &flags);
    probe_hex(call, frame);
    probe_hex(call, flags);
    return error;
}

PROBE(vma_pages_remove, "area", "takes all pages of an area away: the counters") {
    vma_pages_remove(VMA);
    probe_sizes(call, VMA->mspace);
    return 0;
}

PROBE(vma_pages_update, "area flags", "gives an area these flags, and its pages what follows") {
    VMA->flags = (uint32_t)call->number[1];
    vma_pages_update(VMA);
    probe_sizes(call, VMA->mspace);
    return 0;
}

PROBE(vma_pages_next, "area from", "the first page present in an area from a page on") {
    probe_hex(call, vma_pages_next(VMA, PAGE));
    return 0;
}

PROBE(mspace_fill, "space address pages [cow]",
      "puts frames of their own at pages that have none: the counters") {
    mspace_t *mspace = probe_space(call->number[0]);
    int error = 0;
    for (uint32_t i = 0; i < call->number[2] && !error; i++) {
        uint32_t page = (uint32_t)call->number[1] + i * PAGE_SIZE;
        vma_t *vma = mspace_search_vma(mspace, page);
        error = vma ? probe_page_fill(vma, page, call->number[3]) : -ENOENT;
        if (error == -EEXIST)
            error = 0;
    }
    probe_sizes(call, mspace);
    return error;
}

/* ---- Inodes ---- */

#define INODE ((inode_t *)(uint32_t)call->number[0])

PROBE(inode_find, "name:word", "a file by its name: where its inode is") {
    inode_t *ino = NULL;
    int error = inode_find(call->word[0], &ino);
    probe_hex(call, (uint32_t)ino);
    return error;
}

PROBE(inode_create, "size", "makes shared memory: where its inode is") {
    inode_t *ino = NULL;
    int error = inode_create((uint32_t)call->number[0], &ino);
    probe_hex(call, (uint32_t)ino);
    return error;
}

PROBE(inode_references, "inode", "how many references an inode has") {
    probe_hex(call, INODE->references);
    return 0;
}

PROBE(inode_close, "inode", "drops a reference of an inode") {
    inode_close(INODE);
    return 0;
}

PROBE(inode_page, "inode index", "the frame of a page of an inode") {
    paddr_t frame = 0;
    int error = inode_page(INODE, (uint32_t)call->number[1], &frame);
    probe_hex(call, frame);
    return error;
}

/* ---- Descriptors that have run out ---- */

static void **hoard;

PROBE(vma_hoard, "left", "takes all descriptors of areas but so many: how many were taken") {
    uint32_t count = 0;
    for (void **chunk; (chunk = alloc(sizeof(vma_t))); hoard = chunk, count++)
        *chunk = hoard;
    for (uint32_t i = 0; i < call->number[0] && hoard; i++, count--) {
        void **chunk = hoard;
        hoard = *chunk;
        free(chunk);
    }
    probe_hex(call, count);
    return 0;
}

PROBE(vma_release, "", "gives back what vma_hoard took") {
    while (hoard) {
        void **chunk = hoard;
        hoard = *chunk;
        free(chunk);
    }
    return 0;
}
