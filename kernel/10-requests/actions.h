/* Every action is a request: the gates through which the kernel is asked for something, and the
 * devices that are asked. Graded: exercise 7.
 *
 *     ring 3: int 0x80 ---> action_call() ----+
 *     page fault ---------> action_fault() ---+---> manager ---> handlers ---> the stages before
 *     clock --------------> action_tick() ----+
 *
 * What a handler does in carrying out a request is no action of its own: it is part of that
 * request, and in its result. A page fault that happens meanwhile (in looking at a program's
 * pointer, for instance) is resolved directly, because a handler cannot submit.
 */
#ifndef MIROIR_ACTIONS_H
#define MIROIR_ACTIONS_H

#include "chunk_calls.h"
#include "dispatch.h"
#include "mspace.h"
#include "request.h"

/* Returns the kind of the device that carries out the system call NUMBER, any number:
 *   DEVICE_MEMORY     mmap, munmap, mprotect, brk, shm_open and those of chunk_calls.h
 *   DEVICE_CONSOLE    write, read, open, close
 *   DEVICE_TIMER      sleep
 *   DEVICE_PROCESSOR  all others, also those that do not exist */
uint32_t call_device(uint32_t number);

/* Put in the place of syscall_direct() by the kit: has CALL carried out by a request to device 1 of
 * its kind, and returns what the program gets: the result's value (for chunk_info, see
 * chunk_calls.h), or a negative errno: the request's, if there is no result, or the result's
 * status. First adds TRACE_CALL to the trace: a request to that device of the nature
 * NATURE_CALL(kind), from the current process, BECAUSE_CALL, that has the number of the call as its
 * first argument. Then
 *   - chunk_alloc, chunk_free and chunk_info: asks the memory device (memory_ask()) for what its
 *     handler is said to do (memory.h), the chunk's address being the argument;
 *   - other calls for DEVICE_MEMORY: the same, with NATURE_MEMORY_CALL;
 *   - all others: a request of the nature NATURE_CALL(kind).
 * The reason is BECAUSE_CALL; the arguments of NATURE_CALL(kind) are the number of the call and its
 * five arguments. */
int32_t action_call(const struct syscall *call);

/* Put in the place of mspace_fault() by the kit: has the fault resolved by a request to the memory
 * device (memory_ask()), NATURE_FAULT for one page, its arguments being ADDRESS, ERROR and SPACE;
 * the reason is BECAUSE_MISSING, or BECAUSE_DENIED if a page was present. Returns the result's
 * status, or the error if there is no result. If a handler's code has caused the fault (-EBUSY):
 * calls mspace_fault(), and returns what that returns. */
int action_fault(mspace_t *space, uint32_t address, uint32_t error);

/* Put in the place of scheduler_tick() by the kit: a request to DEVICE_TIMER, number 1, from the
 * kernel: NATURE_TICK, one tick, BECAUSE_TIME. What becomes of it does not matter: the next tick
 * will find what this one has left. */
void action_tick(void);

/* Where the kit puts the first two: &syscall_dispatch (dispatch.h) and &fault_resolver (faults.h).
 * A later stage that stands before the gates has them put somewhere else. */
extern int32_t (**gate_of_calls)(const struct syscall *call);
extern int (**gate_of_faults)(mspace_t *space, uint32_t address, uint32_t error);

/* The handler of the devices other than memory_device, number 1 of their kind. NATURE_TICK:
 * scheduler_tick(); status and value 0. A system call: syscall_direct(); the value is what that
 * returns, the status 0, or the same value if it is an error (SYSCALL_IS_ERROR). PAGES of the
 * result of a call: by how many the pages present in the sender's space (p_size + s_size) have
 * grown, 0 if they have not; after exec, all that are present in the new one; and for fork, those
 * present in the child's space. A process that has another space than before (exec) has no chunks
 * any more: chunks_forget(). */
int call_handle(struct device *device, const struct request *request,
                struct request_result *result);

#endif
