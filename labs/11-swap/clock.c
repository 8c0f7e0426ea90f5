/* Which page goes next. Contract: kernel/11-swap/clock.h */
#include "clock.h"

#include "errno.h"
#include "todo.h"

int clock_choose(struct clock *clock, struct candidate *victim) {
    TODO();
    return -ENOSYS;
}
