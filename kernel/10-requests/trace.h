/* The trace: what has become of the last requests, step by step. Given by the kit.
 *
 * A ring in memory, for people (the command `requests`) and for the checks, which read it from
 * outside. What every request leaves here five times over must be cheap: steps that follow one
 * another share an entry, and trace_add() is inline.
 */
#ifndef MIROIR_TRACE_H
#define MIROIR_TRACE_H

#include "request.h"

#define TRACE_SIZE 512 /* entries that are kept */

/* The steps on a request's way; name, value, what the command `requests` calls it. */
#define TRACE_STEPS(X)                                                                             \
    X(TRACE_CALL, 1, "call")           /* a system call has come; argument: its number */          \
    X(TRACE_DEVICE, 2, "device")       /* the memory device has been told of a need */             \
    X(TRACE_ALLOCATOR, 3, "allocator") /* its allocator has formulated the request */              \
    X(TRACE_SUBMIT, 4, "submit")       /* the manager has it in its queue */                       \
    X(TRACE_HANDLER, 5, "handler")     /* the device's handler is called */                        \
    X(TRACE_RESULT, 6, "result")       /* the result is there: status and value */                 \
    X(TRACE_FETCH, 7, "fetch")         /* the sender has read it: status and value */

enum trace_step {
#define TRACE_VALUE(name, value, text) name = value,
    TRACE_STEPS(TRACE_VALUE)
#undef TRACE_VALUE
};

/* What a result says. */
struct trace_outcome {
    int32_t status;
    uint32_t value, pages;
};

/* 56 bytes: the steps from `first` to `last`, which came one right after the other. From
 * TRACE_SUBMIT on, one entry has all steps of a request, unless another request's came between
 * them. What is not known yet at a step is 0: the sender before TRACE_ALLOCATOR (but that of
 * TRACE_CALL), the ticket before TRACE_SUBMIT. */
struct trace_entry {
    uint32_t number; /* of the first step: 1 for the first one since boot, 2 for the next... */
    uint16_t first, last;
    uint16_t version; /* from here to `need` as in the request, byte for byte */
    device_id_t device;
    uint8_t reserved;
    uint16_t nature, reason;
    uint32_t sender, need;
    uint32_t argument;            /* its first argument */
    uint32_t ticket;              /* its ticket */
    struct trace_outcome result;  /* if TRACE_RESULT is among the steps: what came */
    struct trace_outcome fetched; /* if TRACE_FETCH is: what was read */
};

/* The entries, and the last one of them. The next one is the one behind it, or trace[0]. */
extern struct trace_entry trace[TRACE_SIZE], *trace_last;

extern uint32_t trace_count; /* steps since boot: the number of the last one */

/* By the kind of a device: whether its requests leave no trace. At first, DEVICE_TIMER: the clock's
 * would be all that one sees. */
extern bool trace_hidden[DEVICE_KINDS];

/* Adds to the trace: STEP of REQUEST, with what RESULT says, NULL as long as there is none. */
static inline void trace_add(enum trace_step step, const struct request *request,
                             const struct request_result *result);

/* ---- How it is written ---- */

/* Returns the place in the ring after that of ENTRY. */
static inline struct trace_entry *trace_after(struct trace_entry *entry) {
    return entry + 1 < trace + TRACE_SIZE ? entry + 1 : trace;
}

/* Begins an entry with STEP, number trace_count, of REQUEST. */
static inline struct trace_entry *trace_begin(enum trace_step step, const struct request *request) {
    struct trace_entry *entry = trace_after(trace_last);
    entry->number = trace_count;
    entry->first = entry->last = step;
    __builtin_memcpy(&entry->version, request, offsetof(struct request, arguments));
    entry->argument = request->arguments[0];
    entry->ticket = request->ticket;
    return trace_last = entry;
}

/* Returns whether STEP of REQUEST is the one after the last in ENTRY. */
static inline bool trace_goes_on(const struct trace_entry *entry, enum trace_step step,
                                 const struct request *request) {
    return step > TRACE_SUBMIT && entry->last == step - 1 && entry->ticket == request->ticket;
}

static inline void trace_add(enum trace_step step, const struct request *request,
                             const struct request_result *result) {
    struct trace_entry *entry = trace_last;
    bool goes_on = trace_goes_on(entry, step, request);
    if (!goes_on && trace_hidden[request->device.raw >> 4])
        return;
    trace_count++;
    if (goes_on)
        entry->last = step;
    else
        entry = trace_begin(step, request);
    if (result)
        *(step == TRACE_FETCH ? &entry->fetched : &entry->result) =
            (struct trace_outcome){result->status, result->value, result->pages};
}

#endif
