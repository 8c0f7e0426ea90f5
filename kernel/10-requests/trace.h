/* The trace: what has become of the last requests, step by step. Given by the kit.
 *
 * A ring in memory, for people (the command `requests`) and for the checks, which read it from
 * outside.
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

/* 44 bytes. What is not known yet at a step is 0: the sender before TRACE_ALLOCATOR (but that of
 * TRACE_CALL), the ticket before TRACE_SUBMIT; status, value and pages before TRACE_RESULT. */
struct trace_entry {
    uint32_t number; /* 1 for the first entry since boot, 2 for the next... */
    uint32_t step;
    uint16_t version; /* from here to `need` as in the request, byte for byte */
    device_id_t device;
    uint8_t reserved;
    uint16_t nature, reason;
    uint32_t sender, need;
    uint32_t argument; /* its first argument */
    uint32_t ticket;   /* its ticket */
    int32_t status;    /* as in the result, with the next two */
    uint32_t value, pages;
};

/* Entry NUMBER is at trace[NUMBER % TRACE_SIZE] until TRACE_SIZE more have come. */
extern struct trace_entry trace[TRACE_SIZE];

extern uint32_t trace_count; /* entries since boot: the number of the last one */

/* Kinds of devices whose requests are traced, a bit each; the others leave no trace. At first all
 * but DEVICE_TIMER: the clock's would be all that one sees. */
extern uint32_t trace_kinds;

/* Adds an entry: STEP of REQUEST, with what RESULT says, NULL as long as there is none. */
void trace_add(enum trace_step step, const struct request *request,
               const struct request_result *result);

#endif
