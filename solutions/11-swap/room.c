/* Room, made in time. Contract: kernel/11-swap/swap.h */
#include "errno.h"
#include "frames.h"
#include "slots.h"
#include "swap.h"
#include "todo.h"

uint32_t swap_free_frames(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return frames_free(ZONE_DMA) + frames_free(ZONE_NORMAL);
    // END SOLUTION
}

bool swap_make_room(uint32_t frames, uint32_t patience) {
    // BEGIN SOLUTION
    //| TODO();
    //| return false;
    struct candidate victim;
    uint32_t failures = 0;
    while (swap_free_frames() < frames && failures < patience &&
           !clock_choose(&page_clock, &victim))
        failures = swap_out(&victim) ? failures + 1 : 0;
    return swap_free_frames() >= frames;
    // END SOLUTION
}

void swap_keep_room(void) {
    // BEGIN SOLUTION
    //| TODO();
    if (swap_free_frames() < SWAP_LOW && slots_free())
        swap_make_room(SWAP_HIGH, SWAP_HIGH);
    // END SOLUTION
}

int32_t swap_call(const struct syscall *call) {
    // BEGIN SOLUTION
    //| TODO();
    //| return swap_next_call(call);
    swap_keep_room();
    int32_t result = swap_next_call(call);
    uint32_t frames = SWAP_HIGH;
    for (int i = 0; i < SWAP_TRIES && result == -ENOMEM && swap_make_room(frames, frames_managed());
         i++) {
        result = swap_next_call(call);
        frames *= 2;
    }
    return result;
    // END SOLUTION
}
