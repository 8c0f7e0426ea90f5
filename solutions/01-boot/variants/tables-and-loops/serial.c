/* Different but right: what is written to the port stands in a table, the test byte is tried with
 * several values, and the loops are of another kind. */
#include "serial.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "io.h"

struct setting {
    uint8_t offset, value;
};

static void set(uint16_t base, const struct setting *settings, size_t count) {
    while (count--) {
        out8(base + settings->offset, settings->value);
        settings++;
    }
}

static bool ready(uint16_t base, uint8_t bit) {
    return (in8(base + 5) & bit) != 0;
}

/* Returns whether BYTE, sent in loopback mode, comes back within a bounded time. */
static bool comes_back(uint16_t base, uint8_t byte) {
    uint32_t patience = 500000;
    out8(base, byte);
    while (!ready(base, 1))
        if (!--patience)
            return false;
    return in8(base) == byte;
}

int serial_init(struct serial *port, uint16_t base, uint32_t baud) {
    uint32_t divisor = 1;
    *port = (struct serial){.base = 0};
    while (divisor <= 0xffff && divisor * (uint64_t)baud < SERIAL_CLOCK)
        divisor++;
    if (divisor > 0xffff || divisor * (uint64_t)baud != SERIAL_CLOCK)
        return -EINVAL;

    const struct setting before[] = {{3, 0x80},
                                     {1, (uint8_t)(divisor >> 8)},
                                     {0, (uint8_t)divisor},
                                     {3, 0x03},
                                     {1, 0x00},
                                     {2, 0xc7},
                                     {4, 0x1b}};
    const struct setting after[] = {{2, 0xc7}, {4, 0x0b}};
    set(base, before, sizeof before / sizeof *before);
    bool present = comes_back(base, 0x00) && comes_back(base, 0xa7);
    set(base, after, sizeof after / sizeof *after);
    if (!present)
        return -ENODEV;
    port->base = base;
    return 0;
}

void serial_put(const struct serial *port, uint8_t byte) {
    uint16_t base = port->base;
    if (base == 0)
        return;
    do {
        cpu_pause();
    } while (!ready(base, 0x20));
    out8(base, byte);
}

int serial_get(const struct serial *port) {
    if (port->base != 0 && ready(port->base, 1))
        return in8(port->base);
    return -EAGAIN;
}
