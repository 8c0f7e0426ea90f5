/* Commands for the mirror's arithmetic. */
#include "errno.h"
#include "mirror.h"
#include "probe.h"

#define SLOT ((uint32_t)call->number[0])
#define ADDRESS ((uint32_t)call->number[1])

PROBE(mirror_window, "slot", "where the window of a slot starts") {
    probe_hex(call, mirror_window(SLOT));
    return 0;
}

PROBE(mirror_table, "slot index", "where it shows the table of slot `index`") {
    probe_hex(call, mirror_table(SLOT, ADDRESS));
    return 0;
}

PROBE(mirror_directory, "slot", "where it shows the directory") {
    probe_hex(call, mirror_directory(SLOT));
    return 0;
}

PROBE(mirror_pte, "slot address", "where it shows the page table entry for an address") {
    probe_hex(call, mirror_pte(SLOT, ADDRESS));
    return 0;
}

PROBE(mirror_pde, "slot address", "where it shows the directory entry for an address") {
    probe_hex(call, mirror_pde(SLOT, ADDRESS));
    return 0;
}
