/* Stage 10 joins the kernel: the devices are there, and all actions go through the manager from now
 * on; all or none, so that a device that is missing does not leave the kernel without calls. With
 * the word `requests=off` on the command line, or after the command `gates 0`, actions are carried
 * out directly, as before: then nobody but whoever types has requests in the queue. */
#include <stddef.h>

#include "actions.h"
#include "chunk.h"
#include "errno.h"
#include "faults.h"
#include "format.h"
#include "initcall.h"
#include "manager.h"
#include "memory.h"
#include "options.h"
#include "probe.h"
#include "process.h"
#include "scheduler.h"

_Static_assert(REQUEST_SLOTS > PROCESS_LIMIT, "each process may wait in a handler");

static uint32_t current_pid(void) {
    return current_process->pid;
}

uint32_t (*request_context)(void) = current_pid;

static struct device devices[] = {
    {{DEVICE_CONSOLE << 4}, "console", call_handle},
    {{DEVICE_TIMER << 4}, "timer", call_handle},
    {{DEVICE_PROCESSOR << 4}, "processor", call_handle},
};

static int register_devices(void) {
    int error = memory_init();
    for (size_t i = 0; i < sizeof devices / sizeof *devices && !error; i++)
        error = device_register(&devices[i]);
    return error;
}

static void forget_process(struct process *process) {
    request_forget(process->pid);
    chunks_forget(process->pid);
}

int32_t (**gate_of_calls)(const struct syscall *call) = &syscall_dispatch;
int (**gate_of_faults)(mspace_t *space, uint32_t address, uint32_t error) = &fault_resolver;

static void open_gates(bool open) {
    *gate_of_calls = open ? action_call : syscall_direct;
    *gate_of_faults = open ? action_fault : mspace_fault;
    scheduler_on_tick = open ? action_tick : scheduler_tick;
}

PROBE(gates, "open", "whether actions go through the manager (1) or not (0)") {
    open_gates(call->number[0]);
    return 0;
}

static void start_requests(void) {
    int error = register_devices();
    if (error) {
        kprintf("requests: none (%s)\n", errno_meaning(error));
        return;
    }
    open_gates(!boot_option("requests=off"));
    process_end_hook = forget_process;
    kprintf("requests: memory device of %u KiB\n", memory_device.size / 1024);
}
INITCALL(start_requests);
