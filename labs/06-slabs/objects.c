/* Large objects, and what callers like besides alloc() and free(). Contract: kernel/06-slabs/slabs.h */
#include <stddef.h>

#include "errno.h"
#include "layout.h"
#include "slab_debug.h"
#include "slabs.h"
#include "string.h"
#include "todo.h"

void *large_alloc(uint32_t size) {
    TODO();
    return NULL;
}

int large_free(void *object) {
    TODO();
    return -ENOSYS;
}

uint32_t alloc_capacity(const void *object) {
    TODO();
    return 0;
}

void *alloc_zeroed(uint32_t size) {
    TODO();
    return NULL;
}

void *realloc(void *object, uint32_t size) {
    TODO();
    return NULL;
}
