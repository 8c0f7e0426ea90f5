/* Formatted printing.
 *
 * Understood: %d %i %u %x %X %c %s %p %%, with a width, a leading 0 or -, and the sizes l, ll, z
 * (64-bit values in hexadecimal only: 64-bit division is not for a kernel this size). %p prints
 * 0x and eight digits. Anything else is printed as it stands, so that it is seen.
 */
#ifndef MIROIR_FORMAT_H
#define MIROIR_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Where characters go: PUT is called with each of them and with CONTEXT. */
struct sink {
    void (*put)(void *context, char c);
    void *context;
};

/* Formats into SINK. Returns the number of characters. */
int format_to(struct sink sink, const char *format, va_list arguments);

/* Formats into BUFFER, which holds SIZE bytes (1 or more): as much as fits, always terminated.
 * Returns the length of the whole text: SIZE or more says that it was cut. */
int format_buffer(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints to the console (console.h). Returns the number of characters. */
int kprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
