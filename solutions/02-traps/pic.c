/* The two 8259A interrupt controllers. Contract: kernel/02-traps/pic.h */
#include "pic.h"

#include "errno.h"
#include "io.h"
#include "todo.h"

uint32_t pic_spurious_count;

// BEGIN SOLUTION
enum { COMMAND_1 = 0x20, DATA_1 = 0x21, COMMAND_2 = 0xa0, DATA_2 = 0xa1 };

#define CASCADE 2 /* the first controller's line that the second one is on */

#define INIT 0x11 /* begin initialisation; a fourth word follows */
#define INIT_8086 0x01
#define READ_SERVICE 0x0b
#define END_OF_INTERRUPT 0x20

/* Prepares one controller; WIRING is the word that says how the two are connected. */
static void program(uint16_t command, uint16_t data, uint8_t vector, uint8_t wiring) {
    out8(command, INIT);
    out8(data, vector);
    out8(data, wiring);
    out8(data, INIT_8086);
    out8(data, 0xff);
}
// END SOLUTION

void pic_init(void) {
    // BEGIN SOLUTION
    //| TODO();
    program(COMMAND_1, DATA_1, PIC_VECTOR, 1 << CASCADE);
    program(COMMAND_2, DATA_2, PIC_VECTOR + 8, CASCADE);
    // END SOLUTION
}

int pic_mask(uint32_t irq) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (irq >= PIC_LINES)
        return -EINVAL;
    uint16_t data = irq < 8 ? DATA_1 : DATA_2;
    out8(data, in8(data) | 1 << irq % 8);
    return 0;
    // END SOLUTION
}

int pic_unmask(uint32_t irq) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (irq >= PIC_LINES)
        return -EINVAL;
    if (irq >= 8) {
        out8(DATA_2, in8(DATA_2) & ~(1 << irq % 8));
        irq = CASCADE;
    }
    out8(DATA_1, in8(DATA_1) & ~(1 << irq));
    return 0;
    // END SOLUTION
}

bool pic_spurious(uint32_t irq) {
    // BEGIN SOLUTION
    //| TODO();
    //| return false;
    if (irq != 7 && irq != 15)
        return false;
    uint16_t command = irq < 8 ? COMMAND_1 : COMMAND_2;
    out8(command, READ_SERVICE);
    return !(in8(command) & 0x80);
    // END SOLUTION
}

void pic_end(uint32_t irq) {
    // BEGIN SOLUTION
    //| TODO();
    if (irq >= PIC_LINES)
        return;
    if (irq >= 8)
        out8(COMMAND_2, END_OF_INTERRUPT);
    out8(COMMAND_1, END_OF_INTERRUPT);
    // END SOLUTION
}
