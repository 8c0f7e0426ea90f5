/* The interrupt descriptor table: which code runs for which of the 256 vectors. Graded:
 * exercise 3. */
#ifndef MIROIR_IDT_H
#define MIROIR_IDT_H

#include <stdint.h>

#define IDT_ENTRIES 256

/* What a gate does. */
enum gate_type {
    GATE_TASK = 0x5,      /* switches to another task; the offset has no meaning */
    GATE_INTERRUPT = 0xe, /* 32-bit; turns interrupts off (IF = 0) */
    GATE_TRAP = 0xf,      /* 32-bit; leaves IF alone */
};

/* Returns a gate, present (bit 47 set):
 *
 *     63             48 47 46  45 44 43  40 39      32 31             16 15            0
 *     +----------------+--+------+--+------+----------+-----------------+--------------+
 *     | offset         |P | DPL  |0 | TYPE | 0        | SELECTOR        | offset       |
 *     | bits 16..31    |  |      |  |      |          |                 | bits 0..15   |
 *     +----------------+--+------+--+------+----------+-----------------+--------------+
 *
 * OFFSET is the address of the code to run in segment SELECTOR. RING, 0 to 3, is the least
 * privileged ring whose code may use the gate by the instruction INT; for exceptions and devices
 * it does not matter. */
uint64_t idt_gate(uint16_t selector, uint32_t offset, enum gate_type type, uint8_t ring);

/* Fills the table, which lies in the kernel's own memory, and loads IDTR (limit: the table's bytes
 * less 1). Gate V is an interrupt gate of ring 0 to trap_stubs[V] (trap.h) in SELECTOR_KERNEL_CODE,
 * for every V but one: gate 8, the double fault, is a task gate of ring 0 to SELECTOR_DOUBLE_FAULT
 * with offset 0, since the stack may be what is broken.
 * Gives double_fault_tss (gdt.h) its contents: trap_double_fault() (trap.h) as EIP, the kernel's
 * selectors, EFLAGS = 2, IO_MAP = 104, and as ESP, a multiple of 4, the end of a stack of its own,
 * below which there are 4096 bytes that nothing else uses; CR3 keeps its value, the other fields
 * are 0.
 * May be called again: every gate is then as at first. */
void idt_init(void);

/* Lets ring 3 use gate VECTOR by the instruction INT; nothing else in the gate changes.
 * Returns 0; -EINVAL if VECTOR is over 255, or is 8. */
int idt_allow_user(uint32_t vector);

#endif
