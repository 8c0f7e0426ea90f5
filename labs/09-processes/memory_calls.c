/* The system calls of memory. Contract: kernel/09-processes/syscall.h, memory_calls.h */
#include "memory_calls.h"

#include <stdbool.h>

#include "errno.h"
#include "process.h"
#include "syscall.h"
#include "todo.h"

int32_t call_mmap(const uint32_t *argument) {
    TODO();
    return -ENOSYS;
}

int32_t call_munmap(const uint32_t *argument) {
    TODO();
    return -ENOSYS;
}

int32_t call_mprotect(const uint32_t *argument) {
    TODO();
    return -ENOSYS;
}

int32_t call_brk(const uint32_t *argument) {
    TODO();
    return -ENOSYS;
}
