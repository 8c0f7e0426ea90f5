/* A fair copy of the boot loader's memory map. Contract: kernel/03-frames/memory_map.h */
#include "memory_map.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "format.h"
#include "todo.h"

int memory_map_fill(struct memory_area map[MEMORY_MAP_AREAS], const struct boot_info *info) {
    TODO();
    return -ENOSYS;
}

void memory_area_iter_init(struct memory_area_iter *iter,
                           const struct memory_area map[MEMORY_MAP_AREAS], uint32_t type) {
    TODO();
    *iter = (struct memory_area_iter){NULL, NULL, 0};
}

const struct memory_area *memory_area_next(struct memory_area_iter *iter) {
    TODO();
    return NULL;
}
