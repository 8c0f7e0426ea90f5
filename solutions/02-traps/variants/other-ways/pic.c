/* The controllers, with the masks kept in memory. */
#include "pic.h"

#include "errno.h"
#include "io.h"

uint32_t pic_spurious_count;

static uint16_t masks;

static void write_masks(void) {
    out8(0xa1, (uint8_t)(masks >> 8));
    out8(0x21, (uint8_t)masks);
}

void pic_init(void) {
    static const struct {
        uint8_t port, word;
    } script[] = {{0xa0, 0x11}, {0x20, 0x11}, {0xa1, 0x28}, {0x21, 0x20},
                  {0xa1, 0x02}, {0x21, 0x04}, {0xa1, 0x01}, {0x21, 0x01}};
    for (unsigned i = 0; i < sizeof script / sizeof *script; i++)
        out8(script[i].port, script[i].word);
    masks = 0xffff;
    write_masks();
}

int pic_mask(uint32_t irq) {
    if (irq > 15)
        return -EINVAL;
    masks |= 1 << irq;
    write_masks();
    return 0;
}

int pic_unmask(uint32_t irq) {
    if (irq > 15)
        return -EINVAL;
    masks &= ~(1 << irq);
    if (irq > 7)
        masks &= ~(1 << 2);
    write_masks();
    return 0;
}

bool pic_spurious(uint32_t irq) {
    uint16_t port = irq == 7 ? 0x20 : 0xa0;
    if (irq != 7 && irq != 15)
        return false;
    out8(port, 0x0b);
    bool real = in8(port) >> 7;
    out8(port, 0x0a);
    return !real;
}

void pic_end(uint32_t irq) {
    switch (irq) {
    case 8 ... 15:
        out8(0xa0, 0x20); /* fall through */
    case 0 ... 7:
        out8(0x20, 0x20);
    }
}
