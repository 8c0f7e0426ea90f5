/* Four levels of tables with 64-bit entries, in software. Contract: kernel/04-paging/table4.h */
#include "table4.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "paging.h"
#include "string.h"
#include "todo.h"

int table4_init(struct table4 *space, void *pool, uint32_t tables) {
    TODO();
    *space = (struct table4){0};
    return -ENOSYS;
}

uint32_t table4_index(uint64_t address, uint32_t level) {
    TODO();
    return 0;
}

int table4_map(struct table4 *space, uint64_t page, uint64_t frame, uint64_t flags) {
    TODO();
    return -ENOSYS;
}

int table4_translate(const struct table4 *space, uint64_t address, uint64_t *physical) {
    TODO();
    return -ENOSYS;
}

int table4_unmap(struct table4 *space, uint64_t page) {
    TODO();
    return -ENOSYS;
}
