/* A spin lock on one processor: nobody can wait, so a wait is a mistake. See splock.h. */
#include "splock.h"

#include "panic.h"

void splock_lock_at(splock_t *lock, const char *file, uint32_t line) {
    if (lock->locked)
        panic("lock wanted by %s:%u was taken by %s:%u, and not given back", file, line, lock->file,
              lock->line);
    *lock = (splock_t){1, file, line};
}

void splock_unlock_at(splock_t *lock, const char *file, uint32_t line) {
    if (!lock->locked)
        panic("lock given back by %s:%u is not taken", file, line);
    lock->locked = 0;
}
