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

int memory_init(void) {
    TODO();
    return -ENOSYS;
}

uint32_t memory_available(const struct memory_device *memory) {
    TODO();
    return 0;
}

int memory_ask(struct memory_device *memory, const struct memory_need *need, uint32_t *handle) {
    TODO();
    return -ENOSYS;
}

int allocator_send(struct memory_allocator *allocator, const struct memory_need *need,
                   uint32_t *handle) {
    TODO();
    return -ENOSYS;
}

int memory_handle(struct device *device, const struct request *request,
                  struct request_result *result) {
    TODO();
    return -ENOSYS;
}
