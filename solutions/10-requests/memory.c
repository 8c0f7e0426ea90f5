/* The memory device and its allocator. Contract: kernel/10-requests/memory.h */
#include "memory.h"

#include "actions.h"
#include "chunk.h"
#include "errno.h"
#include "faults.h"
#include "frames.h"
#include "manager.h"
#include "page.h"
#include "process.h"
#include "string.h"
#include "todo.h"
#include "trace.h"

struct memory_device memory_device;

// BEGIN SOLUTION
static struct memory_allocator allocator;
// END SOLUTION

int memory_init(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct memory_device *memory = &memory_device;
    device_id_make(DEVICE_MEMORY, 1, &memory->device.id);
    memory->device.name = "memory";
    memory->device.handle = memory_handle;
    memory->size = (frames_total(ZONE_DMA) + frames_total(ZONE_NORMAL)) * PAGE_SIZE;
    memory->allocator = &allocator;
    allocator.device = memory->device.id;
    return device_register(&memory->device);
    // END SOLUTION
}

uint32_t memory_available(const struct memory_device *memory) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return (frames_free(ZONE_DMA) + frames_free(ZONE_NORMAL)) * PAGE_SIZE;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Returns a request to DEVICE with what NEED says; the rest is still to be gathered. */
static struct request request_for(device_id_t device, const struct memory_need *need) {
    struct request request = {.device = device, .nature = need->nature, .need = need->amount};
    memcpy(request.arguments, need->arguments, sizeof request.arguments);
    return request;
}
// END SOLUTION

int memory_ask(struct memory_device *memory, const struct memory_need *need, uint32_t *handle) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct request passed_on = request_for(memory->device.id, need);
    trace_add(TRACE_DEVICE, &passed_on, NULL);
    return allocator_send(memory->allocator, need, handle);
    // END SOLUTION
}

int allocator_send(struct memory_allocator *allocator, const struct memory_need *need,
                   uint32_t *handle) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct request request = request_for(allocator->device, need);
    request.version = REQUEST_VERSION;
    request.reason = need->reason;
    request.sender = request_context();
    trace_add(TRACE_ALLOCATOR, &request, NULL);
    int error = request_submit(&request, handle);
    allocator->sent += !error;
    return error;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Returns the space that REQUEST is about; NULL if its sender is no process. */
static mspace_t *space_of(const struct request *request) {
    if (request->nature == NATURE_FAULT)
        return (mspace_t *)request->arguments[2];
    if (!request->sender)
        return mspace_current;
    struct process *process = process_find(request->sender);
    return process ? process->mspace : NULL;
}

static int handle_info(const struct request *request, struct request_result *result) {
    const chunk_t *chunk;
    int error = chunk_info(request->sender, request->arguments[0], &chunk);
    if (error)
        return error;
    result->value = chunk->size;
    return chunk->corrupted;
}

static int handle_free(const struct request *request, struct request_result *result) {
    bool corrupted = false;
    int error = chunk_free(request->sender, request->arguments[0], &corrupted);
    result->value = corrupted;
    return error;
}

static int handle_in(mspace_t *space, const struct request *request,
                     struct request_result *result) {
    switch (request->nature) {
    case NATURE_FAULT:
        return mspace_fault(space, request->arguments[0], request->arguments[1]);
    case NATURE_CHUNK_ALLOC:
        return chunk_alloc(request->sender, space, request->need, &result->value);
    case NATURE_CHUNK_FREE:
        return handle_free(request, result);
    default:
        return handle_info(request, result);
    }
}
// END SOLUTION

int memory_handle(struct device *device, const struct request *request,
                  struct request_result *result) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (request->nature == NATURE_MEMORY_CALL)
        return call_handle(device, request, result);
    mspace_t *space = space_of(request);
    if (!space)
        return -ENOENT;
    uint32_t before = pages_present(space);
    int status = handle_in(space, request, result);
    uint32_t after = pages_present(space);
    result->pages = after > before ? after - before : 0;
    return status;
    // END SOLUTION
}
