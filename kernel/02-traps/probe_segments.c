/* Commands for the tables of descriptors and gates. */
#include "gdt.h"
#include "idt.h"
#include "interrupts.h"
#include "probe.h"
#include "probe_state.h"

PROBE(gdt_descriptor, "base limit access flags", "the descriptor made of these") {
    probe_hex(call, gdt_descriptor((uint32_t)call->number[0], (uint32_t)call->number[1],
                                   (uint8_t)call->number[2], (uint8_t)call->number[3]));
    return 0;
}

PROBE(gdt_init, "", "builds the table anew, from segments of another table") {
    bool were_on = interrupts_save();
    segments_elsewhere();
    gdt_init();
    interrupts_restore(were_on);
    return 0;
}

PROBE(idt_gate, "selector offset type ring", "the gate made of these") {
    probe_hex(call, idt_gate((uint16_t)call->number[0], (uint32_t)call->number[1],
                             (enum gate_type)call->number[2], (uint8_t)call->number[3]));
    return 0;
}

PROBE(idt_init, "", "fills and loads the table anew") {
    bool were_on = interrupts_save();
    idt_init();
    interrupts_restore(were_on);
    return 0;
}

PROBE(idt_allow_user, "vector", "lets ring 3 use a gate") {
    return idt_allow_user((uint32_t)call->number[0]);
}
