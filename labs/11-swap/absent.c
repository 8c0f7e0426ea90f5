/* What is not in memory, and where it is instead. Contract: kernel/11-swap/absent.h */
#include "absent.h"

#include <stddef.h>

#include "errno.h"
#include "page.h"
#include "slabs.h"
#include "slots.h"
#include "todo.h"

struct list absent_sets = LIST_EMPTY(absent_sets);

int absent_add(const void *owner, uint32_t page, uint32_t slot) {
    TODO();
    return -ENOSYS;
}

uint32_t absent_find(const void *owner, uint32_t page) {
    TODO();
    return 0;
}

int absent_remove(const void *owner, uint32_t page) {
    TODO();
    return -ENOSYS;
}

uint32_t absent_forget(const void *owner, uint32_t start, uint32_t end) {
    TODO();
    return 0;
}

int absent_copy(const void *from, const void *to) {
    TODO();
    return -ENOSYS;
}

uint32_t absent_count(const void *owner) {
    TODO();
    return 0;
}
