/* The request manager. Contract: kernel/10-requests/manager.h */
#include "manager.h"

#include <stdbool.h>

#include "errno.h"
#include "interrupts.h"
#include "list.h"
#include "todo.h"
#include "trace.h"

// BEGIN SOLUTION
/* Every action passes here, so request_perform() is one piece of code: what it shares with
 * request_submit(), request_run() and request_fetch() is in inline functions, and what holds for all
 * three, interrupts and context, is looked at once. */

enum state { FREE, QUEUED, RUNNING, DONE };

/* A place for a request, from its submission to its result's being read. */
struct slot {
    struct list link; /* in spare, queue, active or done */
    enum state state;
    uint32_t context;       /* of a RUNNING one: where its handler was called */
    bool orphan;            /* of a RUNNING one: nobody will fetch the result */
    struct request request; /* its ticket is the handle; of a FREE one, the last that it had */
    struct request_result result;
};

static struct slot slots[REQUEST_SLOTS];
static uint32_t slots_used; /* slots from this one on have never been used, and are in no list */
static struct list spare = LIST_EMPTY(spare), queue = LIST_EMPTY(queue);
static struct list active = LIST_EMPTY(active), done = LIST_EMPTY(done);

static struct slot *slot_at(struct list *link) {
    return list_element(link, struct slot, link);
}

/* Returns whether the code that calls the manager, in CONTEXT, is a handler. */
static inline bool in_handler(uint32_t context) {
    list_each (link, &active)
        if (slot_at(link)->context == context)
            return true;
    return false;
}

/* Moves SLOT from the list that it is in to the end of LIST. */
static inline void move(struct slot *slot, enum state state, struct list *list) {
    list_move(list, &slot->link);
    slot->state = state;
}

/* Returns slot number INDEX, which is used for the first time. */
static struct slot *first_use(uint32_t index) {
    struct slot *slot = &slots[index];
    list_init(&slot->link);
    slot->request.ticket = index;
    return slot;
}

/* Returns a place that may be used again; NULL if all are QUEUED or RUNNING. */
static inline struct slot *find_slot(void) {
    if (!list_empty(&spare))
        return slot_at(spare.next);
    if (slots_used < REQUEST_SLOTS)
        return first_use(slots_used++);
    return list_empty(&done) ? NULL : slot_at(done.next);
}

/* A handle is the slot's index and, above it, how often the slot has been used: from 1 on. */
static inline uint32_t next_handle(const struct slot *slot) {
    uint32_t handle = slot->request.ticket + REQUEST_SLOTS;
    return handle < REQUEST_SLOTS ? handle + REQUEST_SLOTS : handle;
}

static inline bool has_known_nature(const struct request *request) {
    if (request->nature >> 8 != request->device.raw >> 4)
        return false;
    const struct request_format *format = request_format(request->nature);
    if (!format || request->need < format->least || request->need > format->most)
        return false;
    for (uint32_t i = format->arguments; i < REQUEST_ARGUMENTS; i++)
        if (request->arguments[i])
            return false;
    return true;
}

static inline bool is_well_formed(const struct request *request) {
    return request->version == REQUEST_VERSION && !request->reserved && !request->ticket &&
           request->reason >= BECAUSE_CALL && request->reason <= BECAUSE_KERNEL &&
           has_known_nature(request);
}

static inline int refusal(const struct request *request, uint32_t context) {
    if (in_handler(context))
        return -EBUSY;
    if (!is_well_formed(request))
        return -EINVAL;
    return device_find(request->device) ? 0 : -ENODEV;
}

/* Puts a copy of REQUEST, submitted in CONTEXT, at the end of the queue. */
static inline int submit(const struct request *request, uint32_t context, struct slot **place) {
    int error = refusal(request, context);
    if (error)
        return error;
    struct slot *slot = *place = find_slot();
    if (!slot)
        return -EAGAIN;
    uint32_t handle = next_handle(slot);
    request_copy(&slot->request, request);
    slot->request.ticket = handle;
    move(slot, QUEUED, &queue);
    trace_add(TRACE_SUBMIT, &slot->request, NULL);
    return 0;
}
// END SOLUTION

