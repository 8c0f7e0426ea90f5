/* The memory device, and its allocator. Graded: exercise 5.
 *
 *     who needs memory       memory device        allocator            request manager
 *          |  struct              |                   |                       |
 *          |  memory_need         |  passes it on     |  gathers, formulates  |
 *          +--------------------> +-----------------> +---------------------> +
 *                                                         struct request
 *
 * The memory device is what RAM looks like to the rest of the kernel: plain, volatile, without any
 * purpose of its own. It has an ID like every other device. Its allocator, despite its name,
 * allocates nothing: it makes of a need a complete request, and sends it.
 */
#ifndef MIROIR_MEMORY_H
#define MIROIR_MEMORY_H

#include "device.h"
#include "mspace.h"
#include "request.h"

/* What somebody needs: as in a request, less what the allocator finds out by itself. */
struct memory_need {
    uint16_t nature, reason;
    uint32_t amount; /* the request's need */
    uint32_t arguments[REQUEST_ARGUMENTS];
};

struct memory_allocator {
    device_id_t device; /* whose allocator it is */
    uint32_t sent;      /* requests that the manager has taken from it */
};

struct memory_device {
    struct device device;
    uint32_t size;                      /* bytes of all frames, free or in use */
    struct memory_allocator *allocator; /* its link to the manager */
};

/* How many pages of SPACE are present: what a result's PAGES is the growth of. */
static inline uint32_t pages_present(const mspace_t *space) {
    return space->p_size + space->s_size;
}

/* All of RAM: DEVICE_MEMORY, number 1. Defined by memory.c, filled in by memory_init(). */
extern struct memory_device memory_device;

/* Fills in memory_device, whose handler is memory_handle() and whose size is that of all frames of
 * both zones (frames_total(), which counts no reserved ones), and its allocator, and registers it.
 * Returns as device_register() does. */
int memory_init(void);

/* Returns how many bytes of MEMORY are free: its frames that nobody has. */
uint32_t memory_available(const struct memory_device *memory);

/* Passes NEED on to MEMORY's allocator, and returns what allocator_send() returns. First adds
 * TRACE_DEVICE to the trace: a request to MEMORY that has the nature, need and arguments of NEED,
 * and in which nothing else is filled in. */
int memory_ask(struct memory_device *memory, const struct memory_need *need, uint32_t *handle);

/* Gathers what a request takes: what NEED says, the device that ALLOCATOR belongs to, and who is
 * asking (request_context(), manager.h); formulates it, adds TRACE_ALLOCATOR to the trace, and
 * submits it. Returns as request_submit() does, with its handle in *HANDLE; then ALLOCATOR's `sent`
 * is one more. Nothing is allocated, here or there: that is the handler's. */
int allocator_send(struct memory_allocator *allocator, const struct memory_need *need,
                   uint32_t *handle);

/* The handler of memory_device. By REQUEST's nature:
 *   NATURE_FAULT        mspace_fault() in the space that is the third argument; the value is 0
 *   NATURE_CHUNK_ALLOC  chunk_alloc() (chunk.h) for the sender; the value is the chunk's address
 *   NATURE_CHUNK_FREE   chunk_free(); the value is 1 if the chunk was corrupted, else 0
 *   NATURE_CHUNK_INFO   chunk_info(); the value is the chunk's size, the status 1 if corrupted
 *   NATURE_MEMORY_CALL  call_handle() (actions.h)
 * Where not said otherwise, the status is what the function returns. A chunk's space is that of the
 * process that is the sender: -ENOENT if there is none; mspace_current if the sender is 0. PAGES of
 * the result is by how many the pages present in the space (p_size + s_size) have grown; 0 if they
 * have not. */
int memory_handle(struct device *device, const struct request *request,
                  struct request_result *result);

#endif
