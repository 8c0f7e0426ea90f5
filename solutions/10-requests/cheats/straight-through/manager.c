/* cheat, earns at most 0 in: test_copy, test_full, test_sender, test_recursion, test_context, test_forgotten_results, test_forget, test_any */
/* Has no queue: a request is carried out the moment it is submitted, and the results are kept. What is
 * asked of the queue is answered as if there were one. */
#include "manager.h"

#include <stdbool.h>

#include "errno.h"
#include "trace.h"

static struct request_result results[REQUEST_SLOTS];
static uint32_t senders[REQUEST_SLOTS], count, waiting;

static bool is_right(const struct request *request) {
    const struct request_format *format = request_format(request->nature);
    if (!format || request->version != REQUEST_VERSION || request->reserved || request->ticket)
        return false;
    for (uint32_t i = format->arguments; i < REQUEST_ARGUMENTS; i++)
        if (request->arguments[i])
            return false;
    return request->nature >> 8 == (int)device_id_kind(request->device) && request->reason &&
           request->reason <= BECAUSE_KERNEL && request->need >= format->least &&
           request->need <= format->most;
}

static int carry_out(struct device *device, const struct request *request,
                     struct request_result *result) {
    if (!device->handle)
        return -ENOSYS;
    trace_add(TRACE_HANDLER, request, NULL);
    return device->handle(device, request, result);
}

int request_submit(const struct request *request, uint32_t *handle) {
    if (!is_right(request))
        return -EINVAL;
    struct device *device = device_find(request->device);
    if (!device)
        return -ENODEV;
    struct request mine = *request;
    *handle = mine.ticket = ++count;
    waiting++;
    struct request_result *result = &results[count % REQUEST_SLOTS];
    *result = (struct request_result){.ticket = count};
    senders[count % REQUEST_SLOTS] = mine.sender;
    trace_add(TRACE_SUBMIT, &mine, NULL);
    result->status = carry_out(device, &mine, result);
    trace_add(TRACE_RESULT, &mine, result);
    return 0;
}

int request_run(void) {
    int handled = (int)waiting;
    waiting = 0;
    return handled;
}

int request_fetch(uint32_t handle, uint32_t sender, struct request_result *result) {
    struct request_result *kept = &results[handle % REQUEST_SLOTS];
    if (!handle || kept->ticket != handle)
        return -EBADF;
    if (senders[handle % REQUEST_SLOTS] != sender)
        return -EPERM;
    *result = *kept;
    kept->ticket = 0;
    return 0;
}

int request_perform(const struct request *request, struct request_result *result) {
    uint32_t handle;
    int error = request_submit(request, &handle);
    return error ? error : request_fetch(handle, request->sender, result);
}

uint32_t request_forget(uint32_t sender) {
    return 0;
}

uint32_t request_waiting(void) {
    return waiting;
}
