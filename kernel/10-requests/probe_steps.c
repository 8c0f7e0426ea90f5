/* A command that calls the manager's functions step by step, and sees when interrupts are let in. */
#include <stddef.h>

#include "dispatch.h"
#include "errno.h"
#include "interrupts.h"
#include "manager.h"
#include "probe.h"
#include "string.h"
#include "trap.h"

#define EFLAGS_TRAP 0x100

/* What the functions are called with. */
static struct request request;
static uint32_t handle;
static struct request_result result;

static int submit(void) {
    return request_submit(&request, &handle);
}

static int fetch(void) {
    return request_fetch(handle, request.sender, &result);
}

static int perform(void) {
    return request_perform(&request, &result);
}

static int forget(void) {
    return (int)request_forget(request.sender);
}

static int waiting(void) {
    return (int)request_waiting();
}

static const struct {
    const char *name;
    int (*call)(void);
} functions[] = {{"request_submit", submit}, {"request_run", request_run},
                 {"request_fetch", fetch},   {"request_perform", perform},
                 {"request_forget", forget}, {"request_waiting", waiting}};

/* Whether interrupts are let in, how often that has changed, and after how many instructions they
 * were not. */
static bool are_on;
static uint32_t went_off, came_on, steps_off;

/* Called after each instruction. */
static void look(struct trap_frame *frame) {
    bool were_on = are_on;
    are_on = frame->eflags & EFLAGS_INTERRUPTS;
    went_off += were_on && !are_on;
    came_on += !were_on && are_on;
    steps_off += !are_on;
}

/* Returns what FUNCTION returns, each instruction of which causes a trap. */
static int step_through(int (*function)(void)) {
    went_off = came_on = steps_off = 0;
    are_on = interrupts_are_on();
    __asm__ volatile("pushfl\n\torl %0, (%%esp)\n\tpopfl" : : "i"(EFLAGS_TRAP) : "memory", "cc");
    int answer = function();
    __asm__ volatile("pushfl\n\tandl %0, (%%esp)\n\tpopfl" : : "i"(~EFLAGS_TRAP) : "memory", "cc");
    return answer;
}

/* Has HANDLER called after each instruction. */
static void have_steps_go_to(trap_handler handler) {
    trap_unregister(TRAP_DEBUG);
    trap_register(TRAP_DEBUG, handler);
}

/* The same, with interrupts being ON or not at first; tells CALL what came of it. */
static int watch(struct probe_call *call, int (*function)(void), bool on) {
    have_steps_go_to(look);
    bool before = interrupts_save();
    interrupts_restore(on);
    int answer = step_through(function);
    bool after = interrupts_save();
    interrupts_restore(before);
    have_steps_go_to(trap_exception); /* as the kit had them */
    probe_decimal(call, answer);
    probe_hex(call, after);
    probe_hex(call, went_off);
    probe_hex(call, came_on);
    probe_hex(call, steps_off);
    return 0;
}

PROBE(request_steps, "function:word device version on",
      "calls a function of the manager, interrupts being ON or not: what it returns; whether they "
      "are on then; how often they went off meanwhile, and came on; instructions with them off") {
    request = (struct request){.version = (uint16_t)call->number[2],
                               .device = {(uint8_t)call->number[1]},
                               .nature = NATURE_ECHO,
                               .reason = BECAUSE_KERNEL};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!strcmp(call->word[0], functions[i].name))
            return watch(call, functions[i].call, call->number[3]);
    return -EINVAL;
}
