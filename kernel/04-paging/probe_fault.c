/* Commands that cause page faults, and survive most of them. */
#include "control.h"
#include "gdt.h"
#include "page_fault.h"
#include "probe.h"

/* The last fault caught. */
static struct caught { uint32_t count, error, address; } caught;

static bool hook_resolves;

#define TOUCH_LENGTH 2 /* bytes of the instructions that touch() uses */

static void catch_fault(struct trap_frame *frame) {
    caught.count++;
    caught.error = frame->error;
    caught.address = cr2_read();
    frame->eip += TOUCH_LENGTH;
}

static bool catch_by_hook(struct trap_frame *frame, uint32_t address) {
    if (!hook_resolves)
        return false;
    catch_fault(frame);
    caught.address = address;
    return true;
}

/* Reads a word at ADDRESS, or writes *VALUE there. Returns what was read. */
static uint32_t touch(uint32_t address, const uint32_t *value) {
    uint32_t word = value ? *value : 0;
    caught.count = 0;
    if (value)
        __asm__ volatile("movl %%edx, (%%eax)" : : "a"(address), "d"(word) : "memory");
    else
        __asm__ volatile("movl (%%eax), %%edx" : "+d"(word) : "a"(address) : "memory");
    return word;
}

/* Touches what CALL says, its arguments being an address and perhaps a value, and answers. */
static int touch_and_answer(struct probe_call *call, uint32_t address, const uint32_t *value) {
    uint32_t word = touch(address, value);
    probe_hex(call, caught.count);
    probe_hex(call, caught.count ? caught.error : word);
    if (caught.count)
        probe_hex(call, caught.address);
    return 0;
}

PROBE(page_touch, "address [value]",
      "reads or writes a word past page_fault(): 0 and the word, or 1, error code, address") {
    uint32_t value = (uint32_t)call->number[1];
    trap_unregister(TRAP_PAGE_FAULT);
    trap_register(TRAP_PAGE_FAULT, catch_fault);
    touch_and_answer(call, (uint32_t)call->number[0], call->count > 1 ? &value : 0);
    trap_unregister(TRAP_PAGE_FAULT);
    trap_register(TRAP_PAGE_FAULT, page_fault);
    return 0;
}

PROBE(page_fault_hook, "address resolve [value]",
      "page_touch, with a hook that resolves the fault (1) or does not (0)") {
    uint32_t value = (uint32_t)call->number[2];
    hook_resolves = call->number[1];
    page_fault_hook = catch_by_hook;
    touch_and_answer(call, (uint32_t)call->number[0], call->count > 2 ? &value : 0);
    page_fault_hook = 0;
    return 0;
}

PROBE(page_fault, "address error eip", "calls page_fault() as for a fault of the code at EIP") {
    struct trap_frame frame = {.vector = TRAP_PAGE_FAULT, .error = (uint32_t)call->number[1]};
    frame.eip = (uint32_t)call->number[2];
    frame.cs = SELECTOR_KERNEL_CODE; /* whatever ERROR says: it is what counts */
    __asm__ volatile("mov %0, %%cr2" : : "r"((uint32_t)call->number[0]) : "memory");
    page_fault(&frame);
    return 0;
}

PROBE(page_jump, "address", "calls the code at an address") {
    ((void (*)(void))(uint32_t)call->number[0])();
    return 0;
}

PROBE(page_fault_reason, "address error", "why a fault is fatal: its number, and in words") {
    uint32_t reason = page_fault_reason((uint32_t)call->number[0], (uint32_t)call->number[1]);
    probe_hex(call, reason);
    probe_text(call, reason <= REASON_FORBIDDEN ? page_fault_words[reason] : "?");
    return 0;
}
