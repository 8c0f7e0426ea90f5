/* Commands for the request manager. */
#include "errno.h"
#include "format.h"
#include "io.h"
#include "manager.h"
#include "probe.h"
#include "probe_test.h"
#include "string.h"
#include "trace.h"

#define UNTOUCHED 0xa5a5a5a5

/* The request in CALL's arguments: sender, device, nature, reason, need, and then its arguments. */
static struct request request_in(const struct probe_call *call) {
    struct request request = {.version = REQUEST_VERSION,
                              .sender = (uint32_t)call->number[0],
                              .device = {(uint8_t)call->number[1]},
                              .nature = (uint16_t)call->number[2],
                              .reason = (uint16_t)call->number[3],
                              .need = (uint32_t)call->number[4]};
    for (int i = 5; i < call->count && i < 5 + REQUEST_ARGUMENTS; i++)
        request.arguments[i - 5] = (uint32_t)call->number[i];
    return request;
}

/* Submits a copy of *REQUEST that does not live on afterwards: the manager has to have its own. */
static int submit(struct probe_call *call, const struct request *request) {
    struct request mine = *request;
    uint32_t handle = UNTOUCHED;
    int error = request_submit(&mine, &handle);
    if ((error && handle != UNTOUCHED) || memcmp(&mine, request, sizeof mine))
        return -EFAULT;
    memset(&mine, 0x5a, sizeof mine);
    probe_hex(call, handle);
    return error;
}

PROBE(request_submit, "sender device nature reason need [arguments...]",
      "puts a request into the queue: its handle") {
    struct request request = request_in(call);
    return submit(call, &request);
}

PROBE(request_submit_raw, "words...", "the same, the request's 44 bytes being given as 11 words") {
    uint32_t words[sizeof(struct request) / 4] = {0};
    for (int i = 0; i < call->count && i < (int)(sizeof words / 4); i++)
        words[i] = (uint32_t)call->number[i];
    return submit(call, (struct request *)words);
}

PROBE(request_run, "",
      "handles what is in the queue: how many requests; ECHILD if a handler vanished") {
    int handled = test_run();
    probe_decimal(call, handled);
    return handled < 0 ? handled : 0;
}

static int say_result(struct probe_call *call, int error, const struct request_result *result) {
    const struct request_result untouched = {UNTOUCHED, (int32_t)UNTOUCHED, UNTOUCHED, UNTOUCHED};
    if (error)
        return memcmp(result, &untouched, sizeof untouched) ? -EFAULT : error;
    probe_decimal(call, result->status);
    probe_hex(call, result->value);
    probe_hex(call, result->pages);
    probe_hex(call, result->ticket);
    return 0;
}

PROBE(request_fetch, "handle sender", "a request's result, once: status, value, pages, ticket") {
    struct request_result result;
    memset(&result, 0xa5, sizeof result);
    int error = request_fetch((uint32_t)call->number[0], (uint32_t)call->number[1], &result);
    return say_result(call, error, &result);
}

PROBE(request_perform, "sender device nature reason need [arguments...]",
      "submits a request, runs the queue and fetches the result: as request_fetch") {
    struct request request = request_in(call);
    struct request_result result;
    memset(&result, 0xa5, sizeof result);
    return say_result(call, request_perform(&request, &result), &result);
}

PROBE(request_fill, "sender device count",
      "submits so many echoes, their values being 0, 1, 2...: how many the manager takes") {
    struct request request = {.version = REQUEST_VERSION,
                              .sender = (uint32_t)call->number[0],
                              .device = {(uint8_t)call->number[1]},
                              .nature = NATURE_ECHO,
                              .reason = BECAUSE_KERNEL};
    uint32_t handle, *value = &request.arguments[0];
    while (*value < call->number[2] && !request_submit(&request, &handle))
        ++*value;
    probe_hex(call, *value);
    return 0;
}

PROBE(request_forget, "sender", "forgets a sender that has ended: how many places became free") {
    probe_hex(call, request_forget((uint32_t)call->number[0]));
    return 0;
}

PROBE(request_waiting, "", "how many requests are in the queue") {
    probe_hex(call, request_waiting());
    return 0;
}

PROBE(request_context, "[context]",
      "has the manager called in that context; the real one without") {
    uint32_t context = (uint32_t)call->number[0];
    test_context(call->count ? &context : 0);
    return 0;
}

PROBE(request_bench, "times", "cycles that so many request_perform() of an empty request take") {
    struct device *device = test_device(DEVICE_TEST << 4, 0);
    struct request request = {.version = REQUEST_VERSION,
                              .device = device->id,
                              .nature = NATURE_ECHO,
                              .reason = BECAUSE_KERNEL};
    struct request_result result;
    device->handle = test_handle;
    int error = device_register(device);
    uint64_t start = cpu_cycles();
    for (uint32_t i = 0; i < call->number[0] && !error; i++)
        error = request_perform(&request, &result);
    probe_hex(call, cpu_cycles() - start);
    device_remove(device->id);
    return error;
}

PROBE(request_tickets, "device times",
      "performs so many echoes: in how many the ticket was 0, or that of the first one") {
    struct request request = {.version = REQUEST_VERSION,
                              .device = {(uint8_t)call->number[0]},
                              .nature = NATURE_ECHO,
                              .reason = BECAUSE_KERNEL};
    struct request_result result;
    int error = request_perform(&request, &result);
    uint32_t first = result.ticket, wrong = !first;
    for (uint32_t i = 1; i < call->number[1] && !error; i++) {
        error = request_perform(&request, &result);
        wrong += !result.ticket || result.ticket == first;
    }
    probe_hex(call, wrong);
    return error;
}

static const char *step_text(uint32_t step) {
    static const char *const texts[] = {
#define STEP_TEXT(name, value, text) [value] = text,
        TRACE_STEPS(STEP_TEXT)
#undef STEP_TEXT
    };
    return step && step < sizeof texts / sizeof *texts ? texts[step] : "?";
}

static void print_step(const struct trace_entry *entry, uint32_t step) {
    const struct request_format *format = request_format(entry->nature);
    kprintf("%5u %-9s pid %u, device %u.%u, %s, need %u, ticket 0x%x",
            entry->number + step - entry->first, step_text(step), entry->sender,
            entry->device.raw >> 4, (entry->device.raw & 15) + 1, format ? format->text : "?",
            entry->need, entry->ticket);
    const struct trace_outcome *got = step == TRACE_FETCH ? &entry->fetched : &entry->result;
    if (step >= TRACE_RESULT)
        kprintf(": status %d, value 0x%x, pages %u", (int)got->status, got->value, got->pages);
    kprintf("\n");
}

PROBE(requests, "[steps]", "prints the last steps (14) of the trace on the console") {
    uint32_t wanted = call->count ? (uint32_t)call->number[0] : 14;
    uint32_t before = trace_count > wanted ? trace_count - wanted : 0;
    struct trace_entry *entry = trace_last;
    for (uint32_t left = TRACE_SIZE; left; left--) {
        entry = trace_after(entry); /* the oldest one first */
        for (uint32_t step = entry->first; step && step <= entry->last; step++)
            if (entry->number + step - entry->first > before)
                print_step(entry, step);
    }
    return 0;
}

PROBE(trace_kinds, "kinds", "which kinds of devices are traced, a bit each: those before") {
    uint32_t before = 0;
    for (uint32_t kind = 0; kind < DEVICE_KINDS; kind++) {
        before |= (uint32_t)!trace_hidden[kind] << kind;
        trace_hidden[kind] = !(call->number[0] >> kind & 1);
    }
    probe_hex(call, before);
    return 0;
}
