/* A request: what every action is asked for by. The format, byte for byte.
 *
 * The specification, in words and with examples, is requests.md among the handouts. A request is 44
 * bytes, a result 16; numbers are little-endian, and no byte is left over.
 */
#ifndef MIROIR_REQUEST_H
#define MIROIR_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "device.h"

#define REQUEST_VERSION 1
#define REQUEST_ARGUMENTS 6

struct request {
    uint16_t version;                      /* REQUEST_VERSION */
    device_id_t device;                    /* whom it is for */
    uint8_t reserved;                      /* 0 */
    uint16_t nature;                       /* what is asked for: enum request_nature */
    uint16_t reason;                       /* why: enum request_reason */
    uint32_t sender;                       /* who asks: the process's number, 0 for the kernel */
    uint32_t need;                         /* how much; the unit depends on the nature */
    uint32_t arguments[REQUEST_ARGUMENTS]; /* by nature; those that it has no use for are 0 */
    uint32_t ticket; /* 0 in what is submitted; in what the handler sees, the request's handle */
};

struct request_result {
    uint32_t ticket; /* the request's handle */
    int32_t status;  /* what the handler returned: 0 or more, or a negative errno */
    uint32_t value;  /* by nature */
    uint32_t pages;  /* pages of user space that have a frame now and had none before */
};

/* Copies *FROM to *TO, eleven words, by one instruction that repeats itself; of an assignment the
 * compiler makes a loop of five. */
static inline void request_copy(struct request *to, const struct request *from) {
    void *target = to;
    const void *source = from;
    uint32_t words = sizeof *to / 4;
    __asm__("rep movsl" : "+D"(target), "+S"(source), "+c"(words), "=m"(*to) : "m"(*from));
}

/* ---- Natures ----
 *
 * The high byte of a nature is the kind of device that understands it, the low byte, 1 to 15, its
 * number among those of that kind.
 *
 * name, kind, number, unit of the need, least and greatest need, arguments, text */
#define REQUEST_NATURES(X)                                                                         \
    X(NATURE_MEMORY_CALL, DEVICE_MEMORY, 1, NONE, 0, 0, 6, "memory call")                          \
    X(NATURE_FAULT, DEVICE_MEMORY, 2, PAGES, 1, 1, 3, "fault")                                     \
    X(NATURE_CHUNK_ALLOC, DEVICE_MEMORY, 3, BYTES, 1, CHUNK_MAX, 0, "chunk alloc")                 \
    X(NATURE_CHUNK_FREE, DEVICE_MEMORY, 4, NONE, 0, 0, 1, "chunk free")                            \
    X(NATURE_CHUNK_INFO, DEVICE_MEMORY, 5, NONE, 0, 0, 1, "chunk info")                            \
    X(NATURE_CONSOLE_CALL, DEVICE_CONSOLE, 1, NONE, 0, 0, 6, "console call")                       \
    X(NATURE_TIMER_CALL, DEVICE_TIMER, 1, NONE, 0, 0, 6, "timer call")                             \
    X(NATURE_TICK, DEVICE_TIMER, 2, TICKS, 1, 1, 0, "tick")                                        \
    X(NATURE_PROCESSOR_CALL, DEVICE_PROCESSOR, 1, NONE, 0, 0, 6, "processor call")                 \
    X(NATURE_ECHO, DEVICE_TEST, 1, BYTES, 0, 0xffffffff, 6, "echo")                                \
    X(NATURE_TRY, DEVICE_TEST, 2, PAGES, 3, 9, 1, "try")

#define CHUNK_MAX 0x07fff000 /* bytes in a chunk, at most: 128 MiB with its red zone (chunk.h) */

enum request_nature {
#define NATURE_VALUE(name, kind, number, unit, least, most, arguments, text)                       \
    name = (kind) << 8 | (number),
    REQUEST_NATURES(NATURE_VALUE)
#undef NATURE_VALUE
};

/* A system call that a device of KIND carries out: its arguments are the number of the call and
 * what the program gave it; the result's value is what the program gets. */
#define NATURE_CALL(kind) ((kind) << 8 | 1)

enum request_unit { UNIT_NONE, UNIT_BYTES, UNIT_PAGES, UNIT_TICKS };

struct request_format {
    const char *text; /* NULL: there is no such nature */
    enum request_unit unit;
    uint32_t least, most; /* the need, bounds included */
    uint32_t arguments;   /* how many it has */
};

#define NATURE_NUMBERS 16

/* What is known of each nature, by kind and number. Provided by the kit; a later stage adds those
 * of its devices. */
extern struct request_format request_formats[DEVICE_KINDS][NATURE_NUMBERS];

/* Returns what is known of NATURE; NULL if there is no such nature. */
static inline const struct request_format *request_format(uint16_t nature) {
    if (nature >= DEVICE_KINDS << 8 || (nature & 0xff) >= NATURE_NUMBERS)
        return NULL;
    const struct request_format *format = &request_formats[nature >> 8][nature & 0xff];
    return format->text ? format : NULL;
}

/* ---- Reasons ---- */

enum request_reason {
    BECAUSE_CALL = 1,    /* a program made a system call */
    BECAUSE_MISSING = 2, /* it touched a page that has no frame */
    BECAUSE_DENIED = 3,  /* it touched a page in a way that the page does not allow */
    BECAUSE_TIME = 4,    /* time has passed */
    BECAUSE_KERNEL = 5,  /* the kernel itself wants it, on nobody's behalf */
};

/* ---- What makes a request malformed ----
 *
 * Any of these, whatever the device:
 *   - the version is not REQUEST_VERSION
 *   - reserved or ticket is not 0
 *   - there is no such nature (request_format()), or its high byte is not the device's kind
 *   - the reason is not one of enum request_reason
 *   - the need is less than the nature's least, or over its most
 *   - an argument after those that the nature has is not 0
 */

_Static_assert(sizeof(struct request) == 44, "as the specification says");
_Static_assert(sizeof(struct request_result) == 16, "as the specification says");

#endif