int request_submit(const struct request *request, uint32_t *handle) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    bool interrupts = interrupts_save();
    struct slot *slot;
    int error = submit(request, request_context(), &slot);
    if (!error)
        *handle = slot->request.ticket;
    interrupts_restore(interrupts);
    return error;
    // END SOLUTION
}

// BEGIN SOLUTION
static inline int call_handler(struct slot *slot) {
    struct device *device = device_find(slot->request.device);
    if (!device)
        return -ENODEV;
    if (!device->handle)
        return -ENOSYS;
    trace_add(TRACE_HANDLER, &slot->request, NULL);
    return device->handle(device, &slot->request, &slot->result);
}

static inline void finish(struct slot *slot, int status) {
    if (slot->orphan) {
        move(slot, FREE, &spare);
        return;
    }
    move(slot, DONE, &done);
    slot->result.ticket = slot->request.ticket;
    slot->result.status = status;
    trace_add(TRACE_RESULT, &slot->request, &slot->result);
}

/* Handles the request in SLOT, the first of the queue, in CONTEXT. */
static inline void handle(struct slot *slot, uint32_t context) {
    move(slot, RUNNING, &active);
    slot->context = context;
    slot->orphan = false;
    slot->result = (struct request_result){0};
    finish(slot, call_handler(slot));
}

static inline int run(uint32_t context) {
    int handled = 0;
    for (; !list_empty(&queue); handled++)
        handle(slot_at(queue.next), context);
    return handled;
}
// END SOLUTION

int request_run(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    bool interrupts = interrupts_save();
    uint32_t context = request_context();
    int handled = in_handler(context) ? -EBUSY : run(context);
    interrupts_restore(interrupts);
    return handled;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Takes the result of the request with HANDLE out of SLOT, if it is there, for SENDER. */
static inline int take(struct slot *slot, uint32_t handle, uint32_t sender,
                       struct request_result *result) {
    if (slot->state == FREE || slot->request.ticket != handle)
        return -EBADF;
    if (slot->request.sender != sender)
        return -EPERM;
    if (slot->state != DONE)
        return -EAGAIN;
    *result = slot->result;
    trace_add(TRACE_FETCH, &slot->request, result);
    move(slot, FREE, &spare);
    return 0;
}
// END SOLUTION

int request_fetch(uint32_t handle, uint32_t sender, struct request_result *result) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    bool interrupts = interrupts_save();
    int error = take(&slots[handle % REQUEST_SLOTS], handle, sender, result);
    interrupts_restore(interrupts);
    return error;
    // END SOLUTION
}

int request_perform(const struct request *request, struct request_result *result) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    bool interrupts = interrupts_save();
    uint32_t context = request_context();
    struct slot *slot;
    int error = submit(request, context, &slot);
    if (!error) {
        uint32_t handle = slot->request.ticket; /* the place may be another's after run() */
        run(context);
        error = take(slot, handle, request->sender, result);
    }
    interrupts_restore(interrupts);
    return error;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Ends what SLOT, a RUNNING one, has to do with SENDER. Returns whether its place became free. */
static bool forget_running(struct slot *slot, uint32_t sender) {
    slot->orphan |= slot->request.sender == sender;
    if (slot->context != sender)
        return false;
    finish(slot, -EIO);
    return slot->state == FREE;
}

static bool forget(struct slot *slot, uint32_t sender) {
    if (slot->state == RUNNING)
        return forget_running(slot, sender);
    if (slot->state == FREE || slot->request.sender != sender)
        return false;
    move(slot, FREE, &spare);
    return true;
}
// END SOLUTION

uint32_t request_forget(uint32_t sender) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    bool interrupts = interrupts_save();
    uint32_t freed = 0;
    for (uint32_t i = 0; i < slots_used; i++)
        freed += forget(&slots[i], sender);
    interrupts_restore(interrupts);
    return freed;
    // END SOLUTION
}

uint32_t request_waiting(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    uint32_t count = 0;
    bool interrupts = interrupts_save();
    list_each (link, &queue)
        count++;
    interrupts_restore(interrupts);
    return count;
    // END SOLUTION
}
