/* Places on the disk, and the frames that have the same bytes. Contract: kernel/11-swap/slots.h */
#include "slots.h"

#include <stddef.h>

#include "errno.h"
#include "frames.h"
#include "slabs.h"
#include "todo.h"

struct slot *slots;

int slots_init(uint32_t blocks) {
    TODO();
    return -ENOSYS;
}

int slot_take(uint32_t *slot) {
    TODO();
    return -ENOSYS;
}

int slot_ref(uint32_t slot) {
    TODO();
    return -ENOSYS;
}

int slot_drop(uint32_t slot) {
    TODO();
    return -ENOSYS;
}

uint32_t slots_total(void) {
    TODO();
    return 0;
}

uint32_t slots_free(void) {
    TODO();
    return 0;
}

void slot_link(uint32_t slot, paddr_t frame) {
    TODO();
}

paddr_t slot_frame(uint32_t slot) {
    TODO();
    return 0;
}

uint32_t frame_slot(paddr_t frame) {
    TODO();
    return 0;
}

void frame_unlink(paddr_t frame) {
    TODO();
}

void slot_hold(uint32_t slot, paddr_t frame) {
    TODO();
}

void slot_release(uint32_t slot) {
    TODO();
}
