/* The gates, filled from the last to the first, as two words each. */
#include "idt.h"

#include "errno.h"
#include "gdt.h"
#include "string.h"
#include "trap.h"

static uint32_t words[2 * IDT_ENTRIES] __attribute__((aligned(8)));
static uint32_t stack[2048] __attribute__((aligned(4096)));

uint64_t idt_gate(uint16_t selector, uint32_t offset, enum gate_type type, uint8_t ring) {
    uint64_t gate = 0x800000000000ull;
    gate |= (uint64_t)(offset >> 16) << 48 | (offset & 0xffff);
    gate |= (uint64_t)selector << 16 | (uint64_t)type << 40;
    return gate | (uint64_t)ring << 45;
}

static void put(uint32_t vector, uint64_t gate) {
    words[2 * vector] = (uint32_t)gate;
    words[2 * vector + 1] = (uint32_t)(gate >> 32);
}

void idt_init(void) {
    uint32_t cr3 = double_fault_tss.cr3;
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) idtr = {2047, (uint32_t)words};
    for (uint32_t vector = IDT_ENTRIES; vector-- > 0;)
        if (vector != 8)
            put(vector, idt_gate(SELECTOR_KERNEL_CODE, trap_stubs[vector], GATE_INTERRUPT, 0));
    put(8, idt_gate(SELECTOR_DOUBLE_FAULT, 0, GATE_TASK, 0));
    memset(&double_fault_tss, 0, sizeof double_fault_tss);
    double_fault_tss.cr3 = cr3;
    double_fault_tss.eip = (uint32_t)trap_double_fault;
    double_fault_tss.eflags = 2;
    double_fault_tss.esp = (uint32_t)(stack + 2044); /* need not be the very end */
    double_fault_tss.cs = SELECTOR_KERNEL_CODE;
    double_fault_tss.ds = double_fault_tss.es = double_fault_tss.fs = double_fault_tss.gs =
        double_fault_tss.ss = SELECTOR_KERNEL_DATA;
    double_fault_tss.io_map = 104;
    __asm__ volatile("lidt %0" : : "m"(idtr) : "memory");
}

int idt_allow_user(uint32_t vector) {
    if (vector > 255 || vector == 8)
        return -EINVAL;
    words[2 * vector + 1] |= 0x6000;
    return 0;
}
