/* A 16550 serial port, driven by polling. Graded: exercises 3 and 4.
 *
 * Registers, from the port's base: 0 data (divisor, low byte), 1 interrupt enable (divisor, high
 * byte), 2 FIFO control, 3 line control, 4 modem control, 5 line status. Bit 7 of line control
 * makes the first two the divisor: 115200 divided by the baud rate.
 */
#ifndef MIROIR_SERIAL_H
#define MIROIR_SERIAL_H

#include <stdint.h>

#define SERIAL_COM1 0x3f8
#define SERIAL_CLOCK 115200 /* the fastest rate, in baud */

/* One port. The caller owns it; serial_init() fills it. */
struct serial {
    uint16_t base; /* first of its eight I/O ports; 0: no device, nothing is sent or received */
};

/* Prepares the port whose registers start at BASE: BAUD bits a second, 8 data bits, no parity, 1
 * stop bit; FIFOs on and emptied; its interrupts off; DTR, RTS and OUT2 set. Makes sure that a
 * device is there: in loopback mode (bit 4 of modem control) a byte sent comes back, that is, line
 * status says that a byte is there, and it is the one sent.
 * Returns 0; -EINVAL if BAUD does not divide SERIAL_CLOCK, or if the divisor has more than 16 bits,
 * no register having been touched; -ENODEV if the byte does not come back within a bounded time
 * (whatever line status says meanwhile). After an error PORT is a port without a device. Other
 * ports are left alone. */
int serial_init(struct serial *port, uint16_t base, uint32_t baud);

/* Sends BYTE, waiting until the port takes it: no byte is ever lost, however slow the other end. */
void serial_put(const struct serial *port, uint8_t byte);

/* Returns the next byte received (0..255), or -EAGAIN if there is none. Never waits. */
int serial_get(const struct serial *port);

/* COM1, prepared at boot at 115200 baud. The console uses it. */
extern struct serial serial_console;

#endif
