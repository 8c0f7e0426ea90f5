/* The one list of errors. A function that can fail returns 0 or more when it succeeds and one of
 * these, negated, when it does not: `return -ENOMEM;`. */
#ifndef MIROIR_ERRNO_H
#define MIROIR_ERRNO_H

/* name, value (those of Linux, so that a debugger or strace speaks the same language), meaning */
#define ERRNO_LIST(X)                                                                              \
    X(EPERM, 1, "not permitted")                                                                   \
    X(ENOENT, 2, "no such thing")                                                                  \
    X(EIO, 5, "the device failed")                                                                 \
    X(E2BIG, 7, "too long")                                                                        \
    X(ENOEXEC, 8, "not an executable")                                                             \
    X(EBADF, 9, "not an open handle")                                                              \
    X(ECHILD, 10, "no child")                                                                      \
    X(EAGAIN, 11, "not now, try again")                                                            \
    X(ENOMEM, 12, "out of memory")                                                                 \
    X(EFAULT, 14, "bad address")                                                                   \
    X(EBUSY, 16, "in use")                                                                         \
    X(EEXIST, 17, "exists already")                                                                \
    X(ENODEV, 19, "no such device")                                                                \
    X(EINVAL, 22, "bad argument")                                                                  \
    X(ENOSPC, 28, "no room left")                                                                  \
    X(ERANGE, 34, "out of range")                                                                  \
    X(ENOSYS, 38, "not written yet")

enum errno {
#define ERRNO_VALUE(name, value, meaning) name = value,
    ERRNO_LIST(ERRNO_VALUE)
#undef ERRNO_VALUE
};

/* Returns the name of ERROR ("ENOMEM"), which may be negated or not; "E?" for one not listed. */
const char *errno_name(int error);

/* Returns what ERROR means, in a few words. */
const char *errno_meaning(int error);

#endif
