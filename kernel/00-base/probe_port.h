/* COM2, the probe's serial port: polled, and but for its FIFO in the state that reset leaves it in.
 *
 * It belongs to the probe alone. Only the probe and panic() may write to it.
 */
#ifndef MIROIR_PROBE_PORT_H
#define MIROIR_PROBE_PORT_H

#include "format.h"

/* Switches the FIFOs on. The port can be written to before. */
void probe_port_init(void);

/* Has IRQ 3 come when bytes have been received: as soon as it can, at the highest speed. */
void probe_port_interrupts(void);

/* Returns the next byte received (0..255), or -EAGAIN when there is none. */
int probe_port_get(void);

/* Lets whoever runs the machine stop it here, until there is something to do again: a grader does,
 * for a kernel that asks a port again and again takes the processor from everybody else. */
void probe_port_pause(void);

/* Returns the port as a place to print to. */
struct sink probe_port_sink(void);

#endif
