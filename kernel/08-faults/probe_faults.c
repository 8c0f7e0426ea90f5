/* Commands for page faults: told to the kernel, and real ones. A space is named as in stage 07. */
#include <stddef.h>

#include "errno.h"
#include "faults.h"
#include "gdt.h"
#include "interrupts.h"
#include "io.h"
#include "probe.h"
#include "probe_mspace.h"
#include "resolve.h"

#define SPACE (probe_space(call->number[0]))
#define ADDRESS ((uint32_t)call->number[1])

PROBE(fault_decode, "error", "what kind of fault an error code tells of") {
    probe_hex(call, fault_decode((uint32_t)call->number[0]));
    return 0;
}

PROBE(vma_allows, "flags write", "whether an area with these flags allows a read or a write") {
    vma_t vma = {.flags = (uint32_t)call->number[0]};
    probe_hex(call, vma_allows(&vma, call->number[1]));
    return 0;
}

PROBE(mspace_fault, "space address error", "resolves a fault: the counters") {
    int error = mspace_fault(SPACE, ADDRESS, (uint32_t)call->number[2]);
    probe_sizes(call, SPACE);
    return error;
}

/* ---- The hooks, played by the kit ---- */

static struct played {
    uint32_t calls, vma, page, write;
    int result;
} absent;

static int play_absent(vma_t *vma, uint32_t page, bool write) {
    absent = (struct played){absent.calls + 1, (uint32_t)vma, page, write, absent.result};
    return absent.result;
}

PROBE(page_absent_hook, "[error]",
      "sets a hook that returns this errno, negated; without an argument, none: its last call") {
    probe_hex(call, absent.calls);
    probe_hex(call, absent.vma);
    probe_hex(call, absent.page);
    probe_hex(call, absent.write);
    absent = (struct played){.result = -(int)call->number[0]};
    page_absent_hook = call->count ? play_absent : NULL;
    return 0;
}

/* What fault_handle() did: who was asked, and whom it ended. */
static struct handled {
    uint32_t asked, space, address, error, ended, frame, end_address;
    int result;
    bool ends;
} handled;

static int play_resolver(mspace_t *mspace, uint32_t address, uint32_t error) {
    handled.asked++;
    handled.space = (uint32_t)mspace;
    handled.address = address;
    handled.error = error;
    return handled.result;
}

static bool play_end(struct trap_frame *frame, uint32_t address) {
    handled.ended++;
    handled.frame = (uint32_t)frame;
    handled.end_address = address;
    return handled.ends;
}

/* Has fault_handle() handle FRAME, the hooks being those above. */
static bool handle_played(struct trap_frame *frame, uint32_t address) {
    fault_resolver_fn resolver = fault_resolver;
    fault_end_fn end = fault_end_hook;
    fault_resolver = play_resolver;
    fault_end_hook = play_end;
    bool result = fault_handle(frame, address);
    fault_resolver = resolver;
    fault_end_hook = end;
    return result;
}

PROBE(fault_handle, "address error eip result ends",
      "handles a fault, with a resolver that returns the errno RESULT, negated, and an end that "
      "ENDS or not: what it returned; calls of the resolver, space, address, error; calls of the "
      "end, 1 if with that frame and address") {
    struct trap_frame frame = {.vector = TRAP_PAGE_FAULT, .error = (uint32_t)call->number[1]};
    frame.eip = (uint32_t)call->number[2];
    frame.cs = frame.error & FAULT_USER ? SELECTOR_USER_CODE : SELECTOR_KERNEL_CODE;
    handled = (struct handled){.result = -(int)call->number[3], .ends = call->number[4]};
    probe_hex(call, handle_played(&frame, (uint32_t)call->number[0]));
    probe_hex(call, handled.asked);
    probe_hex(call, handled.space);
    probe_hex(call, handled.address);
    probe_hex(call, handled.error);
    probe_hex(call, handled.ended);
    probe_hex(call, handled.frame == (uint32_t)&frame && handled.end_address == call->number[0]);
    return 0;
}

/* ---- What it costs ---- */

PROBE(fault_bench, "space address pages error",
      "cycles that resolving a fault at each of so many pages takes") {
    int error = 0;
    bool were_on = interrupts_save();
    uint64_t start = cpu_cycles();
    for (uint32_t i = 0; i < call->number[2] && !error; i++)
        error = mspace_fault(SPACE, ADDRESS + i * PAGE_SIZE, (uint32_t)call->number[3]);
    probe_hex(call, cpu_cycles() - start);
    interrupts_restore(were_on);
    return error;
}
