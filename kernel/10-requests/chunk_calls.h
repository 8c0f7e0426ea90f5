/* System calls for chunks: they continue SYSCALL_LIST (syscall.h). Included by the kernel and by
 * user programs. Graded: exercise 7. */
#ifndef MIROIR_CHUNK_CALLS_H
#define MIROIR_CHUNK_CALLS_H

/* name, number, arguments.
 *
 * chunk_alloc(n)         returns the address of a chunk of N bytes, whose owner the program is
 * chunk_free(chunk)      gives it back: 0, or 1 if it was corrupted; -EPERM, -ENOENT (chunk.h)
 * chunk_info(chunk, to)  stores the chunk's size, and 1 or 0 for whether it is corrupted, two words
 *                        of 32 bits, at TO; returns 0; -EPERM, -ENOENT, -EFAULT */
#define CHUNK_CALLS(X)                                                                             \
    X(chunk_alloc, 32, 1)                                                                          \
    X(chunk_free, 33, 1)                                                                           \
    X(chunk_info, 34, 2)

enum chunk_call {
#define CHUNK_CALL(name, number, arguments) SYS_##name = number,
    CHUNK_CALLS(CHUNK_CALL)
#undef CHUNK_CALL
};

#endif
