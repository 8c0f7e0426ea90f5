/* A spin lock, on a machine that has one processor. Given by the kit.
 *
 * Nobody ever waits here: whoever finds the lock taken has taken it himself, further up, and would
 * wait for ever. So it does not spin; it panics, and says where the lock was taken. That finds the
 * function that forgot to unlock on one of its ways out.
 */
#ifndef MIROIR_SPLOCK_H
#define MIROIR_SPLOCK_H

#include <stdint.h>

/* Starts as { 0 }: free. */
typedef struct splock {
    uint32_t locked;  /* 1 or 0 */
    const char *file; /* where it was taken last */
    uint32_t line;
} splock_t;

/* Takes LOCK. Panics if it is taken already, with the place where it was taken. */
#define splock_lock(lock) splock_lock_at(lock, __FILE__, __LINE__)

/* Gives LOCK back. Panics if it is not taken. */
#define splock_unlock(lock) splock_unlock_at(lock, __FILE__, __LINE__)

void splock_lock_at(splock_t *lock, const char *file, uint32_t line);
void splock_unlock_at(splock_t *lock, const char *file, uint32_t line);

#endif
