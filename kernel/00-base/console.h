/* The console: where people read what the kernel says and type what it shall do.
 *
 * This folder knows no device. The stage that has one registers it; what was printed before is
 * kept (the last CONSOLE_LOG_SIZE characters) and printed then.
 */
#ifndef MIROIR_CONSOLE_H
#define MIROIR_CONSOLE_H

#include "format.h"

#define CONSOLE_LOG_SIZE 4096

struct console {
    void (*put)(char c); /* prints C; may wait for the device */
    int (*get)(void);    /* returns the next character typed (0..255), or a negative errno */
};

/* Makes CONSOLE, which must live as long as the kernel, the console. */
void console_register(const struct console *console);

/* Prints C. A line feed is sent as carriage return and line feed. */
void console_put(char c);

/* Returns the console as a place to print to. */
struct sink console_sink(void);

/* Returns the next character typed (0..255), or -EAGAIN when there is none. Never waits. */
int console_get(void);

#endif
