/* A 16550 serial port, driven by polling. Contract: kernel/01-boot/serial.h */
#include "serial.h"

#include "errno.h"
#include "io.h"
#include "todo.h"

/* Registers, from the port's base. */
enum { DATA, INTERRUPTS, FIFO, LINE, MODEM, STATUS, DIVISOR_LOW = DATA, DIVISOR_HIGH = INTERRUPTS };

// BEGIN SOLUTION
#define LINE_8N1 0x03
#define LINE_DIVISOR 0x80
#define FIFO_ON_AND_EMPTY 0x07
#define MODEM_READY 0x0b /* DTR, RTS, OUT2 */
#define MODEM_LOOPBACK 0x10
#define ANSWER_TRIES 1000000 /* over a second, as one reading takes over 1 us */
#define STATUS_RECEIVED 0x01
#define STATUS_CAN_SEND 0x20

static void program(uint16_t base, uint16_t divisor) {
    out8(base + INTERRUPTS, 0);
    out8(base + LINE, LINE_DIVISOR);
    out8(base + DIVISOR_LOW, divisor & 0xff);
    out8(base + DIVISOR_HIGH, divisor >> 8);
    out8(base + LINE, LINE_8N1);
}

/* Returns whether a byte sent to the port itself comes back. On a port without a device every
 * register reads as 0xff, which looks like a byte received: so the byte's value counts. */
static int answers(uint16_t base) {
    const uint8_t sent = 0x5a;
    out8(base + MODEM, MODEM_LOOPBACK | MODEM_READY);
    out8(base + FIFO, FIFO_ON_AND_EMPTY); /* now: nothing comes in any more but what is sent */
    out8(base + DATA, sent);
    for (int tries = 0; tries < ANSWER_TRIES; tries++)
        if (in8(base + STATUS) & STATUS_RECEIVED)
            return in8(base + DATA) == sent;
    return 0;
}
// END SOLUTION

int serial_init(struct serial *port, uint16_t base, uint32_t baud) {
    // BEGIN SOLUTION
    //| TODO();
    //| port->base = 0;
    //| return -ENOSYS;
    port->base = 0;
    if (!baud || SERIAL_CLOCK % baud || SERIAL_CLOCK / baud > 0xffff)
        return -EINVAL;
    program(base, (uint16_t)(SERIAL_CLOCK / baud));
    if (!answers(base))
        return -ENODEV;
    out8(base + MODEM, MODEM_READY);
    out8(base + FIFO, FIFO_ON_AND_EMPTY);
    port->base = base;
    return 0;
    // END SOLUTION
}

void serial_put(const struct serial *port, uint8_t byte) {
    // BEGIN SOLUTION
    //| TODO();
    if (!port->base)
        return;
    while (!(in8(port->base + STATUS) & STATUS_CAN_SEND))
        cpu_pause();
    out8(port->base + DATA, byte);
    // END SOLUTION
}

int serial_get(const struct serial *port) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -EAGAIN;
    if (!port->base || !(in8(port->base + STATUS) & STATUS_RECEIVED))
        return -EAGAIN;
    return in8(port->base + DATA);
    // END SOLUTION
}
