/* System calls: what user programs can ask of the kernel. Graded: exercises 5 to 9.
 *
 * A program puts a number into EAX, arguments into EBX, ECX, EDX, ESI and EDI, and executes
 * `int 0x80`. The result is in EAX: 0 or more, or a negative errno. No other register changes.
 * A number that is not listed is -ENOSYS. Included by the kernel and by the user library.
 */
#ifndef MIROIR_SYSCALL_H
#define MIROIR_SYSCALL_H

#include <stdint.h>

#define SYSCALL_VECTOR 0x80
#define SYSCALL_ARGUMENTS 5
#define SYSCALL_TRANSFER 512u /* bytes that one read or write moves at most */

/* name, number, arguments. Pointers are checked: -EFAULT (user.h). Texts that name something are
 * shorter than FILE_NAME_SIZE (files.h), otherwise -E2BIG; -ENOMEM is possible everywhere.
 *
 * exit(code)             does not return; process_exit()
 * write(file, from, n)   to the console; returns how many of N bytes, SYSCALL_TRANSFER at most;
 *                        -EBADF, -EPERM (file_write())
 * read(file, to, n)      file_read() of N bytes, SYSCALL_TRANSFER at most, also if N is 0: returns how
 *                        many, 0 at the end; -EBADF
 * open(name)             file_open()
 * close(file)            file_close()
 * getpid()               returns the caller's pid
 * yield()                0, after the others that are ready have run
 * sleep(milliseconds)    0, after that many or more: rounded up to ticks of 10 ms
 * fork()                 process_fork()
 * exec(name, argv)       process_exec() with arguments_from_user(): returns only errors
 * wait(to)               process_wait() for any child: returns its pid, and stores its status, 32
 *                        bits, at TO unless that is 0; -ECHILD. -EFAULT: no child has been reaped
 * mmap(address, n, flags, file, offset)
 *                        maps N bytes, rounded up to pages: mspace_map() of an inode, or of ANON
 *                        memory if FILE is -1 (OFFSET must be 0 then). Pages come when they are
 *                        touched. ADDRESS is a hint. FLAGS are MAP_ values: rights, which are
 *                        capabilities too (a file also gets CAN_READ; private files and ANON memory
 *                        get all three), MAP_SHARED, of files and shared memory only, MAP_FIXED.
 *                        Returns the address: it has bit 31 set for half of user space, so results
 *                        from -4095 to -1 are errors, and no others.
 *                        -EINVAL for N 0, other flags, or a text or the console; -EBADF; -EPERM for
 *                        MAP_SHARED with MAP_WRITE of a file of the boot loader's; others as
 *                        mspace_map()
 * munmap(address, n)     mspace_unmap(), N rounded up to pages
 * mprotect(address, n, rights)
 *                        mspace_protect(), N rounded up to pages
 * brk(address)           makes the heap end at ADDRESS: [heap, brk) is readable and writable, by
 *                        areas of type HEAP, whose pages come when they are touched; pages that it
 *                        has lost are unmapped. Returns the end of the heap: ADDRESS, or if that is
 *                        impossible (below the heap's start, too far, in the way of something else,
 *                        no memory) or 0, the end as it was
 * shm_open(name, n)      shared_open()
 */
#define SYSCALL_LIST(X)                                                                            \
    X(exit, 1, 1)                                                                                  \
    X(write, 2, 3)                                                                                 \
    X(read, 3, 3)                                                                                  \
    X(open, 4, 1)                                                                                  \
    X(close, 5, 1)                                                                                 \
    X(getpid, 6, 0)                                                                                \
    X(yield, 7, 0)                                                                                 \
    X(sleep, 8, 1)                                                                                 \
    X(fork, 9, 0)                                                                                  \
    X(exec, 10, 2)                                                                                 \
    X(wait, 11, 1)                                                                                 \
    X(mmap, 12, 5)                                                                                 \
    X(munmap, 13, 2)                                                                               \
    X(mprotect, 14, 3)                                                                             \
    X(brk, 15, 1)                                                                                  \
    X(shm_open, 16, 2)

enum syscall_number {
#define SYSCALL_NUMBER(name, number, arguments) SYS_##name = number,
    SYSCALL_LIST(SYSCALL_NUMBER)
#undef SYSCALL_NUMBER
};

enum mmap_flags {
    MAP_EXEC = 1, /* the rights have the values of VMA_EXEC, VMA_WRITE and VMA_READ (vma.h) */
    MAP_WRITE = 2,
    MAP_READ = 4,
    MAP_SHARED = 8,
    MAP_FIXED = 16,
};

/* The result of mmap and brk is an address: this tells errors apart. */
#define SYSCALL_IS_ERROR(result) ((uint32_t)(result) > (uint32_t)-4096)

#endif
