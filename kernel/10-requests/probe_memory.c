/* Commands for the memory device, for chunks, and for the gates that all actions come through.
 * SPACE is as in the commands of stage 07. */
#include "actions.h"
#include "chunk.h"
#include "errno.h"
#include "interrupts.h"
#include "io.h"
#include "manager.h"
#include "memory.h"
#include "page.h"
#include "probe.h"
#include "probe_mspace.h"

#define NUMBER(i) ((uint32_t)call->number[i])
#define UNTOUCHED 0xa5a5a5a5

PROBE(memory_device, "",
      "ID, size and free bytes of the memory device; its allocator's ID and sent") {
    const struct memory_device *memory = &memory_device;
    probe_hex(call, memory->device.id.raw);
    probe_hex(call, memory->size);
    probe_hex(call, memory_available(memory));
    probe_hex(call, memory->allocator ? memory->allocator->device.raw : UNTOUCHED);
    probe_hex(call, memory->allocator ? memory->allocator->sent : 0);
    return 0;
}

/* The need in CALL's arguments from FIRST on: nature, reason, amount, and then its arguments. */
static struct memory_need need_in(const struct probe_call *call, int first) {
    struct memory_need need = {
        (uint16_t)NUMBER(first), (uint16_t)NUMBER(first + 1), NUMBER(first + 2), {0}};
    first += 3;
    for (int i = first; i < call->count && i < first + REQUEST_ARGUMENTS; i++)
        need.arguments[i - first] = NUMBER(i);
    return need;
}

PROBE(memory_init, "", "makes the memory device") {
    return memory_init();
}

PROBE(memory_ask, "nature reason amount [arguments...]",
      "tells the memory device of a need: the handle of the request that comes of it") {
    struct memory_need need = need_in(call, 0);
    uint32_t handle = UNTOUCHED;
    int error = memory_ask(&memory_device, &need, &handle);
    probe_hex(call, handle);
    return error;
}

/* Has ALLOCATOR send the request that CALL tells of, or has MEMORY, if it is not NULL, do so. */
static int send(struct probe_call *call, struct memory_device *memory,
                struct memory_allocator *allocator) {
    struct memory_need need = need_in(call, 1);
    uint32_t handle = UNTOUCHED;
    int error =
        memory ? memory_ask(memory, &need, &handle) : allocator_send(allocator, &need, &handle);
    probe_hex(call, error ? 0 : handle);
    probe_hex(call, allocator->sent);
    return error;
}

PROBE(allocator_send, "device nature reason amount [arguments...]",
      "has an allocator of another device send a request: its handle, and how many it has sent") {
    struct memory_allocator allocator = {{(uint8_t)NUMBER(0)}, 0};
    return send(call, NULL, &allocator);
}

PROBE(memory_ask_other, "device nature reason amount [arguments...]",
      "tells another memory device of a need: a handle, and how many its allocator has sent") {
    struct memory_allocator allocator = {{(uint8_t)NUMBER(0)}, 0};
    struct memory_device memory = {.device.id = allocator.device, .allocator = &allocator};
    return send(call, &memory, &allocator);
}

PROBE(chunk_length, "size", "how many bytes are mapped for a chunk") {
    probe_hex(call, chunk_length(NUMBER(0)));
    return 0;
}

PROBE(chunk_alloc, "owner space size", "makes a chunk: its address") {
    uint32_t address = UNTOUCHED;
    int error = chunk_alloc(NUMBER(0), probe_space(NUMBER(1)), NUMBER(2), &address);
    if (error && address != UNTOUCHED)
        return -EFAULT;
    probe_hex(call, address);
    return error;
}

PROBE(chunk_info, "owner address", "a chunk's owner, address and size; 1 if it is corrupted") {
    const chunk_t *chunk;
    int error = chunk_info(NUMBER(0), NUMBER(1), &chunk);
    if (error)
        return error;
    probe_hex(call, chunk->owner);
    probe_hex(call, chunk->address);
    probe_hex(call, chunk->size);
    probe_hex(call, chunk->corrupted);
    return 0;
}

PROBE(chunk_free, "owner address", "gives a chunk back: 1 if it was corrupted") {
    bool corrupted = false;
    int error = chunk_free(NUMBER(0), NUMBER(1), &corrupted);
    probe_hex(call, corrupted);
    return error;
}

PROBE(chunks_forget, "owner", "forgets the chunks of an owner") {
    chunks_forget(NUMBER(0));
    return 0;
}

PROBE(call_device, "number", "the kind of the device that carries out a system call") {
    probe_hex(call, call_device(NUMBER(0)));
    return 0;
}

PROBE(action_call, "number [arguments...]",
      "a system call, through its gate: what the program gets") {
    struct syscall what = {NUMBER(0), {NUMBER(1), NUMBER(2), NUMBER(3), NUMBER(4), NUMBER(5)}};
    probe_hex(call, (uint32_t)action_call(&what));
    return 0;
}

PROBE(action_fault, "space address error", "a page fault, through its gate") {
    return action_fault(probe_space(NUMBER(0)), NUMBER(1), NUMBER(2));
}

PROBE(action_tick, "", "a tick, through its gate") {
    action_tick();
    return 0;
}

static uint32_t call_by_trap(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    uint32_t result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(0)
                     : "memory");
    return result;
}

/* Calls that are measured. */
static void call_getpid(void) {
    call_by_trap(SYS_getpid, 0, 0, 0, 0);
}

static void map_and_unmap(void) {
    uint32_t page = call_by_trap(SYS_mmap, 0, PAGE_SIZE, MAP_READ | MAP_WRITE, (uint32_t)-1);
    call_by_trap(SYS_munmap, page, PAGE_SIZE, 0, 0);
}

PROBE(call_bench, "times direct maps",
      "cycles of so many getpid, or (maps 1) mmap and munmap, by int 0x80: through the manager, or "
      "(direct 1) not") {
    int32_t (*before)(const struct syscall *) = syscall_dispatch;
    void (*measured)(void) = call->number[2] ? map_and_unmap : call_getpid;
    bool were_on = interrupts_save();
    syscall_dispatch = call->number[1] ? syscall_direct : action_call;
    measured();
    uint64_t start = cpu_cycles();
    for (uint32_t i = 0; i < call->number[0]; i++)
        measured();
    probe_hex(call, cpu_cycles() - start);
    syscall_dispatch = before;
    interrupts_restore(were_on);
    return 0;
}
