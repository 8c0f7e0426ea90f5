/* The processor's interrupt flag: whether devices may stop the running code. No function of this
 * stage but those below changes it for its caller. */
#ifndef MIROIR_INTERRUPTS_H
#define MIROIR_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

#define EFLAGS_INTERRUPTS 0x200

/* Lets interrupts in from now on. */
static inline void interrupts_on(void) {
    __asm__ volatile("sti" : : : "memory");
}

/* Keeps interrupts out from now on. */
static inline void interrupts_off(void) {
    __asm__ volatile("cli" : : : "memory");
}

/* Returns whether interrupts are let in. */
static inline bool interrupts_are_on(void) {
    uint32_t flags;
    __asm__ volatile("pushfl\n\tpopl %0" : "=r"(flags) : : "memory");
    return flags & EFLAGS_INTERRUPTS;
}

/* Keeps interrupts out, and returns whether they were let in: what interrupts_restore() takes. */
static inline bool interrupts_save(void) {
    bool were_on = interrupts_are_on();
    interrupts_off();
    return were_on;
}

static inline void interrupts_restore(bool were_on) {
    if (were_on)
        interrupts_on();
}

#endif
