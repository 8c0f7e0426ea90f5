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
    TODO();
    return DEVICE_KINDS;
}

int32_t action_call(const struct syscall *call) {
    TODO();
    return syscall_direct(call);
}

int action_fault(mspace_t *space, uint32_t address, uint32_t error) {
    TODO();
    return mspace_fault(space, address, error);
}

void action_tick(void) {
    TODO();
    scheduler_tick();
}

int call_handle(struct device *device, const struct request *request,
                struct request_result *result) {
    TODO();
    return -ENOSYS;
}
