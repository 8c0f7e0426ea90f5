/* The values of an answer, as text. */
#include "format.h"
#include "probe.h"

static void put(void *context, char c) {
    struct probe_call *call = context;
    if (call->length < sizeof call->answer)
        call->answer[call->length] = c;
    call->length++; /* past the end too: that is how an overflow is noticed */
}

static void __attribute__((format(printf, 2, 3)))
print(struct probe_call *call, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    format_to((struct sink){put, call}, format, arguments);
    va_end(arguments);
}

void probe_hex(struct probe_call *call, uint64_t value) {
    print(call, " 0x%llx", value);
}

void probe_decimal(struct probe_call *call, int32_t value) {
    print(call, " %d", (int)value);
}

void probe_text(struct probe_call *call, const char *text) {
    print(call, " \"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            print(call, "\\%c", *text);
        else if (*text >= ' ' && *text <= '~')
            print(call, "%c", *text);
        else
            print(call, "\\x%02x", (unsigned)(unsigned char)*text);
    }
    print(call, "\"");
}
