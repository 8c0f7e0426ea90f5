/* Commands for the tables of four levels. */
#include "errno.h"
#include "probe.h"
#include "table4.h"

static struct table4 space;

PROBE(table4_init, "pool tables", "starts an address space in a pool of tables: the root") {
    int error = table4_init(&space, (void *)(uint32_t)call->number[0], (uint32_t)call->number[1]);
    probe_hex(call, (uint32_t)space.root);
    return error;
}

PROBE(table4_index, "address:64 level", "the entry that an address goes through at a level") {
    probe_hex(call, table4_index(call->number[0], (uint32_t)call->number[1]));
    return 0;
}

PROBE(table4_map, "page:64 frame:64 flags:64", "maps a page") {
    return space.root ? table4_map(&space, call->number[0], call->number[1], call->number[2])
                      : -ENODEV;
}

PROBE(table4_translate, "address:64", "what an address is translated to") {
    uint64_t physical = 0;
    int error = space.root ? table4_translate(&space, call->number[0], &physical) : -ENODEV;
    probe_hex(call, physical);
    return error;
}

PROBE(table4_unmap, "page:64", "unmaps a page") {
    return space.root ? table4_unmap(&space, call->number[0]) : -ENODEV;
}

PROBE(table4_free, "", "how many tables of the pool are not in use") {
    probe_hex(call, space.free);
    return 0;
}
