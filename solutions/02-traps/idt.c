/* The 256 gates. Contract: kernel/02-traps/idt.h */
#include "idt.h"

#include "errno.h"
#include "gdt.h"
#include "todo.h"
#include "trap.h"

// BEGIN SOLUTION
#define GATE_RING_SHIFT 45
#define DOUBLE_FAULT_STACK 4096

static uint64_t table[IDT_ENTRIES];
// END SOLUTION

uint64_t idt_gate(uint16_t selector, uint32_t offset, enum gate_type type, uint8_t ring) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    const uint32_t present = 1u << 15;
    uint32_t low = (uint32_t)selector << 16 | (offset & 0xffff);
    uint32_t high = (offset & 0xffff0000) | present | (uint32_t)(ring & 3) << 13 | type << 8;
    return (uint64_t)high << 32 | low;
    // END SOLUTION
}

// BEGIN SOLUTION
/* The stack is filled from its end, and the processor pushes the error code first. */
static void prepare_double_fault(void) {
    static uint8_t stack[DOUBLE_FAULT_STACK] __attribute__((aligned(16)));
    double_fault_tss = (struct tss){
        .cr3 = double_fault_tss.cr3,
        .eip = (uint32_t)trap_double_fault,
        .eflags = 2,
        .esp = (uint32_t)(stack + sizeof stack),
        .es = SELECTOR_KERNEL_DATA,
        .cs = SELECTOR_KERNEL_CODE,
        .ss = SELECTOR_KERNEL_DATA,
        .ds = SELECTOR_KERNEL_DATA,
        .fs = SELECTOR_KERNEL_DATA,
        .gs = SELECTOR_KERNEL_DATA,
        .io_map = sizeof double_fault_tss,
    };
}
// END SOLUTION

void idt_init(void) {
    // BEGIN SOLUTION
    //| TODO();
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) idtr = {sizeof table - 1, (uint32_t)table};
    for (uint32_t vector = 0; vector < IDT_ENTRIES; vector++)
        table[vector] = idt_gate(SELECTOR_KERNEL_CODE, trap_stubs[vector], GATE_INTERRUPT, 0);
    table[TRAP_DOUBLE_FAULT] = idt_gate(SELECTOR_DOUBLE_FAULT, 0, GATE_TASK, 0);
    prepare_double_fault();
    __asm__ volatile("lidt %0" : : "m"(idtr) : "memory");
    // END SOLUTION
}

int idt_allow_user(uint32_t vector) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (vector >= IDT_ENTRIES || vector == TRAP_DOUBLE_FAULT)
        return -EINVAL;
    table[vector] |= 3ull << GATE_RING_SHIFT;
    return 0;
    // END SOLUTION
}
