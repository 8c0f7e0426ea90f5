/* The processor's input and output ports, and the few instructions that C has no word for. */
#ifndef MIROIR_IO_H
#define MIROIR_IO_H

#include <stdint.h>

/* Writes VALUE to the 8-bit port PORT. */
static inline void out8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

/* Returns what the 8-bit port PORT holds; 0xff where no device answers. */
static inline uint8_t in8(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

/* Tells the processor that a loop is waiting for a device. */
static inline void cpu_pause(void) {
    __asm__ volatile("pause" : : : "memory");
}

/* Stops the processor for good: no interrupt wakes it. */
static inline void __attribute__((noreturn)) cpu_stop(void) {
    for (;;)
        __asm__ volatile("cli; hlt" : : : "memory");
}

/* Returns the time stamp counter: clock cycles since reset. Under `qemu -icount shift=0` a
 * difference of two readings is the number of instructions executed in between. */
static inline uint64_t cpu_cycles(void) {
    uint64_t cycles;
    __asm__ volatile("rdtsc" : "=A"(cycles));
    return cycles;
}

#endif
