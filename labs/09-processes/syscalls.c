/* The system calls, but for those of memory. Contract: kernel/09-processes/syscall.h */
#include <stddef.h>

#include "dispatch.h"
#include "errno.h"
#include "exec.h"
#include "memory_calls.h"
#include "process.h"
#include "scheduler.h"
#include "todo.h"
#include "user.h"

#define TICK 10 /* milliseconds */

typedef int32_t (*call_fn)(const uint32_t *argument);

int32_t syscall_direct(const struct syscall *call) {
    TODO();
    return -ENOSYS;
}
