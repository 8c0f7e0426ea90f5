/* The last words of a kernel, said twice: to the grader first, since the console's driver may be
 * what is broken, then to people. */
#include "panic.h"

#include <stdbool.h>

#include "backtrace.h"
#include "console.h"
#include "format.h"
#include "io.h"
#include "probe_port.h"

struct last_words {
    const char *place; /* file:line function, or the function alone */
    const char *format;
    va_list arguments;
    struct call_stack calls;
};

static void print_to(struct sink sink, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    format_to(sink, format, arguments);
    va_end(arguments);
}

/* Lines marked by '!' are those of the probe's protocol that no request asked for. */
static void say(struct sink sink, const char *mark, struct last_words *words) {
    print_to(sink, "\n%spanic %s: ", mark, words->place);
    format_to(sink, words->format, words->arguments);
    for (int i = 0; i < words->calls.count; i++) {
        /* The call ends where it returns to: what was called last may be the next function there. */
        uint32_t offset, returned = i >= words->calls.standing;
        uint32_t address = words->calls.address[i];
        const char *name = symbol_name(address - returned, &offset);
        print_to(sink, "\n%s%s 0x%x %s+0x%x", mark, returned ? "in" : "at", address, name,
                 offset + returned);
    }
    print_to(sink, "\n%send\n", mark);
}

static void __attribute__((noreturn)) die(struct last_words *words) {
    static bool dying;
    if (!dying) { /* of a panic inside a panic, the first is the one that matters */
        dying = true;
        say(probe_port_sink(), "! ", words);
        say(console_sink(), "", words);
    }
    cpu_stop();
}

void panic_at(const char *file, int line, const char *function, const char *format, ...) {
    char place[128];
    struct last_words words = {.place = place, .format = format};
    format_buffer(place, sizeof place, "%s:%d %s()", file, line, function);
    va_start(words.arguments, format);
    backtrace(&words.calls, 0, (uint32_t)__builtin_frame_address(0));
    die(&words);
}

void panic_from(uint32_t eip, uint32_t ebp, const char *format, ...) {
    char place[128];
    uint32_t offset;
    struct last_words words = {.place = place, .format = format};
    format_buffer(place, sizeof place, "%s()", symbol_name(eip, &offset));
    va_start(words.arguments, format);
    backtrace(&words.calls, eip, ebp);
    die(&words);
}
