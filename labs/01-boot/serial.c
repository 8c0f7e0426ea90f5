/* A 16550 serial port, driven by polling. Contract: kernel/01-boot/serial.h */
#include "serial.h"

#include "errno.h"
#include "io.h"
#include "todo.h"

/* Registers, from the port's base. */
enum { DATA, INTERRUPTS, FIFO, LINE, MODEM, STATUS, DIVISOR_LOW = DATA, DIVISOR_HIGH = INTERRUPTS };

int serial_init(struct serial *port, uint16_t base, uint32_t baud) {
    TODO();
    port->base = 0;
    return -ENOSYS;
}

void serial_put(const struct serial *port, uint8_t byte) {
    TODO();
}

int serial_get(const struct serial *port) {
    TODO();
    return -EAGAIN;
}
