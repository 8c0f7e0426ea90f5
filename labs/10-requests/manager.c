/* The request manager. Contract: kernel/10-requests/manager.h */
#include "manager.h"

#include <stdbool.h>

#include "errno.h"
#include "interrupts.h"
#include "list.h"
#include "todo.h"
#include "trace.h"

int request_submit(const struct request *request, uint32_t *handle) {
    TODO();
    return -ENOSYS;
}

int request_run(void) {
    TODO();
    return -ENOSYS;
}

int request_fetch(uint32_t handle, uint32_t sender, struct request_result *result) {
    TODO();
    return -ENOSYS;
}

int request_perform(const struct request *request, struct request_result *result) {
    TODO();
    return -ENOSYS;
}

uint32_t request_forget(uint32_t sender) {
    TODO();
    return 0;
}

uint32_t request_waiting(void) {
    TODO();
    return 0;
}
