/* The console, and the log of what was said before there was one. */
#include "console.h"

#include <stddef.h>

#include "errno.h"

static const struct console *device;
static char log_text[CONSOLE_LOG_SIZE];
static size_t log_count; /* characters logged so far; the last CONSOLE_LOG_SIZE are kept */

static void put_device(char c) {
    if (c == '\n')
        device->put('\r');
    device->put(c);
}

void console_register(const struct console *console) {
    size_t first = log_count > CONSOLE_LOG_SIZE ? log_count - CONSOLE_LOG_SIZE : 0;
    device = console;
    for (size_t i = first; i < log_count; i++)
        put_device(log_text[i % CONSOLE_LOG_SIZE]);
    log_count = 0;
}

void console_put(char c) {
    if (device)
        put_device(c);
    else
        log_text[log_count++ % CONSOLE_LOG_SIZE] = c;
}

static void put_to_sink(void *context, char c) {
    (void)context;
    console_put(c);
}

struct sink console_sink(void) {
    return (struct sink){put_to_sink, NULL};
}

int kprintf(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int count = format_to(console_sink(), format, arguments);
    va_end(arguments);
    return count;
}

int console_get(void) {
    return device ? device->get() : -EAGAIN;
}
