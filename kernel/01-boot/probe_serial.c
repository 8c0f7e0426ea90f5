/* Commands for the serial port. Those that move many bytes use the console's port, COM1, while the
 * grader is on COM2. */
#include <stdint.h>

#include "errno.h"
#include "io.h"
#include "probe.h"
#include "serial.h"

PROBE(serial_init, "base baud", "prepares a port other than the console's") {
    struct serial port;
    if (call->number[0] > 0xffff)
        return -ERANGE;
    int result = serial_init(&port, (uint16_t)call->number[0], (uint32_t)call->number[1]);
    probe_hex(call, port.base);
    return result;
}

PROBE(serial_base, "base baud", "prepares such a port; its base then, which is 0 after an error") {
    struct serial port = {.base = 0xffff};
    serial_init(&port, (uint16_t)call->number[0], (uint32_t)call->number[1]);
    probe_hex(call, port.base);
    return 0;
}

PROBE(serial_start, "baud", "prepares the console's port anew") {
    return serial_init(&serial_console, SERIAL_COM1, (uint32_t)call->number[0]);
}

/* Takes a byte from PORT into the answer of CALL. */
static int take(struct probe_call *call, const struct serial *port) {
    int byte = serial_get(port);
    if (byte >= 0)
        probe_hex(call, (uint32_t)byte);
    return byte;
}

PROBE(serial_at, "base byte", "sends a byte to the port at that base, then takes one from it") {
    const struct serial port = {.base = (uint16_t)call->number[0]};
    serial_put(&port, (uint8_t)call->number[1]);
    return take(call, &port);
}

PROBE(serial_put, "byte", "sends a byte to the console's port") {
    if (call->number[0] > 0xff)
        return -ERANGE;
    serial_put(&serial_console, (uint8_t)call->number[0]);
    return 0;
}

PROBE(serial_get, "", "takes a byte from the console's port") {
    return take(call, &serial_console);
}

static uint8_t wait_for_byte(void) {
    int byte;
    while ((byte = serial_get(&serial_console)) < 0)
        continue;
    return (uint8_t)byte;
}

/* The console reads the same port between two commands: who sends bytes to a command waits for
 * this mark first. */
static void say_ready(void) {
    serial_put(&serial_console, '>');
}

PROBE(serial_pending, "",
      "sends '>', then waits until the device holds a byte, and leaves it there") {
    const uint16_t status = SERIAL_COM1 + 5;
    say_ready();
    while (!(in8(status) & 1))
        continue;
    return 0;
}

PROBE(serial_echo, "count", "sends '>', then sends back so many bytes as they come") {
    say_ready();
    for (uint64_t i = 0; i < call->number[0]; i++)
        serial_put(&serial_console, wait_for_byte());
    return 0;
}

PROBE(serial_send, "count",
      "sends the bytes 0, 1, .. 250, 0, 1, ..: 251 is prime to every buffer") {
    for (uint64_t i = 0, byte = 0; i < call->number[0]; i++, byte = byte == 250 ? 0 : byte + 1)
        serial_put(&serial_console, (uint8_t)byte);
    return 0;
}
