/* Commands for the disk, for what becomes of pages, and for the end of all room. */
#include <stddef.h>

#include "disk.h"
#include "errno.h"
#include "frames.h"
#include "interrupts.h"
#include "io.h"
#include "manager.h"
#include "oom.h"
#include "page_fault.h"
#include "pages.h"
#include "probe.h"
#include "slots.h"
#include "swap.h"

PROBE(disk, "", "blocks of the disk; reads, writes and errors so far") {
    probe_hex(call, disk.blocks);
    probe_hex(call, disk.reads);
    probe_hex(call, disk.writes);
    probe_hex(call, disk.errors);
    return 0;
}

PROBE(disk_fail, "skip count reads writes [again]",
      "has so many transfers fail after so many: those that read (1), those that write (1)") {
    disk_fail((uint32_t)call->number[0], (uint32_t)call->number[1], call->number[2],
              call->number[3], (uint32_t)call->number[4]);
    return 0;
}

/* What is to go while somebody waits for the disk, after so many transfers. */
static struct {
    uint32_t skip;
    struct candidate victim;
} meanwhile;

static void have_it_go(void) {
    if (meanwhile.skip--)
        return;
    disk_meanwhile = NULL;
    swap_out(&meanwhile.victim);
}

PROBE(swap_out_meanwhile, "skip cached number page",
      "has a page go while somebody waits for the disk, after so many transfers") {
    meanwhile.skip = (uint32_t)call->number[0];
    meanwhile.victim = (struct candidate){.is_cached = call->number[1],
                                          .number = (uint32_t)call->number[2],
                                          .page = (uint32_t)call->number[3]};
    disk_meanwhile = have_it_go;
    return 0;
}

/* What was to be seen of the transfers, and of the slot of the first, when one was over. */
static struct {
    uint32_t count;
    struct swap_transfer first;
    struct slot slot;
} watched;

static void look_at_transfers(void) {
    disk_meanwhile = NULL;
    watched.count = 0;
    list_each (link, &swap_transfers)
        if (!watched.count++)
            watched.first = *list_element(link, struct swap_transfer, link);
    if (watched.count) {
        watched.slot = slots[watched.first.slot];
        watched.slot.frame = slot_frame(watched.first.slot);
    }
}

PROBE(transfers_watch, "", "has the transfers be looked at when the next one is over") {
    watched.count = 0;
    disk_meanwhile = look_at_transfers;
    return 0;
}

PROBE(transfers_watched, "",
      "how many there were; of the first pid and slot; of the slot references, held and frame") {
    probe_hex(call, watched.count);
    probe_hex(call, watched.first.pid);
    probe_hex(call, watched.first.slot);
    probe_hex(call, watched.slot.references);
    probe_hex(call, watched.slot.held);
    probe_hex(call, watched.slot.frame);
    return 0;
}

PROBE(swap_transfer, "slot frame write", "writes a frame to a slot, or reads it") {
    return swap_transfer((uint32_t)call->number[0], (uint32_t)call->number[1], call->number[2]);
}

/* What is left of a request when its handler asks for a transfer. */
static int transfer_in_handler(struct device *device, const struct request *request,
                               struct request_result *result) {
    return swap_transfer(request->arguments[0], request->arguments[1], request->arguments[2]);
}

PROBE(swap_transfer_in_handler, "slot frame write", "the same, in the handler of another request") {
    static struct device device = {{DEVICE_TEST << 4 | 15}, "nested", transfer_in_handler};
    struct request request = {.version = REQUEST_VERSION,
                              .device = device.id,
                              .nature = NATURE_ECHO,
                              .reason = BECAUSE_KERNEL,
                              .arguments = {(uint32_t)call->number[0], (uint32_t)call->number[1],
                                            (uint32_t)call->number[2]}};
    struct request_result result;
    int error = device_register(&device);
    if (error)
        return error;
    error = request_perform(&request, &result);
    device_remove(device.id);
    return error ? error : result.status;
}

PROBE(page_way, "space page frame", "what becomes of a page that shows this frame when it goes") {
    mspace_t *mspace = (mspace_t *)(uint32_t)call->number[0];
    const vma_t *vma = mspace_search_vma(mspace, (uint32_t)call->number[1]);
    if (!vma)
        return -ENOENT;
    probe_hex(call, page_way(vma, (uint32_t)call->number[1], (uint32_t)call->number[2]));
    return 0;
}

