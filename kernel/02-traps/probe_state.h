/* Running a piece of code with chosen registers, and causing traps: for the probe commands. In
 * probe_state.asm. */
#ifndef MIROIR_PROBE_STATE_H
#define MIROIR_PROBE_STATE_H

#include <stdint.h>

#include "trap.h"

/* Every register that an interrupt must not change, in the order of struct trap_frame. */
struct machine_state {
    uint32_t gs, fs, es, ds;
    uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax; /* ESP is ignored when loaded */
    uint32_t eflags;
};
#define MACHINE_STATE_WORDS 13

/* Loads *STATE into the registers, calls CAUSE, and puts what is in the registers then into
 * *STATE. */
void machine_run(struct machine_state *state, void (*cause)(void));

/* A way to cause an exception. The instruction at FAULT does; after it comes RESUME. */
struct trap_cause {
    uint32_t vector;
    void (*run)(void);
    uint32_t fault, resume;
};
extern const struct trap_cause trap_causes[];
extern const uint32_t trap_cause_count;

/* Where those that load a selector find it: into DS (11, 13), into SS (12). */
extern uint32_t trap_cause_selector;

/* Code that consists of INT n and a return; 4 bytes each. */
extern const char trap_int_table[];

/* Does what the processor does for a trap with the stub at trap_enter_stub, interrupts off: with
 * or without the error code trap_enter_error. */
void trap_enter_without_error(void);
void trap_enter_with_error(void);
extern uint32_t trap_enter_stub, trap_enter_error;

/* For a later stage that has a handler of its own for exceptions: the commands put it aside, and back
 * again. NULL: there is none. */
extern trap_handler probe_trap_default;

/* Calls trap_return() with a frame that holds the registers in *trap_return_state, and from which
 * things go on after the call. */
void trap_return_cause(void);
extern const struct machine_state *trap_return_state;

/* Loads a table of its own, and other selectors than the kernel's from it into CS, DS, ES, FS, GS
 * and SS. */
void segments_elsewhere(void);

/* Sets ESP, then loads a selector from beyond the end of the table into DS. */
void __attribute__((noreturn)) stack_break(uint32_t esp);

/* Counts countdown_left down to 0, using no register. */
void countdown(void);
extern uint32_t countdown_left;

#endif
