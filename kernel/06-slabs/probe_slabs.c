/* Commands for objects, and for what they are made of. */
#include "errno.h"
#include "interrupts.h"
#include "io.h"
#include "probe.h"
#include "slab_debug.h"
#include "slab_gather.h"

#define OBJECT ((void *)(uint32_t)call->number[0])
#define SIZE ((uint32_t)call->number[0])

/* Answers the address ADDRESS; where there is none, it says ENOMEM. */
static int answer(struct probe_call *call, const void *address) {
    probe_hex(call, (uint32_t)address);
    return address ? 0 : -ENOMEM;
}

PROBE(alloc, "size", "allocates an object: its address") {
    return answer(call, alloc(SIZE));
}

PROBE(alloc_zeroed, "size", "the same, filled with zeros") {
    return answer(call, alloc_zeroed(SIZE));
}

PROBE(free, "object", "gives an object back") {
    return free(OBJECT);
}

PROBE(realloc, "object size", "makes an object longer or shorter: its address then, or 0") {
    probe_hex(call, (uint32_t)realloc(OBJECT, (uint32_t)call->number[1]));
    return 0;
}

PROBE(alloc_capacity, "object", "how many bytes an object can hold") {
    probe_hex(call, alloc_capacity(OBJECT));
    return 0;
}

PROBE(large_alloc, "size", "allocates an area for an object: its address") {
    return answer(call, large_alloc(SIZE));
}

PROBE(large_free, "object", "gives such an object back") {
    return large_free(OBJECT);
}

PROBE(slab_desc_for, "size", "the size of the chunks for objects of a size; 0 if there is none") {
    const struct slab_desc *desc = slab_desc_for(SIZE);
    probe_hex(call, desc ? desc->size : 0);
    return 0;
}

PROBE(slab_entry_of, "address", "the entry that an address lies in") {
    probe_hex(call, (uint32_t)slab_entry_of(OBJECT));
    return 0;
}

PROBE(slabs_start, "", "starts, if the kernel was started with `slabs=later`") {
    return slabs_start();
}

PROBE(descriptor_give, "descriptor", "gives an area's descriptor, or the pool's, back") {
    descriptor_give(OBJECT);
    return 0;
}

PROBE(slabs_trim, "", "gives back every empty entry, after the descriptors have moved together") {
    slabs_gather();
    slabs_trim();
    return 0;
}

PROBE(slabs_check, "", "in debug mode, looks for objects that were spoiled: how many") {
    probe_decimal(call, (int32_t)slabs_check());
    return 0;
}

static uint32_t count(const struct list *list) {
    uint32_t elements = 0;
    list_each (link, list)
        elements++;
    return elements;
}

PROBE(slabs, "", "of each size: chunk size; entries that are partial, full, empty") {
    for (const struct slab_desc *desc = slab_descs; desc < slab_descs + SLAB_SIZES; desc++) {
        probe_decimal(call, (int32_t)desc->size);
        probe_decimal(call, (int32_t)count(&desc->partial));
        probe_decimal(call, (int32_t)count(&desc->full));
        probe_decimal(call, (int32_t)count(&desc->empty));
    }
    return 0;
}

/* Entries that the kit makes, so that chunks can be tried before anything can grow. */
#define ADOPTED 8

PROBE(slab_adopt, "size",
      "makes an entry of the chunks of a size, in their list empty: its address") {
    static struct slab_entry adopted[ADOPTED];
    static uint32_t adopted_count;
    void *base;
    struct slab_desc *desc = slab_desc_for(SIZE);
    if (!desc || adopted_count == ADOPTED)
        return -EINVAL;
    int error = area_alloc(desc->pages, &base);
    if (error)
        return error;
    struct slab_entry *entry = &adopted[adopted_count++];
    slab_entry_init(entry, desc, base);
    list_prepend(&desc->empty, &entry->link);
    return answer(call, entry);
}

PROBE(chunk_take, "size", "takes a chunk of a size, whatever the mode: its address") {
    struct slab_desc *desc = slab_desc_for(SIZE);
    return desc ? answer(call, chunk_take(desc)) : -EINVAL;
}

PROBE(chunk_put, "chunk", "puts such a chunk back") {
    struct slab_entry *entry = slab_entry_of(OBJECT);
    if (!entry)
        return -EINVAL;
    chunk_put(entry, OBJECT);
    return 0;
}
