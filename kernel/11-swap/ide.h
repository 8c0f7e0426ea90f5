/* The first IDE disk: blocks of 4096 bytes, one transfer at a time. Given by the kit.
 *
 * The processor moves every byte itself ("programmed I/O"); the disk says by IRQ 14 when it is ready.
 * So nobody waits here: whoever starts a transfer is told of its end.
 */
#ifndef MIROIR_IDE_H
#define MIROIR_IDE_H

#include <stdbool.h>
#include <stdint.h>

#include "trap.h"

#define IDE_BLOCK 4096u /* bytes */
#define IDE_IRQ 14

/* What is read, or to be written. */
extern uint8_t ide_buffer[IDE_BLOCK];

/* Called by the interrupt that ends a transfer, with 0 or -EIO. */
extern void (*ide_on_end)(int error);

/* Looks for the disk. Returns how many blocks it has, 0 if there is none. */
uint32_t ide_init(void);

/* Starts to read block BLOCK into ide_buffer, or to WRITE ide_buffer there. No transfer is under
 * way. */
void ide_start(uint32_t block, bool write);

/* Handles IDE_IRQ; returns whether it was the end of a transfer. */
bool ide_interrupt(void);

#endif
