/* The request manager: a queue, and what becomes of what is in it. Graded: exercises 3 and 4.
 *
 *   request_submit()                  request_run()                        request_fetch()
 *        |                                 |                                     |
 *        v                                 v                                     v
 *   free --------> QUEUED -----------> RUNNING ------------------> DONE --------> free
 *                  first in,           the device's handler        the result,
 *                  first out           is at work                  to be read once
 *
 * A request that was submitted is in one of REQUEST_SLOTS places, all static: the manager allocates
 * nothing, at no time. Where results that nobody fetches would fill them all, the oldest ones go: a
 * submission that finds no free place takes that of the request that has been DONE for the longest
 * time, whose handle is stale from then on.
 *
 * Every step leaves its trace (trace.h). Each function keeps interrupts out until it returns, and
 * leaves them as they were: handlers of interrupts may call them, too.
 */
#ifndef MIROIR_MANAGER_H
#define MIROIR_MANAGER_H

#include "request.h"

#define REQUEST_SLOTS 512 /* more than there can be processes: each may wait in a handler */

/* Checks *REQUEST, puts a copy of it at the end of the queue, with its handle as its ticket, and
 * stores that handle in *HANDLE: never 0, and none that was given out for the last 2^20 requests.
 * Returns 0. On error nothing is changed, and the first that applies is returned: -EBUSY if a
 * handler calls it (see request_context); -EINVAL if *REQUEST is malformed (request.h); -ENODEV if
 * no device has that ID; -EAGAIN if REQUEST_SLOTS requests are QUEUED or RUNNING. Adds TRACE_SUBMIT
 * to the trace: the request with its ticket. */
int request_submit(const struct request *request, uint32_t *handle);

/* Handles the requests that are in the queue, those that join it meanwhile included, one after the
 * other in the order of submission, until the queue is empty: has the device's handler carry each
 * out and keeps the result. Without a handler the status is -ENOSYS, for a device that has been
 * removed meanwhile -ENODEV. Returns how many requests it handled (0 if the queue was empty), or
 * -EBUSY if a handler calls it. Adds TRACE_HANDLER to the trace before each call of a handler, and
 * TRACE_RESULT for each result. */
int request_run(void);

/* Stores the result of the request with HANDLE in *RESULT, once: its place is free afterwards.
 * Returns 0. On error nothing is changed, *RESULT included, and the first that applies is returned:
 * -EBADF if HANDLE is not a request's handle, or not any more (its result was fetched, or is gone);
 * -EPERM if the request's sender is not SENDER; -EAGAIN if it is not DONE yet. Adds TRACE_FETCH to
 * the trace: status and value as in the result. */
int request_fetch(uint32_t handle, uint32_t sender, struct request_result *result);

/* All three in a row: submits *REQUEST, runs the queue, fetches the result. Returns 0 if there is a
 * result, whatever its status; otherwise the first error of the three. */
int request_perform(const struct request *request, struct request_result *result);

/* For a process that has ended, and will neither fetch nor return. Frees the places of all requests
 * whose sender is SENDER; of one that is RUNNING in another context, when its handler returns.
 * Those of other senders that are RUNNING in the context SENDER become DONE, with the status -EIO,
 * which adds TRACE_RESULT to the trace.
 * The queue keeps its order. Returns how many places became free. */
uint32_t request_forget(uint32_t sender);

/* Returns how many requests are QUEUED. */
uint32_t request_waiting(void);

/* Which of the flows of control that have a kernel stack of their own is running: the process's
 * number. A handler that lets others run does not lock them out: the manager refuses a call as a
 * handler's only if it comes from the context in which that handler was called. The kit sets it. */
extern uint32_t (*request_context)(void);

#endif
