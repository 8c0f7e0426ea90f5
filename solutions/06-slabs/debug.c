/* Objects that find out who spoils them. Contract: kernel/06-slabs/slab_debug.h */
#include "slab_debug.h"

#include <stddef.h>

#include "errno.h"
#include "string.h"
#include "todo.h"

// BEGIN SOLUTION
/* At the end of each object's chunk or area. */
struct record {
    uint32_t allocated_by;
    uint32_t size : 31, free : 1;
    void *next;    /* of a free chunk: what its first word, its link of the chain, must be */
    uint32_t seal; /* seal_of() the others */
};

#define SHORTEST_RED 4

/* An object, used or free, and where the chunk or the area that it lies in ends. */
struct object {
    uint8_t *start;
    struct record *record; /* NULL: there is no object */
};

static struct object object_in(void *start, uint32_t capacity) {
    return (struct object){start, (struct record *)((uint32_t)start + capacity) - 1};
}

/* Returns the object in which ADDRESS lies, its red zone and its record included. */
static struct object find(const void *address) {
    uint32_t place = (uint32_t)address;
    struct slab_entry *entry = slab_entry_of(address);
    struct mem_area *area = area_of(address);
    if (entry && entry->desc->size >= SLAB_DEBUG_SMALLEST)
        return object_in((void *)(place & -entry->desc->size), entry->desc->size);
    if (!entry && area && area->user == slab_descs)
        return object_in((void *)area->address, area->pages * PAGE_SIZE);
    return (struct object){0};
}

static uint32_t seal_of(const struct record *record) {
    return ~(record->allocated_by ^ record->size << 1 ^ record->free ^ (uint32_t)record->next);
}

static bool is_sealed(const struct record *record) {
    return record->seal == seal_of(record);
}

static void write_record(struct object object, struct record record) {
    record.seal = seal_of(&record);
    *object.record = record;
}

/* Makes the bytes from START to END what they should be; returns whether they were. */
static bool mend(uint8_t *start, const void *end, uint8_t byte) {
    bool sound = true;
    for (; start < (const uint8_t *)end; start++) {
        sound &= *start == byte;
        *start = byte;
    }
    return sound;
}

/* Reports that the record of OBJECT is none any more, and makes one that does no harm. */
static void replace_record(struct object object) {
    uint32_t size = (uint32_t)object.record - (uint32_t)object.start;
    slab_report(SLAB_OVERFLOW, object.start, 0, 0);
    write_record(object, (struct record){.size = size});
}

static void report(enum slab_fault fault, struct object object) {
    slab_report(fault, object.start, object.record->size, object.record->allocated_by);
}

/* Mends what is wrong with OBJECT, and reports it. Returns whether there was anything. */
static bool check(struct object object) {
    struct record *record = object.record;
    if (!is_sealed(record)) {
        replace_record(object);
        return true;
    }
    if (!record->free) {
        bool sound = mend(object.start + record->size, record, SLAB_RED);
        if (!sound)
            report(SLAB_OVERFLOW, object);
        return !sound;
    }
    void **link = (void **)object.start;
    bool sound = mend(object.start + sizeof *link, record, SLAB_FREED) & (*link == record->next);
    *link = record->next;
    if (!sound)
        report(SLAB_USE_AFTER_FREE, object);
    return !sound;
}

/* Makes OBJECT, last allocated as BEFORE says, a free one, whose link of the chain is, or will be,
 * NEXT. */
static void poison(struct object object, struct record before, void *next) {
    void **rest = (void **)object.start + 1;
    before.free = true;
    before.next = next;
    write_record(object, before);
    memset(rest, SLAB_FREED, (uint32_t)object.record - (uint32_t)rest);
}

static void *dress(struct object object, uint32_t size, uint32_t allocated_by) {
    write_record(object, (struct record){.allocated_by = allocated_by, .size = size});
    memset(object.start, SLAB_FRESH, size);
    memset(object.start + size, SLAB_RED, (uint32_t)object.record - (uint32_t)object.start - size);
    return object.start;
}
// END SOLUTION

