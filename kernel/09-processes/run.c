/* Programs that the kernel itself starts. See exec.h. */
#include "errno.h"
#include "exec.h"
#include "format.h"
#include "process.h"
#include "scheduler.h"
#include "slabs.h"

/* The process's own beginning: it becomes the program. */
static void run(void *argument) {
    struct arguments *arguments = argument;
    int error = process_exec(arguments->text, arguments);
    if (error)
        kprintf("%s: cannot be run (%s)\n", arguments->text, errno_meaning(error));
    free(arguments);
    if (error)
        process_exit(EXEC_FAILED);
    trap_return(process_frame(current_process));
}

int process_run(const struct arguments *arguments, struct process **process) {
    struct arguments *copy = alloc(sizeof *copy);
    if (!copy)
        return -ENOMEM;
    *copy = *arguments;
    int error = process_spawn(copy->text, run, copy, process);
    if (error) {
        free(copy);
        return error;
    }
    error = files_open_console(*process);
    if (error) {
        process_kill(*process, STATUS_KILLED);
        int32_t status;
        process_reap((*process)->pid, &status);
        free(copy);
    }
    return error;
}
