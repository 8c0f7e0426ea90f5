/* Stage 11 joins the kernel: with a disk, pages can go. Under the policy `paging=eager`, which promises
 * that no page ever comes late, they stay. */
#include <stddef.h>

#include "absent.h"
#include "actions.h"
#include "disk.h"
#include "errno.h"
#include "faults.h"
#include "format.h"
#include "initcall.h"
#include "probe.h"
#include "resolve.h"
#include "slots.h"
#include "swap.h"

int (*swap_next_fault)(mspace_t *mspace, uint32_t address, uint32_t error) = mspace_fault;
int32_t (*swap_next_call)(const struct syscall *call) = syscall_direct;

static void (*next_end)(struct process *process);

static void forget_process(struct process *process) {
    if (next_end)
        next_end(process);
    disk_forget(process);
    transfers_forget(process->pid);
}

static void set_hooks(void) {
    swap_next_fault = fault_resolver;
    swap_next_call = syscall_dispatch;
    next_end = process_end_hook;
    gate_of_faults = &swap_next_fault;
    gate_of_calls = &swap_next_call;
    fault_resolver = swap_fault;
    syscall_dispatch = swap_call;
    process_end_hook = forget_process;
    page_absent_hook = swap_absent;
    file_bring_hook = swap_bring;
    mspace_forget_hook = swap_forget;
    mspace_clone_hook = swap_clone;
    inode_forget_hook = swap_forget_inode;
}

static void start_swap(void) {
    int error = mspace_eager ? -EPERM : disk_init();
    if (!error)
        error = slots_init(disk.blocks);
    if (error) {
        kprintf("swap: off (%s)\n", errno_meaning(error));
        return;
    }
    set_hooks();
    kprintf("swap: %u KiB on the disk\n", slots_total() * (PAGE_SIZE / 1024));
}
INITCALL(start_swap);

/* A disk that takes no time, and keeps nothing. */
static int do_nothing(struct device *device, const struct request *request,
                      struct request_result *result) {
    return 0;
}

PROBE(swap_on, "blocks", "without a disk: has pages go nowhere, to see what that costs") {
    if (disk.blocks)
        return -EBUSY;
    disk.blocks = (uint32_t)call->number[0];
    disk.device.handle = do_nothing;
    int error = slots_init(disk.blocks);
    if (!error)
        error = disk_register();
    if (!error)
        set_hooks();
    return error;
}
