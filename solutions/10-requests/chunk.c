/* Chunks, and their red zones. Contract: kernel/10-requests/chunk.h */
#include "chunk.h"

#include "errno.h"
#include "faults.h"
#include "page.h"
#include "pages.h"
#include "slabs.h"
#include "string.h"
#include "todo.h"

struct list chunks = LIST_EMPTY(chunks);

// BEGIN SOLUTION
static chunk_t *chunk_at(struct list *link) {
    return list_element(link, chunk_t, link);
}

static uint32_t end_of(const chunk_t *chunk) {
    return chunk->address + chunk_length(chunk->size);
}

/* Shows what is at ADDRESS in SPACE; NULL if nothing is. */
static uint8_t *view(mspace_t *space, uint32_t address) {
    uint32_t flags, page = address & ~(PAGE_SIZE - 1);
    paddr_t frame;
    splock_lock(&space->lock);
    vma_t *vma = mspace_vma_at(space, address);
    bool there = vma && !vma_page_find(vma, page, &frame, &flags);
    splock_unlock(&space->lock);
    return there ? (uint8_t *)frame_view(frame) + address % PAGE_SIZE : NULL;
}

/* Returns where the page that ADDRESS lies in ends. */
static uint32_t page_end(uint32_t address) {
    return (address & ~(PAGE_SIZE - 1)) + PAGE_SIZE;
}

/* Fills the red zone of CHUNK, whose pages are not there yet. */
static int fill_red_zone(const chunk_t *chunk) {
    uint32_t next;
    for (uint32_t at = chunk->address + chunk->size; at < end_of(chunk); at = next) {
        next = page_end(at);
        int error = mspace_fault(chunk->space, at, FAULT_WRITE | FAULT_USER);
        if (error)
            return error;
        memset(view(chunk->space, at), CHUNK_RED_BYTE, next - at);
    }
    return 0;
}

static bool is_red(const uint8_t *bytes, uint32_t count) {
    while (count && *bytes == CHUNK_RED_BYTE)
        bytes++, count--;
    return !count;
}

/* Brings `corrupted` of CHUNK up to date. */
static void look(chunk_t *chunk) {
    uint32_t next;
    for (uint32_t at = chunk->address + chunk->size; at < end_of(chunk); at = next) {
        next = page_end(at);
        const uint8_t *bytes = view(chunk->space, at);
        chunk->corrupted |= !bytes || !is_red(bytes, next - at);
    }
}

static int find(uint32_t owner, uint32_t address, chunk_t **found) {
    int error = -ENOENT;
    list_each (link, &chunks) {
        *found = chunk_at(link);
        if ((*found)->address != address)
            continue;
        if ((*found)->owner == owner)
            return 0;
        error = -EPERM;
    }
    return error;
}

static void forget(chunk_t *chunk) {
    list_remove(&chunk->link);
    free(chunk);
}

/* Maps CHUNK's pages, wherever there is room. */
static int map(chunk_t *chunk) {
    uint32_t length = chunk_length(chunk->size);
    int error = mspace_map(chunk->space, &chunk->address, length, NULL, 0, 0, VMA_FG_ANON);
    if (error)
        return error;
    error = fill_red_zone(chunk);
    if (error)
        mspace_unmap(chunk->space, chunk->address, length);
    return error;
}
// END SOLUTION

uint32_t chunk_length(uint32_t size) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return (size + CHUNK_RED + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    // END SOLUTION
}

int chunk_alloc(uint32_t owner, mspace_t *space, uint32_t size, uint32_t *address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!size || size > CHUNK_MAX)
        return -EINVAL;
    chunk_t *chunk = alloc(sizeof *chunk);
    if (!chunk)
        return -ENOMEM;
    *chunk = (chunk_t){.owner = owner, .space = space, .size = size};
    int error = map(chunk);
    if (error) {
        free(chunk);
        return error;
    }
    list_append(&chunks, &chunk->link);
    *address = chunk->address;
    return 0;
    // END SOLUTION
}

int chunk_info(uint32_t owner, uint32_t address, const chunk_t **found) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    chunk_t *chunk;
    int error = find(owner, address, &chunk);
    if (error)
        return error;
    look(chunk);
    *found = chunk;
    return 0;
    // END SOLUTION
}

int chunk_free(uint32_t owner, uint32_t address, bool *corrupted) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    chunk_t *chunk;
    int error = find(owner, address, &chunk);
    if (error)
        return error;
    look(chunk);
    error = mspace_unmap(chunk->space, address, chunk_length(chunk->size));
    if (error && error != -ENOENT)
        return error;
    *corrupted = chunk->corrupted;
    forget(chunk);
    return 0;
    // END SOLUTION
}

void chunks_forget(uint32_t owner) {
    // BEGIN SOLUTION
    //| TODO();
    for (struct list *link = chunks.next, *next; link != &chunks; link = next) {
        next = link->next;
        if (chunk_at(link)->owner == owner)
            forget(chunk_at(link));
    }
    // END SOLUTION
}
