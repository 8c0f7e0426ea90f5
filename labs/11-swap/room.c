/* Room, made in time. Contract: kernel/11-swap/swap.h */
#include "errno.h"
#include "frames.h"
#include "slots.h"
#include "swap.h"
#include "todo.h"

uint32_t swap_free_frames(void) {
    TODO();
    return 0;
}

bool swap_make_room(uint32_t frames, uint32_t patience) {
    TODO();
    return false;
}

void swap_keep_room(void) {
    TODO();
}

int32_t swap_call(const struct syscall *call) {
    TODO();
    return swap_next_call(call);
}
