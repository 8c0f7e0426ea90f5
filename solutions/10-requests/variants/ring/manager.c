/* Different but right: the queue is a ring of places' numbers, free places are on a stack, handles
 * are counted from 1 and keep their place in a table; results that must give way are looked for. */
#include "manager.h"

#include <stdbool.h>

#include "errno.h"
#include "interrupts.h"
#include "trace.h"

enum { NOTHING, WAITS, WORKS, READY };

struct place {
    int state;
    bool unwanted;
    uint32_t context, finished;
    struct request request;
    struct request_result result;
};

static struct place places[REQUEST_SLOTS];
static uint16_t ring[REQUEST_SLOTS], ring_start, ring_count;
static uint16_t unused[REQUEST_SLOTS], unused_count, touched;
static uint32_t uses, finishes, working;

static bool is_handler(void) {
    uint32_t context = request_context(), left = working;
    for (struct place *p = places; left; p++) {
        if (p->state == WORKS && p->context == context)
            return true;
        left -= p->state == WORKS;
    }
    return false;
}

static void give_up(struct place *place) {
    place->state = NOTHING;
    unused[unused_count++] = (uint16_t)(place - places);
}

static struct place *oldest_result(void) {
    struct place *oldest = NULL;
    for (struct place *p = places; p < places + REQUEST_SLOTS; p++)
        if (p->state == READY && (!oldest || p->finished - oldest->finished > UINT32_MAX / 2))
            oldest = p;
    return oldest;
}

static struct place *any_place(void) {
    if (unused_count)
        return &places[unused[--unused_count]];
    return touched < REQUEST_SLOTS ? &places[touched++] : oldest_result();
}

static bool is_right(const struct request *r) {
    const struct request_format *format = request_format(r->nature);
    uint32_t rest = r->reserved | r->ticket | (r->version ^ REQUEST_VERSION);
    if (!format || rest || !r->reason || r->reason > BECAUSE_KERNEL)
        return false;
    for (uint32_t i = REQUEST_ARGUMENTS; i > format->arguments; i--)
        rest |= r->arguments[i - 1];
    return !rest && (uint32_t)(r->nature >> 8) == device_id_kind(r->device) &&
           format->least <= r->need && r->need <= format->most;
}

/* The lower nine bits are the place's number, turned round; the others count uses of any place. */
static uint32_t new_handle(const struct place *place) {
    uses = uses == (1u << 23) - 1 ? 1 : uses + 1;
    return uses << 9 | (511 - (uint32_t)(place - places));
}

static int take(const struct request *request, uint32_t *handle) {
    struct place *place = any_place();
    if (!place)
        return -EAGAIN;
    place->request = *request;
    place->request.ticket = *handle = new_handle(place);
    place->state = WAITS;
    place->unwanted = false;
    ring[(ring_start + ring_count++) % REQUEST_SLOTS] = (uint16_t)(place - places);
    trace_add(TRACE_SUBMIT, &place->request, NULL);
    return 0;
}

int request_submit(const struct request *request, uint32_t *handle) {
    bool were_on = interrupts_save();
    int error;
    if (is_handler())
        error = -EBUSY;
    else if (!is_right(request))
        error = -EINVAL;
    else if (!device_find(request->device))
        error = -ENODEV;
    else
        error = take(request, handle);
    interrupts_restore(were_on);
    return error;
}

static void done(struct place *place, int status) {
    working--;
    if (place->unwanted) {
        give_up(place);
        return;
    }
    place->state = READY;
    place->finished = ++finishes;
    place->result.ticket = place->request.ticket;
    place->result.status = status;
    trace_add(TRACE_RESULT, &place->request, &place->result);
}

static void work(struct place *place) {
    struct device *device = device_find(place->request.device);
    place->state = WORKS;
    place->context = request_context();
    place->result.value = place->result.pages = 0;
    working++;
    int status = !device ? -ENODEV : -ENOSYS;
    if (device && device->handle) {
        trace_add(TRACE_HANDLER, &place->request, NULL);
        status = device->handle(device, &place->request, &place->result);
    }
    done(place, status);
}

int request_run(void) {
    bool were_on = interrupts_save();
    int count = is_handler() ? -EBUSY : 0;
    while (count >= 0 && ring_count) {
        struct place *place = &places[ring[ring_start]];
        ring_start = (uint16_t)((ring_start + 1) % REQUEST_SLOTS);
        ring_count--;
        count++;
        work(place);
    }
    interrupts_restore(were_on);
    return count;
}

int request_fetch(uint32_t handle, uint32_t sender, struct request_result *result) {
    bool were_on = interrupts_save();
    struct place *place = &places[511 - handle % 512];
    int error = 0;
    if (place->state == NOTHING || place->request.ticket != handle)
        error = -EBADF;
    else if (place->request.sender != sender)
        error = -EPERM;
    else if (place->state != READY)
        error = -EAGAIN;
    if (!error) {
        *result = place->result;
        trace_add(TRACE_FETCH, &place->request, result);
        give_up(place);
    }
    interrupts_restore(were_on);
    return error;
}

int request_perform(const struct request *request, struct request_result *result) {
    uint32_t handle;
    int error = request_submit(request, &handle);
    if (!error)
        error = request_run();
    return error < 0 ? error : request_fetch(handle, request->sender, result);
}

/* Takes what SENDER has in the ring out of it. */
static uint32_t thin_out(uint32_t sender) {
    uint16_t kept = 0, count = ring_count;
    for (uint16_t i = 0; i < count; i++) {
        uint16_t number = ring[(ring_start + i) % REQUEST_SLOTS];
        if (places[number].request.sender == sender)
            give_up(&places[number]);
        else
            ring[(ring_start + kept++) % REQUEST_SLOTS] = number;
    }
    ring_count = kept;
    return count - kept;
}

uint32_t request_forget(uint32_t sender) {
    bool were_on = interrupts_save();
    uint32_t freed = thin_out(sender);
    for (struct place *p = places; p < places + touched; p++) {
        bool mine = p->state != NOTHING && p->request.sender == sender;
        int before = p->state;
        if (p->state == READY && mine)
            give_up(p);
        p->unwanted |= p->state == WORKS && mine;
        if (p->state == WORKS && p->context == sender)
            done(p, -EIO);
        freed += before != NOTHING && p->state == NOTHING;
    }
    interrupts_restore(were_on);
    return freed;
}

uint32_t request_waiting(void) {
    return ring_count;
}
