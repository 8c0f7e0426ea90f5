/* Large objects, and what callers like besides alloc() and free(). Contract: kernel/06-slabs/slabs.h */
#include <stddef.h>

#include "errno.h"
#include "layout.h"
#include "slab_debug.h"
#include "slabs.h"
#include "string.h"
#include "todo.h"

void *large_alloc(uint32_t size) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    void *address;
    uint32_t pages = size / PAGE_SIZE + (size % PAGE_SIZE != 0); /* adding first might overflow */
    if (area_alloc(pages, &address))
        return NULL;
    area_of(address)->user = slab_descs;
    return address;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Returns the area that is the large object OBJECT; NULL if it is none. */
static struct mem_area *large_object(const void *object) {
    struct mem_area *area = area_of(object);
    bool is_large = area && area->address == (uint32_t)object && area->user == slab_descs;
    return is_large ? area : NULL;
}
// END SOLUTION

int large_free(void *object) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    bool in_space = (uint32_t)object >= AREAS_START && (uint32_t)object < AREAS_END;
    if (large_object(object))
        return area_free(object);
    return in_space && !area_of(object) ? -ENOENT : -EINVAL;
    // END SOLUTION
}

// BEGIN SOLUTION
/* As alloc(), on behalf of the function that the call of return address ALLOCATED_BY is in. */
static void *alloc_for(uint32_t size, uint32_t allocated_by) {
    return slab_debug ? debug_alloc(size, allocated_by) : alloc(size);
}

/* Returns the capacity that a new object of SIZE bytes, not 0, has; 0 if there is none so large. */
static uint32_t capacity_for(uint32_t size) {
    struct slab_desc *desc = slab_desc_for(size);
    return desc ? desc->size : (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

static bool may_stay(uint32_t capacity, uint32_t size) {
    uint32_t need = capacity_for(size);
    return !slab_debug && capacity >= need && capacity / 2 <= need;
}
// END SOLUTION

uint32_t alloc_capacity(const void *object) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    if (slab_debug)
        return debug_capacity(object);
    uint32_t address = (uint32_t)object;
    struct slab_entry *entry = slab_entry_of(object);
    if (entry)
        return address % entry->desc->size ? 0 : entry->desc->size;
    struct mem_area *area = large_object(object);
    return area ? area->pages * PAGE_SIZE : 0;
    // END SOLUTION
}

void *alloc_zeroed(uint32_t size) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    void *object = alloc_for(size, (uint32_t)__builtin_return_address(0));
    return object ? memset(object, 0, size) : NULL;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Moves OBJECT, of CAPACITY bytes, to a new one of SIZE bytes. */
static void *move(void *object, uint32_t capacity, uint32_t size, uint32_t allocated_by) {
    void *moved = alloc_for(size, allocated_by);
    if (!moved)
        return NULL;
    memcpy(moved, object, size < capacity ? size : capacity);
    free(object);
    return moved;
}
// END SOLUTION

void *realloc(void *object, uint32_t size) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    uint32_t allocated_by = (uint32_t)__builtin_return_address(0);
    if (!object)
        return alloc_for(size, allocated_by);
    uint32_t capacity = alloc_capacity(object);
    if (!size)
        free(object);
    if (!size || !capacity)
        return NULL;
    return may_stay(capacity, size) ? object : move(object, capacity, size, allocated_by);
    // END SOLUTION
}
