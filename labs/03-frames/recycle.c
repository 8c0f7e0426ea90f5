/* A bump allocator that frames come back to. Contract: kernel/03-frames/recycle.h */
#include "recycle.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "todo.h"

void recycle_init(struct recycle_allocator *recycle, struct frame *frames,
                  const struct bump_allocator *bump) {
    TODO();
    recycle->bump = *bump;
    recycle->frames = frames;
    list_init(&recycle->free);
    recycle->listed = 0;
}

int recycle_alloc(struct recycle_allocator *recycle, uint32_t count, uint32_t *frame) {
    TODO();
    return -ENOSYS;
}

int recycle_free(struct recycle_allocator *recycle, uint32_t frame, uint32_t count) {
    TODO();
    return -ENOSYS;
}

uint32_t recycle_free_frames(const struct recycle_allocator *recycle) {
    TODO();
    return 0;
}
