/* cheat, earns at most 0 in: test_take, test_order, test_alloc, test_free, test_start, test_grow, test_reserve, test_out_of_memory, test_every_step, test_give_back, test_no_thrash, test_exhaustion, test_storm, test_any, test_realloc */
/* There are no chunks: each object is an area, and the descriptors come from an array that is never
 * given back to anybody. */
#include "slabs.h"

#include <stddef.h>

#include "errno.h"

struct slab_desc slab_descs[SLAB_SIZES];

#define SUPPLY 8192

static struct mem_area supply[SUPPLY];
static void *freed;
static uint32_t given;

void slabs_configure(void) {
    for (uint32_t i = 0; i < SLAB_SIZES; i++) {
        struct slab_desc *desc = &slab_descs[i];
        desc->size = SLAB_SMALLEST << i;
        desc->pages = (SLAB_CHUNKS * desc->size + PAGE_SIZE - 1) / PAGE_SIZE;
        list_init(&desc->partial);
        list_init(&desc->full);
        list_init(&desc->empty);
    }
}

struct slab_desc *slab_desc_for(uint32_t size) {
    struct slab_desc *desc = slab_descs;
    if (!size || size > SLAB_LARGEST)
        return NULL;
    while (desc->size < size)
        desc++;
    return desc;
}

void *chunk_take(struct slab_desc *desc) {
    void *chunk = freed;
    if (!chunk)
        return given < SUPPLY ? &supply[given++] : NULL;
    freed = *(void **)chunk;
    return chunk;
}

void chunk_put(struct slab_entry *entry, void *chunk) {
    *(void **)chunk = freed;
    freed = chunk;
}

void *SLAB_QUICK alloc(uint32_t size) {
    return size ? large_alloc(size) : NULL;
}

int SLAB_QUICK free(void *object) {
    return object ? large_free(object) : 0;
}
