/* Handlers with a default for each kind of vector; the devices' interrupts apart. */
#include "trap.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "format.h"
#include "gdt.h"
#include "io.h"
#include "panic.h"
#include "pic.h"

uint32_t trap_unexpected;

static struct {
    bool taken;
    trap_handler handler;
} entries[TRAP_VECTORS];

const char *trap_name(uint32_t vector) {
    switch (vector) {
#define TRAP_CASE(name, number, text)                                                              \
    case name:                                                                                     \
        return text;
        TRAP_LIST(TRAP_CASE)
    default:
        return vector < 32 ? "reserved exception" : vector < 256 ? "interrupt" : "no such vector";
    }
}

int trap_register(uint32_t vector, trap_handler handler) {
    if (!handler || vector > 255)
        return -EINVAL;
    if (entries[vector].taken || vector == 8)
        return -EBUSY;
    entries[vector].handler = handler;
    entries[vector].taken = true;
    return 0;
}

int trap_unregister(uint32_t vector) {
    if (vector > 255)
        return -EINVAL;
    if (!entries[vector].taken)
        return -ENOENT;
    entries[vector].taken = false;
    return 0;
}

static void fatal(uint32_t vector, uint32_t error, uint32_t eip, uint32_t ebp) {
    char touched[32] = "";
    uint32_t cr2;
    __asm__ volatile("movl %%cr2, %0" : "=r"(cr2));
    if (vector == 14)
        format_buffer(touched, sizeof touched, " while touching 0x%x", cr2);
    panic_from(eip, ebp, "0x%x: %s (error code 0x%x)%s", eip, trap_name(vector), error, touched);
}

static bool device(uint32_t irq) {
    if (!pic_spurious(irq)) {
        pic_end(irq);
        return true;
    }
    if (irq > 7)
        out8(0x20, 0x20);
    ++pic_spurious_count;
    return false;
}

void trap_dispatch(struct trap_frame *frame) {
    uint32_t vector = frame->vector;
    if ((vector & ~15u) == PIC_VECTOR && !device(vector & 15))
        return;
    if (vector > 255 || !entries[vector].taken) {
        if (vector < 32)
            fatal(vector, frame->error, frame->eip, frame->ebp);
        ++trap_unexpected;
        return;
    }
    entries[vector].handler(frame);
}

void trap_double_fault(void) {
    fatal(8, 0, kernel_tss.eip, kernel_tss.ebp);
    for (;;)
        continue;
}