void debug_entry_init(struct slab_entry *entry) {
    // BEGIN SOLUTION
    //| TODO();
    for (void *chunk = entry->free_el; chunk; chunk = *(void **)chunk)
        poison(object_in(chunk, entry->desc->size), (struct record){0}, *(void **)chunk);
    // END SOLUTION
}

// BEGIN SOLUTION
/* Returns how large a chunk has to be for an object of SIZE bytes, which is not too large for one. */
static uint32_t chunk_size(uint32_t size) {
    uint32_t chunk = SLAB_DEBUG_SMALLEST;
    while (chunk < 2 * size)
        chunk *= 2;
    return chunk;
}

static void *alloc_chunk(struct slab_desc *desc, uint32_t size, uint32_t allocated_by) {
    const struct list *list = list_empty(&desc->partial) ? &desc->empty : &desc->partial;
    if (!list_empty(list)) /* whose link will be followed must have been checked before */
        check(find(list_element(list->next, struct slab_entry, link)->free_el));
    void *chunk = chunk_take(desc);
    return chunk ? dress(object_in(chunk, desc->size), size, allocated_by) : NULL;
}

static void *alloc_large(uint32_t size, uint32_t allocated_by) {
    uint32_t total = size + SHORTEST_RED + sizeof(struct record);
    void *start = total < size ? NULL : large_alloc(total);
    return start ? dress(find(start), size, allocated_by) : NULL;
}
// END SOLUTION

void *debug_alloc(uint32_t size, uint32_t allocated_by) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    if (!size)
        return NULL;
    if (size > SLAB_LARGEST / 2)
        return alloc_large(size, allocated_by);
    return alloc_chunk(slab_desc_for(chunk_size(size)), size, allocated_by);
    // END SOLUTION
}

// BEGIN SOLUTION
/* Reports that ADDRESS, in the object INSIDE, if in any, was to be freed. Returns the error. */
static int foreign(void *address, struct object inside) {
    uint32_t size = inside.record ? inside.record->size : 0;
    slab_report(SLAB_FOREIGN_FREE, address, size, inside.record ? inside.record->allocated_by : 0);
    return large_free(address); /* which fails: it is no large object either */
}
// END SOLUTION

int debug_free(void *object) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct slab_entry *entry = slab_entry_of(object);
    struct object found = find(object);
    if (!found.record || found.start != object)
        return foreign(object, found);
    if (is_sealed(found.record) && found.record->free) {
        report(SLAB_DOUBLE_FREE, found);
        return -ENOENT;
    }
    if (check(found))
        return -EINVAL;
    if (!entry)
        return area_free(object);
    poison(found, *found.record, entry->free_el);
    chunk_put(entry, object); /* its area may be gone then */
    return 0;
    // END SOLUTION
}

uint32_t debug_capacity(const void *object) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    struct object found = find(object);
    bool is_object = found.record && found.start == object && !found.record->free;
    return is_object ? found.record->size : 0;
    // END SOLUTION
}

// BEGIN SOLUTION
static uint32_t check_entries(const struct list *list) {
    uint32_t damaged = 0;
    list_each (link, list) {
        const struct slab_entry *entry = list_element(link, struct slab_entry, link);
        const struct slab_desc *desc = entry->desc;
        for (uint32_t start = 0; start < desc->pages * PAGE_SIZE; start += desc->size)
            damaged += check(object_in((void *)(entry->base + start), desc->size));
    }
    return damaged;
}
// END SOLUTION

uint32_t slabs_check(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    uint32_t damaged = 0;
    if (!slab_debug)
        return 0;
    struct slab_desc *desc = slab_desc_for(SLAB_DEBUG_SMALLEST);
    for (; desc < slab_descs + SLAB_SIZES; desc++)
        damaged += check_entries(&desc->partial) + check_entries(&desc->full) +
                   check_entries(&desc->empty);
    list_each (link, &areas_used) {
        const struct mem_area *area = list_element(link, struct mem_area, link);
        if (area->user == slab_descs)
            damaged += check(find((void *)area->address));
    }
    return damaged;
    // END SOLUTION
}
