/* Which page goes next. Contract: kernel/11-swap/clock.h */
#include "clock.h"

#include "errno.h"
#include "todo.h"

int clock_choose(struct clock *clock, struct candidate *victim) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    for (int rounds = 0; rounds < 3;) {
        int passed = clock->source->next(&clock->hand);
        if (passed < 0)
            return -ENOENT;
        rounds += passed;
        if (rounds < 3 && clock->source->look(&clock->hand) == LOOK_OLD) {
            *victim = clock->hand;
            return 0;
        }
    }
    return -ENOENT;
    // END SOLUTION
}
