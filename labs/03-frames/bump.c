/* Frames in rising order, never to come back. Contract: kernel/03-frames/bump.h */
#include "bump.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "todo.h"

void bump_init(struct bump_allocator *bump, struct memory_area_iter areas, uint32_t first_frame,
               uint32_t end_frame, paddr_t kernel_start, paddr_t kernel_end) {
    TODO();
    *bump = (struct bump_allocator){0};
}

int bump_alloc(struct bump_allocator *bump, uint32_t count, uint32_t *frame) {
    TODO();
    return -ENOSYS;
}

int bump_run(const struct bump_allocator *bump, struct frame_run *run) {
    TODO();
    return -ENOSYS;
}

uint32_t bump_free(const struct bump_allocator *bump) {
    TODO();
    return 0;
}

uint32_t bump_used(const struct bump_allocator *bump) {
    TODO();
    return 0;
}
