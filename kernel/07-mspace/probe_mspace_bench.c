/* Commands that measure what address spaces cost. */
#include "errno.h"
#include "interrupts.h"
#include "io.h"
#include "mspace.h"
#include "pages.h"
#include "probe.h"
#include "probe_mspace.h"

#define STRIDE (2 * PAGE_SIZE)

PROBE(mspace_crowd, "space count", "maps so many areas of one page, a page apart, from the start") {
    mspace_t *mspace = probe_space(call->number[0]);
    int error = 0;
    for (uint32_t i = 0; i < call->number[1] && !error; i++) {
        uint32_t place = mspace->lower_bound + i * STRIDE;
        error = mspace_map(mspace, &place, PAGE_SIZE, 0, 0, 0, VMA_FG_ANON | VMA_MAP_FIXED);
    }
    return error;
}

PROBE(mspace_bench, "space address pairs",
      "cycles that so many pairs of mspace_map(), at an address, and mspace_unmap() take") {
    mspace_t *mspace = probe_space(call->number[0]);
    int error = 0;
    bool were_on = interrupts_save();
    uint64_t start = cpu_cycles();
    for (uint32_t i = 0; i < call->number[2] && !error; i++) {
        uint32_t place = (uint32_t)call->number[1];
        error = mspace_map(mspace, &place, PAGE_SIZE, 0, 0, 0, VMA_FG_ANON);
        if (!error)
            error = mspace_unmap(mspace, place, PAGE_SIZE);
    }
    probe_hex(call, cpu_cycles() - start);
    interrupts_restore(were_on);
    return error;
}

PROBE(mspace_search_bench, "space count",
      "cycles that finding each of mspace_crowd's areas takes") {
    mspace_t *mspace = probe_space(call->number[0]);
    uint32_t missing = 0;
    bool were_on = interrupts_save();
    uint64_t start = cpu_cycles();
    for (uint32_t i = 0; i < call->number[1]; i++)
        missing += !mspace_search_vma(mspace, mspace->lower_bound + i * STRIDE + 1);
    probe_hex(call, cpu_cycles() - start);
    interrupts_restore(were_on);
    return missing ? -ENOENT : 0;
}

PROBE(vma_pages_bench, "area",
      "cycles of all that goes through an area's pages: next, update, remove") {
    vma_t *vma = (vma_t *)(uint32_t)call->number[0];
    bool were_on = interrupts_save();
    uint64_t start = cpu_cycles();
    vma_pages_next(vma, vma->node.value);
    probe_hex(call, cpu_cycles() - start);
    start = cpu_cycles();
    vma_pages_update(vma);
    probe_hex(call, cpu_cycles() - start);
    start = cpu_cycles();
    vma_pages_remove(vma);
    probe_hex(call, cpu_cycles() - start);
    interrupts_restore(were_on);
    return 0;
}
