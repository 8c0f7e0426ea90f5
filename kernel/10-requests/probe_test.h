/* Devices for trying out the manager, and what their handler does and sees. */
#ifndef MIROIR_PROBE_TEST_H
#define MIROIR_PROBE_TEST_H

#include <stdbool.h>

#include "request.h"

/* What the handler of test devices does first, by the fourth argument of NATURE_ECHO. The result's
 * value is then what the function called returned. */
enum test_action {
    TEST_NOTHING,
    TEST_SUBMIT,  /* submits a request */
    TEST_RUN,     /* runs the queue */
    TEST_PERFORM, /* performs a request */
    TEST_FETCH, /* fetches the result of the request that it carries out, as the sender that is the
                       fifth argument */
    TEST_WAITING,   /* asks how many requests wait */
    TEST_SUBMIT_AS, /* submits one in the context of the fifth argument: after a switch */
    TEST_RUN_AS,    /* runs the queue there */
    TEST_FORGET_AS, /* forgets, there, the sender that is the sixth argument */
    TEST_VANISH,    /* never returns: test_run() does */
};

/* Carries out NATURE_ECHO: the first three arguments are the result's value, status and pages. Any
 * other nature: value 0, status 0. -EFAULT if DEVICE is not that of the request. Notes each request,
 * as it came, in test_log. A request that it submits itself has the sixth argument's byte in
 * `reserved`. */
int test_handle(struct device *device, const struct request *request,
                struct request_result *result);

/* Returns the test device with the ID RAW; there are two copies of each. */
struct device *test_device(uint8_t raw, bool copy);

#define TEST_LOG 256

/* Requests that the handler has seen since boot, for the grader. */
extern struct test_log {
    uint32_t count;
    struct request requests[TEST_LOG]; /* number N, from 0 on, at N % TEST_LOG */
} test_log;

/* Calls request_run(). Returns what it returned, or -ECHILD if a handler vanished. */
int test_run(void);

/* The context that the manager is told of; NULL: the real one. */
void test_context(const uint32_t *context);

#endif
