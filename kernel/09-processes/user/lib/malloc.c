/* Memory for programs: small blocks from the heap, which grows by brk(); large ones by mmap().
 *
 * Every block has a header. The heap's free blocks are in a list by address; neighbours are joined
 * when a block comes back. A large block is unmapped when it comes back.
 */
#include "lib.h"

#define LARGE 0x10000u    /* bytes from which a block has a mapping of its own */
#define HEAP_STEP 0x4000u /* by which the heap grows at least */
#define ALIGNMENT 16u

struct block {
    struct block *next; /* of a free block: the next one, at a higher address */
    size_t size;        /* with the header */
    uint32_t padding[2];
};

static struct block *first_free;
static char *heap_end;

static size_t rounded(size_t size, size_t unit) {
    return (size + unit - 1) / unit * unit;
}

static bool touches(const struct block *low, const struct block *high) {
    return low && (const char *)low + low->size == (const char *)high;
}

static void join(struct block *low) {
    if (!touches(low, low->next))
        return;
    low->size += low->next->size;
    low->next = low->next->next;
}

static void insert(struct block *block) {
    struct block *before = NULL, *after = first_free;
    for (; after && after < block; after = after->next)
        before = after;
    block->next = after;
    if (before)
        before->next = block;
    else
        first_free = block;
    join(block);
    if (before)
        join(before);
}

/* Makes the heap longer by a free block of SIZE bytes at least; returns whether that worked. */
static bool grow(size_t size) {
    size = rounded(size, HEAP_STEP);
    if (!heap_end) {
        char *start = brk(NULL);
        heap_end = start + (-(uint32_t)start & (ALIGNMENT - 1));
    }
    struct block *block = (struct block *)heap_end;
    if (brk(heap_end + size) != heap_end + size)
        return false;
    heap_end += size;
    block->size = size;
    insert(block);
    return true;
}

/* Takes SIZE bytes off the first free block that has them; NULL if none has. */
static struct block *take(size_t size) {
    struct block **link = &first_free;
    while (*link && (*link)->size < size)
        link = &(*link)->next;
    struct block *block = *link;
    if (!block)
        return NULL;
    if (block->size - size > sizeof *block) {
        struct block *rest = (struct block *)((char *)block + size);
        *rest = (struct block){.next = block->next, .size = block->size - size};
        block->size = size;
        *link = rest;
    } else {
        *link = block->next;
    }
    return block;
}

static void *take_large(size_t size) {
    struct block *block = mmap(NULL, size, MAP_READ | MAP_WRITE, -1, 0);
    if (SYSCALL_IS_ERROR(block))
        return NULL;
    block->size = size;
    return block + 1;
}

void *malloc(size_t size) {
    if (!size || size > 0x7fffffff)
        return NULL;
    size = rounded(size + sizeof(struct block), ALIGNMENT);
    if (size >= LARGE)
        return take_large(size);
    struct block *block = take(size);
    if (!block && grow(size))
        block = take(size);
    return block ? block + 1 : NULL;
}

void free(void *memory) {
    struct block *block = memory;
    if (!block--)
        return;
    if (block->size >= LARGE)
        munmap(block, block->size);
    else
        insert(block);
}
