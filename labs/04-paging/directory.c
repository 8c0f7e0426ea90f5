/* More directories, each with user space of its own. Contract: kernel/04-paging/directory.h */
#include "directory.h"

#include <stdbool.h>

#include "control.h"
#include "errno.h"
#include "mirror.h"
#include "panic.h"
#include "string.h"
#include "todo.h"

int directory_create(paddr_t *directory) {
    TODO();
    return -ENOSYS;
}

int directory_open(paddr_t directory) {
    TODO();
    return -ENOSYS;
}

int directory_close(void) {
    TODO();
    return -ENOSYS;
}

int directory_switch(paddr_t directory, paddr_t *previous) {
    TODO();
    return -ENOSYS;
}

int directory_destroy(paddr_t directory) {
    TODO();
    return -ENOSYS;
}
