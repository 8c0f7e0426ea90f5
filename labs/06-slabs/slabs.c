/* Sizes, chunks, and the objects made of them. Contract: kernel/06-slabs/slabs.h
 *
 * alloc() and free() are called all the time: they do what is common in a few instructions, and
 * leave the rest to functions that are kept out of the way. */
#include "slabs.h"

#include <stddef.h>

#include "errno.h"
#include "frames.h"
#include "layout.h"
#include "paging.h"
#include "slab_debug.h"
#include "todo.h"

struct slab_desc slab_descs[SLAB_SIZES];

void slabs_configure(void) {
    TODO();
}

struct slab_desc *slab_desc_for(uint32_t size) {
    TODO();
    return NULL;
}

void *chunk_take(struct slab_desc *desc) {
    TODO();
    return NULL;
}

void chunk_put(struct slab_entry *entry, void *chunk) {
    TODO();
}

void *SLAB_QUICK alloc(uint32_t size) {
    TODO();
    return NULL;
}

int SLAB_QUICK free(void *object) {
    TODO();
    return -ENOSYS;
}
