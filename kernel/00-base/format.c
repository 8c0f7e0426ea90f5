/* Formatted printing. */
#include "format.h"

#include <stdbool.h>
#include <stdint.h>

#include "string.h"

/* One conversion: %[-][0][width][l|ll|z]type. */
struct conversion {
    bool left, zero;
    int width;
    int longs; /* how many l's; z counts as one */
    char type;
};

struct output {
    struct sink sink;
    int count;
};

static void emit(struct output *out, char c) {
    out->sink.put(out->sink.context, c);
    out->count++;
}

static void pad(struct output *out, char c, int count) {
    while (count-- > 0)
        emit(out, c);
}

/* Prints PREFIX and then TEXT, filled up to the width: zeros go between the two. */
static void emit_field(struct output *out, struct conversion how, const char *prefix,
                       const char *text) {
    int missing = how.width - (int)strlen(prefix) - (int)strlen(text);
    if (!how.left && !how.zero)
        pad(out, ' ', missing);
    while (*prefix)
        emit(out, *prefix++);
    if (!how.left && how.zero)
        pad(out, '0', missing);
    while (*text)
        emit(out, *text++);
    if (how.left)
        pad(out, ' ', missing);
}

/* Writes VALUE's digits so that they end at END, and returns where they start. */
static char *decimal_digits(char *end, uint32_t value) {
    do
        *--end = (char)('0' + value % 10);
    while (value /= 10);
    return end;
}

static char *hexadecimal_digits(char *end, uint64_t value, bool capital) {
    const char *digits = capital ? "0123456789ABCDEF" : "0123456789abcdef";
    do
        *--end = digits[value & 15];
    while (value >>= 4);
    return end;
}

static void emit_number(struct output *out, struct conversion how, va_list *arguments) {
    char buffer[20], *end = buffer + sizeof buffer - 1;
    *end = '\0';
    if (how.type == 'd' || how.type == 'i') {
        int32_t value = va_arg(*arguments, int32_t);
        uint32_t magnitude = value < 0 ? 0 - (uint32_t)value : (uint32_t)value;
        emit_field(out, how, value < 0 ? "-" : "", decimal_digits(end, magnitude));
    } else if (how.type == 'u') {
        emit_field(out, how, "", decimal_digits(end, va_arg(*arguments, uint32_t)));
    } else {
        uint64_t value =
            how.longs > 1 ? va_arg(*arguments, uint64_t) : va_arg(*arguments, uint32_t);
        emit_field(out, how, "", hexadecimal_digits(end, value, how.type == 'X'));
    }
}

static void emit_pointer(struct output *out, va_list *arguments) {
    char buffer[12], *end = buffer + sizeof buffer - 1;
    struct conversion how = {.zero = true, .width = 10};
    *end = '\0';
    emit_field(out, how, "0x", hexadecimal_digits(end, va_arg(*arguments, uint32_t), false));
}

/* Reads a conversion that starts right after its %, and returns what follows it. */
static const char *parse_conversion(const char *format, struct conversion *how) {
    *how = (struct conversion){0};
    for (; *format == '-' || *format == '0'; format++) {
        how->left |= *format == '-';
        how->zero |= *format == '0';
    }
    for (; *format >= '0' && *format <= '9'; format++)
        how->width = how->width * 10 + (*format - '0');
    for (; *format == 'l' || *format == 'z'; format++)
        how->longs++;
    how->type = *format;
    return *format ? format + 1 : format;
}

static void convert(struct output *out, struct conversion how, va_list *arguments) {
    char one[2] = {0, 0};
    const char *text;
    switch (how.type) {
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
        emit_number(out, how, arguments);
        break;
    case 'p':
        emit_pointer(out, arguments);
        break;
    case 'c':
        one[0] = (char)va_arg(*arguments, int);
        emit_field(out, how, "", one);
        break;
    case 's':
        text = va_arg(*arguments, const char *);
        emit_field(out, how, "", text ? text : "(null)");
        break;
    case '%':
        emit(out, '%');
        break;
    default: /* unknown: show it */
        emit(out, '%');
        if (how.type)
            emit(out, how.type);
    }
}

int format_to(struct sink sink, const char *format, va_list arguments) {
    struct output out = {.sink = sink};
    va_list rest;
    va_copy(rest, arguments);
    while (*format) {
        if (*format != '%') {
            emit(&out, *format++);
            continue;
        }
        struct conversion how;
        format = parse_conversion(format + 1, &how);
        convert(&out, how, &rest);
    }
    va_end(rest);
    return out.count;
}

struct buffer {
    char *next, *last;
};

static void put_buffer(void *context, char c) {
    struct buffer *buffer = context;
    if (buffer->next < buffer->last)
        *buffer->next++ = c;
}

int format_buffer(char *buffer, size_t size, const char *format, ...) {
    struct buffer room = {buffer, buffer + size - 1};
    va_list arguments;
    va_start(arguments, format);
    int count = format_to((struct sink){put_buffer, &room}, format, arguments);
    va_end(arguments);
    *room.next = '\0';
    return count;
}
