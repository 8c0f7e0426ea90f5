/* Who has which frame of physical memory. Contract: kernel/03-frames/frames.h */
#include "frames.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "todo.h"

int frames_init(const struct memory_area map[MEMORY_MAP_AREAS], paddr_t kernel_end) {
    TODO();
    return -ENOSYS;
}

int frame_alloc(uint32_t count, enum zone zone, paddr_t *address) {
    TODO();
    return -ENOSYS;
}

int frame_ref(paddr_t address) {
    TODO();
    return -ENOSYS;
}

int frame_free(paddr_t address, uint32_t count) {
    TODO();
    return -ENOSYS;
}

struct frame *frame_at(paddr_t address) {
    TODO();
    return NULL;
}

uint32_t frame_references(paddr_t address) {
    TODO();
    return 0;
}

uint32_t frames_free(enum zone zone) {
    TODO();
    return 0;
}

uint32_t frames_total(enum zone zone) {
    TODO();
    return 0;
}

uint32_t frames_managed(void) {
    TODO();
    return 0;
}

paddr_t frames_end(void) {
    TODO();
    return 0;
}
