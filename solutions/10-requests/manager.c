/* The request manager. Contract: kernel/10-requests/manager.h */
#include "manager.h"

#include <stdbool.h>

#include "errno.h"
#include "interrupts.h"
#include "list.h"
#include "todo.h"
#include "trace.h"

// BEGIN SOLUTION
enum state { FREE, QUEUED, RUNNING, DONE };

/* A place for a request, from its submission to its result's being read. */
struct slot {
    struct list link; /* in spare, queue, active or done */
    enum state state;
    uint32_t context; /* of a RUNNING one: where its handler was called */
    bool orphan;      /* of a RUNNING one: nobody will fetch the result */
    uint32_t generation;
    struct request request; /* its ticket is the handle */
    struct request_result result;
};

static struct slot slots[REQUEST_SLOTS];
static uint32_t slots_used; /* slots from this one on have never been used, and are in no list */
static struct list spare = LIST_EMPTY(spare), queue = LIST_EMPTY(queue);
static struct list active = LIST_EMPTY(active), done = LIST_EMPTY(done);

static struct slot *slot_at(struct list *link) {
    return list_element(link, struct slot, link);
}

/* Returns whether the code that calls the manager is a handler. */
static bool in_handler(void) {
    uint32_t context = request_context();
    list_each (link, &active)
        if (slot_at(link)->context == context)
            return true;
    return false;
}

/* Moves SLOT from the list that it is in to the end of LIST. */
static void move(struct slot *slot, enum state state, struct list *list) {
    list_remove(&slot->link);
    list_append(list, &slot->link);
    slot->state = state;
}

/* Returns a place that may be used again; NULL if all are QUEUED or RUNNING. */
static struct slot *find_slot(void) {
    if (!list_empty(&spare))
        return slot_at(spare.next);
    if (slots_used < REQUEST_SLOTS) {
        list_init(&slots[slots_used].link);
        return &slots[slots_used++];
    }
    return list_empty(&done) ? NULL : slot_at(done.next);
}

/* A handle is the slot's index and, above it, how often the slot has been used: from 1 on. */
#define GENERATIONS (UINT32_MAX / REQUEST_SLOTS)

static uint32_t next_handle(struct slot *slot) {
    slot->generation = slot->generation % GENERATIONS + 1;
    return slot->generation * REQUEST_SLOTS + (uint32_t)(slot - slots);
}

static struct slot *slot_of(uint32_t handle) {
    struct slot *slot = &slots[handle % REQUEST_SLOTS];
    return slot->state != FREE && slot->request.ticket == handle ? slot : NULL;
}

static bool has_known_nature(const struct request *request) {
    const struct request_format *format = request_format(request->nature);
    if (!format || request->nature >> 8 != (int)device_id_kind(request->device))
        return false;
    if (request->need < format->least || request->need > format->most)
        return false;
    for (uint32_t i = format->arguments; i < REQUEST_ARGUMENTS; i++)
        if (request->arguments[i])
            return false;
    return true;
}

static bool is_well_formed(const struct request *request) {
    return request->version == REQUEST_VERSION && !request->reserved && !request->ticket &&
           request->reason >= BECAUSE_CALL && request->reason <= BECAUSE_KERNEL &&
           has_known_nature(request);
}

static int refusal(const struct request *request) {
    if (in_handler())
        return -EBUSY;
    if (!is_well_formed(request))
        return -EINVAL;
    return device_find(request->device) ? 0 : -ENODEV;
}

/* Puts a copy of REQUEST at the end of the queue. */
static int enqueue(const struct request *request, uint32_t *handle) {
    struct slot *slot = find_slot();
    if (!slot)
        return -EAGAIN;
    slot->request = *request;
    *handle = slot->request.ticket = next_handle(slot);
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
    int error = refusal(request);
    if (!error)
        error = enqueue(request, handle);
    interrupts_restore(interrupts);
    return error;
    // END SOLUTION
}

// BEGIN SOLUTION
static int call_handler(struct slot *slot) {
    struct device *device = device_find(slot->request.device);
    if (!device)
        return -ENODEV;
    if (!device->handle)
        return -ENOSYS;
    trace_add(TRACE_HANDLER, &slot->request, NULL);
    return device->handle(device, &slot->request, &slot->result);
}

static void finish(struct slot *slot, int status) {
    if (slot->orphan) {
        move(slot, FREE, &spare);
        return;
    }
    move(slot, DONE, &done);
    slot->result.ticket = slot->request.ticket;
    slot->result.status = status;
    trace_add(TRACE_RESULT, &slot->request, &slot->result);
}

/* Handles the request in SLOT, the first of the queue. */
static void handle(struct slot *slot) {
    move(slot, RUNNING, &active);
    slot->context = request_context();
    slot->orphan = false;
    slot->result = (struct request_result){0};
    finish(slot, call_handler(slot));
}
// END SOLUTION

int request_run(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    bool interrupts = interrupts_save();
    int handled = in_handler() ? -EBUSY : 0;
    for (; handled >= 0 && !list_empty(&queue); handled++)
        handle(slot_at(queue.next));
    interrupts_restore(interrupts);
    return handled;
    // END SOLUTION
}

// BEGIN SOLUTION
static int take_result(uint32_t handle, uint32_t sender, struct request_result *result) {
    struct slot *slot = slot_of(handle);
    if (!slot)
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
    int error = take_result(handle, sender, result);
    interrupts_restore(interrupts);
    return error;
    // END SOLUTION
}

int request_perform(const struct request *request, struct request_result *result) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    uint32_t handle;
    int error = request_submit(request, &handle);
    if (error)
        return error;
    int handled = request_run();
    return handled < 0 ? handled : request_fetch(handle, request->sender, result);
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
