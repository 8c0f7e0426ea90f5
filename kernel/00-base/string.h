/* Bytes and C strings: the usual functions with their usual meaning (the compiler calls the first
 * four by itself). */
#ifndef MIROIR_STRING_H
#define MIROIR_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int byte, size_t count);
int memcmp(const void *left, const void *right, size_t count);

size_t strlen(const char *text);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t count);

/* Copies FROM into TO, which holds SIZE bytes (1 or more): as much as fits, always terminated.
 * Returns the length of FROM: SIZE or more says that it was cut. */
size_t strcopy(char *to, const char *from, size_t size);

/* Reads the whole of TEXT as a number, decimal or hexadecimal with 0x, into *VALUE.
 * Returns false, *VALUE untouched, when TEXT is anything else or does not fit in 64 bits. */
bool parse_number(const char *text, uint64_t *value);

#endif
