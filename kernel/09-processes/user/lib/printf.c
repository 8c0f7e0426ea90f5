/* Formatted printing, a line at a time: what is printed together stays together. */
#include "lib.h"

struct line {
    char text[128];
    size_t length;
};

static void flush(struct line *line) {
    write(1, line->text, line->length);
    line->length = 0;
}

static void put(struct line *line, char c) {
    line->text[line->length++] = c;
    if (line->length == sizeof line->text)
        flush(line);
}

static void put_text(struct line *line, const char *text) {
    while (*text)
        put(line, *text++);
}

static void put_number(struct line *line, uint32_t value, uint32_t base) {
    char digits[10];
    int count = 0;
    do
        digits[count++] = "0123456789abcdef"[value % base];
    while (value /= base);
    while (count)
        put(line, digits[--count]);
}

static void put_signed(struct line *line, int32_t value) {
    if (value < 0)
        put(line, '-');
    put_number(line, value < 0 ? 0 - (uint32_t)value : (uint32_t)value, 10);
}

static void put_argument(struct line *line, char kind, va_list *arguments) {
    if (kind == 'd')
        put_signed(line, va_arg(*arguments, int32_t));
    else if (kind == 'u' || kind == 'x')
        put_number(line, va_arg(*arguments, uint32_t), kind == 'u' ? 10 : 16);
    else if (kind == 's')
        put_text(line, va_arg(*arguments, const char *));
    else if (kind == 'c')
        put(line, (char)va_arg(*arguments, int));
    else
        put(line, kind);
}

void printf(const char *format, ...) {
    struct line line = {.length = 0};
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format == '%' && format[1])
            put_argument(&line, *++format, &arguments);
        else
            put(&line, *format);
    }
    va_end(arguments);
    flush(&line);
}
