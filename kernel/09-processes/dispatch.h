/* From `int 0x80` to the function that does what was asked for. Graded: exercise 5. */
#ifndef MIROIR_DISPATCH_H
#define MIROIR_DISPATCH_H

#include "syscall.h"
#include "trap.h"

/* A call as it came. */
struct syscall {
    uint32_t number;
    uint32_t argument[SYSCALL_ARGUMENTS];
};

/* Carries out CALL for the current process, directly, and returns its result; -ENOSYS for a number
 * that is not listed, however large. A call may block, and exit does not return. */
int32_t syscall_direct(const struct syscall *call);

/* What trap_syscall() calls: syscall_direct() at first. A later stage puts its own in its place. */
extern int32_t (*syscall_dispatch)(const struct syscall *call);

/* Handles SYSCALL_VECTOR; the kit registers it. Takes the call out of FRAME, gives it to
 * syscall_dispatch, and puts the result into FRAME's EAX; a call that has filled FRAME anew (exec)
 * must see it unchanged but for that: EAX is 0 in a program that starts. */
void trap_syscall(struct trap_frame *frame);

/* Handles every exception but the page fault and the double fault; the kit registers it. In ring 3:
 * process_end(), see below. In ring 0: takes itself away (trap_unregister()) and calls
 * trap_dispatch(), which panics. Graded: exercise 10. */
void trap_exception(struct trap_frame *frame);

/* Says on the console why the current process ends, by process_report() of the kit, and ends it
 * by process_kill() with status STATUS_KILLED + FRAME's vector. ADDRESS is what was touched, 0 if
 * the vector is not that of a page fault. */
void __attribute__((noreturn)) process_end(const struct trap_frame *frame, uint32_t address);

/* Prints one line about the end of the current process, and nothing else. Given by the kit:
 *
 *     pid 7 (crime): killed: Segmentation Fault: write to 0x00000000 at 0x08049012 <write_null>
 *     pid 8 (crime): killed: divide error at 0x08049023 <divide>
 *
 * After `at` comes EIP, and in < > the function of the program, if its file has a table of them. */
void process_report(const struct trap_frame *frame, uint32_t address);

#endif
