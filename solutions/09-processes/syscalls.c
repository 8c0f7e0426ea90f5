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

// BEGIN SOLUTION
static int32_t call_exit(const uint32_t *argument) {
    process_exit((int32_t)argument[0]);
}

/* Reads into the user's memory, through a buffer of the kernel's. Nothing may be held here that an
 * end of the process, while it waits for the console, would not give back. */
static int32_t call_read(const uint32_t *argument) {
    char buffer[SYSCALL_TRANSFER];
    struct file *file = file_at(current_process, argument[0]);
    uint32_t size = argument[2] < sizeof buffer ? argument[2] : sizeof buffer;
    int32_t error = file ? user_check(argument[1], size, true) : -EBADF;
    if (error)
        return error;
    int32_t result = file_read(file, buffer, size);
    if (result > 0)
        error = copy_to_user(argument[1], buffer, (uint32_t)result);
    return error ? error : result;
}

static int32_t call_write(const uint32_t *argument) {
    char buffer[SYSCALL_TRANSFER];
    struct file *file = file_at(current_process, argument[0]);
    uint32_t size = argument[2] < sizeof buffer ? argument[2] : sizeof buffer;
    int32_t error = file ? copy_from_user(buffer, argument[1], size) : -EBADF;
    return error ? error : file_write(file, buffer, size);
}

static int32_t call_open(const uint32_t *argument) {
    char name[FILE_NAME_SIZE];
    int result = copy_text_from_user(name, argument[0], sizeof name);
    return result < 0 ? result : file_open(current_process, name);
}

static int32_t call_close(const uint32_t *argument) {
    return file_close(current_process, argument[0]);
}

static int32_t call_getpid(const uint32_t *argument) {
    return (int32_t)current_process->pid;
}

static int32_t call_yield(const uint32_t *argument) {
    scheduler_yield();
    return 0;
}

static int32_t call_sleep(const uint32_t *argument) {
    scheduler_sleep(argument[0] / TICK + (argument[0] % TICK != 0));
    return 0;
}

static int32_t call_fork(const uint32_t *argument) {
    return process_fork();
}

static int32_t call_exec(const uint32_t *argument) {
    char name[FILE_NAME_SIZE];
    struct arguments arguments;
    int result = copy_text_from_user(name, argument[0], sizeof name);
    if (result >= 0)
        result = arguments_from_user(&arguments, argument[1]);
    return result ? result : process_exec(name, &arguments);
}

static int32_t call_wait(const uint32_t *argument) {
    int32_t status;
    int32_t error = argument[0] ? user_check(argument[0], sizeof status, true) : 0;
    if (error)
        return error;
    int32_t pid = process_wait(0, &status);
    if (pid > 0 && argument[0])
        error = copy_to_user(argument[0], &status, sizeof status);
    return error ? error : pid;
}

static int32_t call_shm_open(const uint32_t *argument) {
    char name[FILE_NAME_SIZE];
    int result = copy_text_from_user(name, argument[0], sizeof name);
    return result < 0 ? result : shared_open(current_process, name, argument[1]);
}
// END SOLUTION

int32_t syscall_direct(const struct syscall *call) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    static const call_fn calls[] = {
#define SYSCALL_FUNCTION(name, number, arguments) [number] = call_##name,
        SYSCALL_LIST(SYSCALL_FUNCTION)
#undef SYSCALL_FUNCTION
    };
    if (call->number >= sizeof calls / sizeof *calls || !calls[call->number])
        return -ENOSYS;
    return calls[call->number](call->argument);
    // END SOLUTION
}
