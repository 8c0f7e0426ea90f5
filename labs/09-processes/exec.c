/* A program in the place of another. Contract: kernel/09-processes/exec.h */
#include "exec.h"

#include "elf.h"
#include "errno.h"
#include "faults.h"
#include "panic.h"
#include "process.h"
#include "string.h"
#include "todo.h"
#include "user.h"

int arguments_add(struct arguments *arguments, const char *word) {
    TODO();
    return -ENOSYS;
}

int arguments_from_user(struct arguments *arguments, uint32_t argv) {
    TODO();
    return -ENOSYS;
}

int process_exec(const char *name, const struct arguments *arguments) {
    TODO();
    return -ENOSYS;
}
