/* The processor's registers and instructions that paging is about. */
#ifndef MIROIR_CONTROL_H
#define MIROIR_CONTROL_H

#include <stdint.h>

#define CR0_PROTECTION 0x00000001 /* protected mode: set since the boot loader */
#define CR0_WRITE_PROTECT 0x00010000
#define CR0_PAGING 0x80000000

static inline uint32_t cr0_read(void) {
    uint32_t value;
    __asm__ volatile("mov %%cr0, %0" : "=r"(value) : : "memory");
    return value;
}

static inline void cr0_write(uint32_t value) {
    __asm__ volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

/* Returns the address whose access caused the last page fault. */
static inline uint32_t cr2_read(void) {
    uint32_t value;
    __asm__ volatile("mov %%cr2, %0" : "=r"(value) : : "memory");
    return value;
}

/* Returns the physical address of the directory in use. */
static inline uint32_t cr3_read(void) {
    uint32_t value;
    __asm__ volatile("mov %%cr3, %0" : "=r"(value) : : "memory");
    return value;
}

/* Puts the directory at the physical address VALUE to use, and makes the processor forget every
 * translation that it remembers. */
static inline void cr3_write(uint32_t value) {
    __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

/* Makes the processor forget what it remembers of the page that ADDRESS lies in. */
static inline void tlb_forget(uint32_t address) {
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

#endif
