/* System calls, from C. */
#include "lib.h"

int32_t syscall(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e) {
    int32_t result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                     : "memory");
    return result;
}

#define CALL(name, ...) syscall(SYS_##name, __VA_ARGS__)
#define AS_WORD(pointer) ((uint32_t)(pointer))

void exit(int code) {
    for (;;)
        CALL(exit, (uint32_t)code, 0, 0, 0, 0);
}

int write(int file, const void *from, size_t size) {
    return CALL(write, (uint32_t)file, AS_WORD(from), size, 0, 0);
}

int read(int file, void *to, size_t size) {
    return CALL(read, (uint32_t)file, AS_WORD(to), size, 0, 0);
}

int open(const char *name) {
    return CALL(open, AS_WORD(name), 0, 0, 0, 0);
}

int close(int file) {
    return CALL(close, (uint32_t)file, 0, 0, 0, 0);
}

int getpid(void) {
    return CALL(getpid, 0, 0, 0, 0, 0);
}

void yield(void) {
    CALL(yield, 0, 0, 0, 0, 0);
}

void sleep(uint32_t milliseconds) {
    CALL(sleep, milliseconds, 0, 0, 0, 0);
}

int fork(void) {
    return CALL(fork, 0, 0, 0, 0, 0);
}

int exec(const char *name, char *const *argv) {
    return CALL(exec, AS_WORD(name), AS_WORD(argv), 0, 0, 0);
}

int wait(int32_t *status) {
    return CALL(wait, AS_WORD(status), 0, 0, 0, 0);
}

void *mmap(void *hint, size_t size, uint32_t flags, int file, uint32_t offset) {
    return (void *)CALL(mmap, AS_WORD(hint), size, flags, (uint32_t)file, offset);
}

int munmap(void *address, size_t size) {
    return CALL(munmap, AS_WORD(address), size, 0, 0, 0);
}

int mprotect(void *address, size_t size, uint32_t rights) {
    return CALL(mprotect, AS_WORD(address), size, rights, 0, 0);
}

void *brk(void *end) {
    return (void *)CALL(brk, AS_WORD(end), 0, 0, 0, 0);
}

int shm_open(const char *name, size_t size) {
    return CALL(shm_open, AS_WORD(name), size, 0, 0, 0);
}
