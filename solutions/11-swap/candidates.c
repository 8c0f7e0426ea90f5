/* The pages of this machine, in the order in which the clock's hand meets them.
 * Contract: kernel/11-swap/clock.h */
#include "clock.h"

#include <stddef.h>

#include "chunk.h"
#include "errno.h"
#include "frames.h"
#include "inode.h"
#include "pages.h"
#include "process.h"
#include "string.h"
#include "todo.h"

// BEGIN SOLUTION
static uint32_t page_count(const inode_t *ino) {
    return (ino->size + PAGE_SIZE - 1) / PAGE_SIZE;
}

static vma_t *next_area(vma_t *vma) {
    bbnode_t *node = bbtree_next(&vma->node);
    return node ? vma_of(node) : NULL;
}

/* Returns the first area of MSPACE that ends after ADDRESS. */
static vma_t *first_area(const mspace_t *mspace, uint32_t address) {
    bbnode_t *node = bbtree_search_le(&mspace->tree, address);
    if (!node || vma_end(vma_of(node)) <= address)
        node = bbtree_search_ge(&mspace->tree, address);
    return node ? vma_of(node) : NULL;
}

/* Returns the first page present in MSPACE from FROM on; 0 if there is none. */
static uint32_t next_page(mspace_t *mspace, uint32_t from) {
    for (vma_t *vma = first_area(mspace, from); vma; vma = next_area(vma)) {
        if (vma->flags & VMA_DEAD)
            continue;
        uint32_t start = from > vma->node.value ? from : vma->node.value;
        uint32_t page = vma_pages_next(vma, start);
        if (page < vma_end(vma))
            return page;
    }
    return 0;
}

/* Moves AT to the first page from AT on that is present in a process's space. */
static bool find_in_spaces(struct candidate *at) {
    list_each (link, &processes) {
        struct process *process = list_element(link, struct process, link);
        if (process->pid < at->number || process->mspace == kernel_mspace)
            continue;
        uint32_t page = next_page(process->mspace, process->pid == at->number ? at->page : 0);
        if (page) {
            *at = (struct candidate){.number = process->pid, .page = page};
            return true;
        }
    }
    return false;
}

/* The same in the caches of inodes. */
static bool find_in_caches(struct candidate *at) {
    list_each (link, &inodes) {
        const inode_t *ino = list_element(link, inode_t, link);
        uint32_t index = ino->number == at->number ? at->page / PAGE_SIZE : 0;
        if (ino->number < at->number || !ino->pages)
            continue;
        while (index < page_count(ino) && !ino->pages[index])
            index++;
        if (index < page_count(ino)) {
            *at = (struct candidate){true, ino->number, index * PAGE_SIZE};
            return true;
        }
    }
    return false;
}
// END SOLUTION

int candidate_next(struct candidate *at) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOENT;
    struct candidate first = {0}, first_cached = {.is_cached = true};
    at->page += PAGE_SIZE;
    if (!at->is_cached) {
        if (find_in_spaces(at))
            return 0;
        *at = first_cached;
    }
    if (find_in_caches(at))
        return 0;
    *at = first;
    if (find_in_spaces(at))
        return 1;
    *at = first_cached;
    return find_in_caches(at) ? 1 : -ENOENT;
    // END SOLUTION
}

enum page_way page_way(const vma_t *vma, uint32_t page, paddr_t frame) {
    // BEGIN SOLUTION
    //| TODO();
    //| return PAGE_STAYS;
    uint32_t type = vma->flags & VMA_TYPE, offset = vma->offset + (page - vma->node.value);
    if (type == VMA_FILE && vma->ino->pages && offset < vma->ino->size &&
        vma->ino->pages[offset / PAGE_SIZE] == frame)
        return PAGE_IN_CACHE;
    if (type == VMA_PHYS || vma->flags & VMA_SHARED || vma->mspace == kernel_mspace)
        return PAGE_STAYS;
    return PAGE_OF_ITS_OWN;
    // END SOLUTION
}

// BEGIN SOLUTION
static bool has_red_zone(uint32_t owner, uint32_t page) {
    list_each (link, &chunks) {
        const chunk_t *chunk = list_element(link, chunk_t, link);
        if (chunk->owner == owner && page + PAGE_SIZE > chunk->address + chunk->size &&
            page < chunk->address + chunk_length(chunk->size))
            return true;
    }
    return false;
}

static enum look look_at_page(vma_t *vma, uint32_t page, uint32_t pid) {
    paddr_t frame;
    uint32_t flags;
    if (vma_page_find(vma, page, &frame, &flags) || page_way(vma, page, frame) == PAGE_STAYS ||
        has_red_zone(pid, page))
        return LOOK_PINNED;
    if (!(flags & PAGE_ACCESSED))
        return LOOK_OLD;
    /* Put there anew, it is a page that nobody has used. */
    vma_page_replace(vma, page, frame, flags & PAGE_COW);
    return LOOK_ACCESSED;
}

static enum look look_in_space(const struct candidate *at) {
    struct process *process = process_find(at->number);
    enum look look = LOOK_PINNED;
    splock_lock(&process->mspace->lock);
    vma_t *vma = mspace_vma_at(process->mspace, at->page);
    if (vma)
        look = look_at_page(vma, at->page, process->pid);
    splock_unlock(&process->mspace->lock);
    return look;
}

/* Returns whether FRAME has the bytes of the file INO from OFFSET on, and then blank. */
static bool is_as_in_file(const inode_t *ino, uint32_t offset, paddr_t frame) {
    const uint8_t *bytes = frame_view(frame);
    uint32_t count = ino->size - offset < PAGE_SIZE ? ino->size - offset : PAGE_SIZE;
    if (memcmp(bytes, ino->data + offset, count))
        return false;
    while (count < PAGE_SIZE)
        if (bytes[count++])
            return false;
    return true;
}

static enum look look_in_cache(const struct candidate *at) {
    list_each (link, &inodes) {
        const inode_t *ino = list_element(link, inode_t, link);
        if (ino->number != at->number)
            continue;
        paddr_t frame = ino->pages[at->page / PAGE_SIZE];
        bool can_go =
            frame_references(frame) == 1 && (!ino->data || is_as_in_file(ino, at->page, frame));
        return can_go ? LOOK_OLD : LOOK_PINNED;
    }
    return LOOK_PINNED;
}
// END SOLUTION

enum look candidate_look(const struct candidate *at) {
    // BEGIN SOLUTION
    //| TODO();
    //| return LOOK_PINNED;
    return at->is_cached ? look_in_cache(at) : look_in_space(at);
    // END SOLUTION
}

static const struct clock_source pages = {candidate_next, candidate_look};
struct clock page_clock = {.source = &pages};
