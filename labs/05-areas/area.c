/* Runs of kernel pages. Contract: kernel/05-areas/areas.h */
#include "areas.h"

#include <stddef.h>

#include "errno.h"
#include "layout.h"
#include "mapper.h"
#include "todo.h"

struct list areas_used = LIST_EMPTY(areas_used), areas_free = LIST_EMPTY(areas_free);

int areas_init(uint32_t address, uint32_t pages) {
    TODO();
    return -ENOSYS;
}

uint32_t areas_free_pages(void) {
    TODO();
    return 0;
}

int area_alloc(uint32_t pages, void **address) {
    TODO();
    return -ENOSYS;
}

struct mem_area *area_of(const void *address) {
    TODO();
    return NULL;
}

int area_free(void *address) {
    TODO();
    return -ENOSYS;
}
