/* A handler for trying out the manager: it notes what it gets, and misbehaves as it is told. */
#include "probe_test.h"

#include "errno.h"
#include "interrupts.h"
#include "manager.h"

struct test_log test_log;

static struct device devices[2][DEVICE_KINDS * DEVICE_NUMBERS];

struct device *test_device(uint8_t raw, bool copy) {
    struct device *device = &devices[copy][raw];
    device->id.raw = raw;
    device->name = "test";
    return device;
}

static uint32_t pretended;

static uint32_t pretended_context(void) {
    return pretended;
}

void test_context(const uint32_t *context) {
    static uint32_t (*real)(void);
    if (request_context != pretended_context)
        real = request_context;
    if (context)
        pretended = *context;
    request_context = context ? pretended_context : real;
}

static struct request echo(const struct request *request) {
    return (struct request){.version = REQUEST_VERSION,
                            .device = request->device,
                            .reserved = (uint8_t)request->arguments[5],
                            .nature = NATURE_ECHO,
                            .reason = BECAUSE_KERNEL,
                            .sender = request->sender,
                            .arguments = {0x11}};
}

static void *before_vanishing[5];

int test_run(void) {
    bool interrupts = interrupts_save();
    int handled = -ECHILD;
    if (!__builtin_setjmp(before_vanishing))
        handled = request_run();
    interrupts_restore(interrupts);
    return handled;
}

/* Does what a handler must not do, or only in another context. */
static int misbehave(const struct request *request) {
    struct request another = echo(request);
    struct request_result result;
    uint32_t handle;
    switch (request->arguments[3]) {
    case TEST_SUBMIT:
    case TEST_SUBMIT_AS:
        return request_submit(&another, &handle);
    case TEST_RUN:
    case TEST_RUN_AS:
        return request_run();
    case TEST_PERFORM:
        return request_perform(&another, &result);
    case TEST_FETCH:
        return request_fetch(request->ticket, request->arguments[4], &result);
    case TEST_WAITING:
        return (int)request_waiting();
    case TEST_FORGET_AS:
        return (int)request_forget(request->arguments[5]);
    default:
        __builtin_longjmp(before_vanishing, 1);
    }
}

static int act(const struct request *request) {
    uint32_t action = request->arguments[3], before = request_context();
    bool elsewhere = action >= TEST_SUBMIT_AS && action <= TEST_FORGET_AS;
    if (elsewhere)
        test_context(&request->arguments[4]);
    int error = misbehave(request);
    if (elsewhere)
        test_context(&before);
    return error;
}

int test_handle(struct device *device, const struct request *request,
                struct request_result *result) {
    test_log.requests[test_log.count++ % TEST_LOG] = *request;
    if (device != device_find(request->device))
        return -EFAULT;
    if (request->nature != NATURE_ECHO)
        return 0;
    int error = request->arguments[3] ? act(request) : 0;
    result->value = request->arguments[3] ? (uint32_t)error : request->arguments[0];
    result->pages = request->arguments[2];
    return (int)request->arguments[1];
}
