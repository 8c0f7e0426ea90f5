/* Broken invariants: the kernel says what is wrong, where, with which values, and stops.
 *
 * For what can only be the kernel's own mistake. A bad argument is not: that is an errno.
 */
#ifndef MIROIR_PANIC_H
#define MIROIR_PANIC_H

#include <stdint.h>

/* Prints the message, formatted as by kprintf(), with the place of the call and a backtrace, on
 * the console and on the probe's port, and stops the processor. */
#define panic(...) panic_at(__FILE__, __LINE__, __func__, __VA_ARGS__)

/* Panics unless CONDITION holds. */
#define ASSERT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition))                                                                          \
            panic("%s does not hold", #condition);                                                 \
    } while (0)

/* Panic with both values unless LEFT == RIGHT, != , <, <=. Integers and pointers, compared as
 * unsigned 32-bit numbers; each side is evaluated once. */
#define ASSERT_EQ(left, right) ASSERT_COMPARE(left, ==, right)
#define ASSERT_NE(left, right) ASSERT_COMPARE(left, !=, right)
#define ASSERT_LT(left, right) ASSERT_COMPARE(left, <, right)
#define ASSERT_LE(left, right) ASSERT_COMPARE(left, <=, right)

#define ASSERT_COMPARE(left, operator, right)                                                      \
    do {                                                                                           \
        uint32_t left_value = (uint32_t)(left), right_value = (uint32_t)(right);                   \
        if (!(left_value operator right_value))                                                    \
            panic("%s " #operator" %s does not hold: 0x%x and 0x%x", #left, #right, left_value,    \
                  right_value);                                                                    \
    } while (0)

void __attribute__((noreturn, format(printf, 4, 5)))
panic_at(const char *file, int line, const char *function, const char *format, ...);

/* Panics on behalf of the code that was running at EIP with the frame pointer EBP: for a handler
 * that was called by the processor, not by the culprit. */
void __attribute__((noreturn, format(printf, 3, 4)))
panic_from(uint32_t eip, uint32_t ebp, const char *format, ...);

#endif
