/* What a user program can call: the system calls (syscall.h), and a small C library. */
#ifndef MIROIR_USER_LIB_H
#define MIROIR_USER_LIB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errno.h"
#include "syscall.h"

/* Every program has one. What it returns is its exit code. */
int main(int argc, char **argv);

/* ---- System calls: 0 or more, or a negative errno ---- */

/* Any call, by its number. */
int32_t syscall(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e);

void __attribute__((noreturn)) exit(int code);
int write(int file, const void *from, size_t size);
int read(int file, void *to, size_t size);
int open(const char *name);
int close(int file);
int getpid(void);
void yield(void);
void sleep(uint32_t milliseconds);
int fork(void);
int exec(const char *name, char *const *argv);
int wait(int32_t *status);
void *mmap(void *hint, size_t size, uint32_t flags, int file, uint32_t offset); /* or an error */
int munmap(void *address, size_t size);
int mprotect(void *address, size_t size, uint32_t rights);
void *brk(void *end);
int shm_open(const char *name, size_t size);

/* ---- The library ---- */

size_t strlen(const char *text);
int strcmp(const char *left, const char *right);
void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);

/* Returns the number that TEXT begins with, decimal, or hexadecimal with 0x. */
uint32_t number(const char *text);

/* Prints to the console: %d %u %x %s %c %%. */
void printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Memory: up to 64 KiB from the heap, which grows by brk(), more from a mapping of its own. NULL if
 * there is none. free() takes both back. */
void *malloc(size_t size);
void free(void *block);

/* Runs the program that ARGV begins with, and waits for it. Returns its status (process.h), or what
 * fork() failed with. */
int32_t run(char *const *argv);

#endif
