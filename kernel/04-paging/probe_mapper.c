/* Commands for mappers. The first argument of most is the mapper's slot: 1023 for the directory in
 * use, 1022 for the one that is open. */
#include "control.h"
#include "errno.h"
#include "interrupts.h"
#include "io.h"
#include "mapper.h"
#include "probe.h"

#define MAPPER ((struct mapper){(uint32_t)call->number[0]})
#define PAGE ((uint32_t)call->number[1])

PROBE(page_translate, "slot address", "the physical address that an address is translated to") {
    paddr_t physical = 0;
    int error = page_translate(MAPPER, PAGE, &physical);
    probe_hex(call, physical);
    return error;
}

PROBE(page_flags, "slot address", "the flags of the page that an address lies in") {
    uint32_t flags = 0;
    int error = page_flags(MAPPER, PAGE, &flags);
    probe_hex(call, flags);
    return error;
}

PROBE(page_map, "slot page flags", "maps a page to a frame of its own") {
    return page_flush(page_map(MAPPER, PAGE, (uint32_t)call->number[2]));
}

PROBE(page_map_to, "slot page frame flags", "maps a page to a frame") {
    return page_flush(
        page_map_to(MAPPER, PAGE, (paddr_t)call->number[2], (uint32_t)call->number[3]));
}

PROBE(page_remap, "slot page frame flags", "maps a page to another frame") {
    return page_flush(
        page_remap(MAPPER, PAGE, (paddr_t)call->number[2], (uint32_t)call->number[3]));
}

PROBE(page_protect, "slot page flags", "gives a page other flags") {
    return page_flush(page_protect(MAPPER, PAGE, (uint32_t)call->number[2]));
}

PROBE(page_unmap, "slot page", "unmaps a page") {
    return page_flush(page_unmap(MAPPER, PAGE));
}

PROBE(page_flush_all, "slot page count",
      "unmaps pages, flushing once: promises owed before and after, and the error") {
    struct page_flush_all all = {0};
    for (uint32_t i = 0; i < call->number[2]; i++)
        page_flush_add(&all, page_unmap(MAPPER, PAGE + i * PAGE_SIZE));
    probe_hex(call, page_flushes_pending);
    int error = page_flush_all(&all);
    probe_hex(call, page_flushes_pending);
    probe_text(call, error ? errno_name(error) : "");
    return all.count || all.error ? -EIO : 0;
}

PROBE(page_flush_ignore, "slot page flags", "maps a page that was not mapped, without a flush") {
    return page_flush_ignore(page_map(MAPPER, PAGE, (uint32_t)call->number[2]));
}

PROBE(page_flush_drop, "slot page flags", "maps a page, and owes the flush for ever") {
    struct page_flush dropped = page_map(MAPPER, PAGE, (uint32_t)call->number[2]);
    return dropped.error;
}

PROBE(cr3_reload, "", "makes the processor forget every translation that it remembers") {
    cr3_write(cr3_read());
    return 0;
}

PROBE(frame_view, "frame", "shows a frame to the kernel: where") {
    probe_hex(call, (uint32_t)frame_view((paddr_t)call->number[0]));
    return 0;
}

/* Maps PAGE to FRAME and unmaps it, COUNT times, every promise kept. */
static int map_and_unmap(uint32_t page, paddr_t frame, uint32_t count) {
    int error = 0;
    for (uint32_t i = 0; i < count && !error; i++) {
        error = page_flush(page_map_to(mapper_current, page, frame, PAGE_WRITE));
        if (!error)
            error = page_flush(page_unmap(mapper_current, page));
    }
    return error;
}

PROBE(page_bench, "page pairs",
      "cycles that so many pairs of page_map_to() and page_unmap() take, with their flushes") {
    paddr_t frame;
    int error = frame_alloc(1, ZONE_NORMAL, &frame);
    if (error)
        return error;
    bool were_on = interrupts_save();
    uint64_t start = cpu_cycles();
    error = map_and_unmap((uint32_t)call->number[0], frame, (uint32_t)call->number[1]);
    probe_hex(call, cpu_cycles() - start);
    interrupts_restore(were_on);
    frame_free(frame, 1);
    return error;
}
