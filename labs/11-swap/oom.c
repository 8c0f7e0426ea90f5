/* Who has to go when there is no room left. Contract: kernel/11-swap/oom.h */
#include "oom.h"

#include <stddef.h>

#include "absent.h"
#include "errno.h"
#include "format.h"
#include "todo.h"

struct process *oom_choose(void) {
    TODO();
    return NULL;
}

int out_of_memory(void) {
    TODO();
    return -ENOMEM;
}
