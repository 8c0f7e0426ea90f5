/* COM2, polled. */
#include "probe_port.h"

#include "errno.h"
#include "io.h"

#define PORT 0x2f8
#define INTERRUPT_ENABLE (PORT + 1)
#define DIVISOR_LOW PORT
#define DIVISOR_HIGH (PORT + 1)
#define FIFO_CONTROL (PORT + 2)
#define LINE_CONTROL (PORT + 3)
#define MODEM_CONTROL (PORT + 4)
#define LINE_STATUS (PORT + 5)
#define RECEIVED 0x01
#define CAN_SEND 0x20
#define PAUSE 0x505  /* of QEMU's device pvpanic: writing 1 stops the machine; nothing elsewhere */
#define NO_PORT 0xff /* what every port reads as where there is no device */

void probe_port_init(void) {
    out8(FIFO_CONTROL, 0xc1); /* on, and the device takes 14 bytes at a time instead of one */
}

/* Fewer bytes than the FIFO waits for are announced after a pause of four characters: so the
 * characters had better be short. */
void probe_port_interrupts(void) {
    out8(LINE_CONTROL, 0x83);
    out8(DIVISOR_LOW, 1);
    out8(DIVISOR_HIGH, 0);
    out8(LINE_CONTROL, 0x03);
    out8(MODEM_CONTROL, 0x0b);
    out8(INTERRUPT_ENABLE, 1);
}

int probe_port_get(void) {
    uint8_t status = in8(LINE_STATUS);
    return status != NO_PORT && status & RECEIVED ? in8(PORT) : -EAGAIN;
}

static void put(void *context, char c) {
    (void)context;
    while (!(in8(LINE_STATUS) & CAN_SEND))
        cpu_pause();
    out8(PORT, (uint8_t)c);
}

struct sink probe_port_sink(void) {
    return (struct sink){put, 0};
}

void probe_port_pause(void) {
    out8(PAUSE, 1);
}