PROBE(swap_bring, "inode offset size", "has what is absent of a cache come back") {
    return swap_bring((inode_t *)(uint32_t)call->number[0], (uint32_t)call->number[1],
                      (uint32_t)call->number[2]);
}

PROBE(swap_make_room, "frames [patience]",
      "has pages go until so many frames are free: 1 if that went well") {
    uint32_t patience = call->count > 1 ? (uint32_t)call->number[1] : frames_managed();
    probe_hex(call, swap_make_room((uint32_t)call->number[0], patience));
    probe_hex(call, swap_free_frames());
    return 0;
}

PROBE(swap_keep_room, "", "makes room if there is little: how many frames are free") {
    swap_keep_room();
    probe_hex(call, swap_free_frames());
    return 0;
}

static uint32_t calls, failures;

static int32_t fail_first(const struct syscall *call) {
    return calls++ < failures ? -ENOMEM : (int32_t)call->number;
}

PROBE(swap_call, "number times",
      "a system call that fails with ENOMEM so often: result, and calls") {
    int32_t (*next)(const struct syscall *call) = swap_next_call;
    struct syscall made = {.number = (uint32_t)call->number[0]};
    calls = 0;
    failures = (uint32_t)call->number[1];
    swap_next_call = fail_first;
    int32_t result = swap_call(&made);
    swap_next_call = next;
    probe_decimal(call, result);
    probe_hex(call, calls);
    return 0;
}

static int failure;

static int fail_fault(mspace_t *mspace, uint32_t address, uint32_t error) {
    return calls++ < failures ? failure : 0;
}

PROBE(swap_fault, "space address error times [slot]",
      "a fault that fails with ENOMEM so often, or wants a slot: result, and tries") {
    int (*next)(mspace_t * mspace, uint32_t address, uint32_t error) = swap_next_fault;
    calls = 0;
    failures = (uint32_t)call->number[3];
    failure = call->count > 4 ? -EAGAIN : -ENOMEM;
    swap_wanted = (uint32_t)call->number[4];
    swap_next_fault = fail_fault;
    int error = swap_fault((mspace_t *)(uint32_t)call->number[0], (uint32_t)call->number[1],
                           (uint32_t)call->number[2]);
    swap_next_fault = next;
    probe_decimal(call, error);
    probe_hex(call, calls);
    return 0;
}

PROBE(oom_choose, "", "the pid of the process that has to go, 0 for nobody") {
    const struct process *process = oom_choose();
    probe_hex(call, process ? process->pid : 0);
    return 0;
}

PROBE(out_of_memory, "", "ends the process that has to go") {
    return out_of_memory();
}

/* Has the pages of PROCESS in the range go and come back. */
static int go_and_come(struct process *process, uint32_t start, uint32_t end) {
    int error = 0;
    for (uint32_t page = start; page < end && !error; page += PAGE_SIZE) {
        struct candidate victim = {.number = process->pid, .page = page};
        error = swap_out(&victim);
        if (!error)
            error = swap_fault(process->mspace, page, FAULT_USER);
    }
    return error;
}

/* Maps COUNT pages anywhere in MSPACE, and writes to them. */
static int map_pages(mspace_t *mspace, uint32_t count, uint32_t *start) {
    *start = 0;
    int error = mspace_map(mspace, start, count * PAGE_SIZE, NULL, 0, 0, VMA_FG_ANON);
    for (uint32_t i = 0; i < count && !error; i++)
        error = swap_fault(mspace, *start + i * PAGE_SIZE, FAULT_WRITE | FAULT_USER);
    return error;
}

PROBE(swap_bench, "pid pages", "cycles in which so many new pages of an actor go and come back") {
    struct process *process = process_find((uint32_t)call->number[0]);
    uint32_t start, count = (uint32_t)call->number[1];
    int error = process ? map_pages(process->mspace, count, &start) : -ENOENT;
    bool were_on = interrupts_save();
    uint64_t before = cpu_cycles();
    if (!error)
        error = go_and_come(process, start, start + count * PAGE_SIZE);
    probe_hex(call, cpu_cycles() - before);
    interrupts_restore(were_on);
    return error;
}
