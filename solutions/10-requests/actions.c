/* Every action is a request. Contract: kernel/10-requests/actions.h */
#include "actions.h"

#include "chunk.h"
#include "errno.h"
#include "faults.h"
#include "manager.h"
#include "memory.h"
#include "process.h"
#include "scheduler.h"
#include "todo.h"
#include "trace.h"
#include "user.h"

uint32_t call_device(uint32_t number) {
    // BEGIN SOLUTION
    //| TODO();
    //| return DEVICE_KINDS;
    switch (number) {
    case SYS_mmap:
    case SYS_munmap:
    case SYS_mprotect:
    case SYS_brk:
    case SYS_shm_open:
    case SYS_chunk_alloc:
    case SYS_chunk_free:
    case SYS_chunk_info:
        return DEVICE_MEMORY;
    case SYS_write:
    case SYS_read:
    case SYS_open:
    case SYS_close:
        return DEVICE_CONSOLE;
    case SYS_sleep:
        return DEVICE_TIMER;
    default:
        return DEVICE_PROCESSOR;
    }
    // END SOLUTION
}

// BEGIN SOLUTION
/* A system call is in a request as it is: its number, then what the program gave it. */
_Static_assert(sizeof(struct syscall) == sizeof((struct request *)0)->arguments,
               "a call fills the arguments");

/* Makes *REQUEST that of the current process to device 1 of KIND, which carries out CALL. Every
 * field is given: if any were left out, the compiler would clear all of them first. */
static inline void formulate(struct request *request, uint32_t kind, const struct syscall *call) {
    const uint32_t *given = call->argument;
    *request = (struct request){
        .version = REQUEST_VERSION,
        .device = {(uint8_t)(kind << 4)},
        .reserved = 0,
        .nature = (uint16_t)NATURE_CALL(kind),
        .reason = BECAUSE_CALL,
        .sender = current_process->pid,
        .need = 0,
        .arguments = {call->number, given[0], given[1], given[2], given[3], given[4]},
        .ticket = 0,
    };
}

/* Returns what the program that makes the call in REQUEST needs of memory. */
static struct memory_need need_of(const struct request *request) {
    const uint32_t *given = request->arguments;
    struct memory_need need = {.reason = BECAUSE_CALL};
    switch (given[0]) {
    case SYS_chunk_alloc:
        need.nature = NATURE_CHUNK_ALLOC;
        need.amount = given[1];
        break;
    case SYS_chunk_free:
    case SYS_chunk_info:
        need.nature = given[0] == SYS_chunk_free ? NATURE_CHUNK_FREE : NATURE_CHUNK_INFO;
        need.arguments[0] = given[1];
        break;
    default:
        need.nature = NATURE_MEMORY_CALL;
        for (uint32_t i = 0; i < REQUEST_ARGUMENTS; i++)
            need.arguments[i] = given[i];
    }
    return need;
}

/* Asks for NEED, and waits for what comes of it. Returns 0 if there is a result. */
static int satisfy(const struct memory_need *need, struct request_result *result) {
    uint32_t handle;
    int error = memory_ask(&memory_device, need, &handle);
    if (error)
        return error;
    int handled = request_run();
    return handled < 0 ? handled : request_fetch(handle, current_process->pid, result);
}

/* Stores what RESULT says of a chunk at TO, in the program's memory. */
static int32_t store_info(const struct request_result *result, uint32_t to) {
    uint32_t info[] = {result->value, (uint32_t)result->status};
    return copy_to_user(to, info, sizeof info);
}
// END SOLUTION

int32_t action_call(const struct syscall *call) {
    // BEGIN SOLUTION
    //| TODO();
    //| return syscall_direct(call);
    struct request request;
    struct request_result result;
    int error;
    uint32_t kind = call_device(call->number);
    formulate(&request, kind, call);
    trace_add(TRACE_CALL, &request, NULL);
    if (kind == DEVICE_MEMORY) {
        struct memory_need need = need_of(&request);
        error = satisfy(&need, &result);
    } else {
        error = request_perform(&request, &result);
    }
    if (error || result.status < 0)
        return error ? error : result.status;
    return call->number == SYS_chunk_info ? store_info(&result, call->argument[1])
                                          : (int32_t)result.value;
    // END SOLUTION
}

int action_fault(mspace_t *space, uint32_t address, uint32_t error) {
    // BEGIN SOLUTION
    //| TODO();
    //| return mspace_fault(space, address, error);
    struct request_result result;
    struct memory_need need = {
        .nature = NATURE_FAULT,
        .reason = error & FAULT_PRESENT ? BECAUSE_DENIED : BECAUSE_MISSING,
        .amount = 1,
        .arguments = {address, error, (uint32_t)space},
    };
    int failure = satisfy(&need, &result);
    if (failure == -EBUSY)
        return mspace_fault(space, address, error);
    return failure ? failure : result.status;
    // END SOLUTION
}

void action_tick(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| scheduler_tick();
    struct request_result result;
    struct request request = {
        .version = REQUEST_VERSION, .nature = NATURE_TICK, .reason = BECAUSE_TIME, .need = 1};
    device_id_make(DEVICE_TIMER, 1, &request.device);
    request_perform(&request, &result);
    // END SOLUTION
}

// BEGIN SOLUTION
/* Returns the pages that the current process, which had BEFORE of them in SPACE, has won by the
 * call NUMBER, which returned VALUE. */
static uint32_t pages_won(uint32_t number, int32_t value, const mspace_t *space, uint32_t before) {
    struct process *child = number == SYS_fork && value > 0 ? process_find((uint32_t)value) : NULL;
    uint32_t won = child ? pages_present(child->mspace) : 0;
    uint32_t after = pages_present(current_process->mspace);
    if (current_process->mspace != space)
        before = 0;
    return won + (after > before ? after - before : 0);
}
// END SOLUTION

int call_handle(struct device *device, const struct request *request,
                struct request_result *result) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (request->nature == NATURE_TICK) {
        scheduler_tick();
        return 0;
    }
    const struct syscall *call = (const struct syscall *)request->arguments;
    const mspace_t *space = current_process->mspace;
    uint32_t before = pages_present(space);
    int32_t value = syscall_direct(call);
    result->value = (uint32_t)value;
    result->pages = pages_won(call->number, value, space, before);
    if (current_process->mspace != space)
        chunks_forget(current_process->pid);
    return SYSCALL_IS_ERROR(value) ? value : 0;
    // END SOLUTION
}
