/* The disk as a device: transfers of blocks, asked for by requests. Given by the kit.
 *
 *     who needs a block          request manager         disk_handle()             ide.h
 *          |   struct request         |                       |                      |
 *          +------------------------> +---------------------> +--- start ----------> |
 *                                                             | others run meanwhile |
 *          <------------------------- result <--------------- + <--- IRQ 14 -------- +
 */
#ifndef MIROIR_DISK_H
#define MIROIR_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "device.h"
#include "page.h"
#include "process.h"
#include "request.h"

/* Natures of requests to the disk (request.h): a need of 1 page, and two arguments: the number of the
 * block, and the physical address of the frame. */
#define NATURE_BLOCK_READ (DEVICE_DISK << 8 | 2)
#define NATURE_BLOCK_WRITE (DEVICE_DISK << 8 | 3)

struct disk {
    struct device device;   /* DEVICE_DISK, number 1 */
    uint32_t blocks;        /* of PAGE_SIZE bytes; 0: there is no disk */
    uint32_t reads, writes; /* transfers that went well */
    uint32_t errors;        /* and those that did not */
};

extern struct disk disk;

/* The handler of `disk`. Moves a block between the disk and a frame: the current process waits for
 * it, and for its turn before that, while others run. Status 0; -ERANGE if there is no such block;
 * -EIO: the disk could not do it, and the frame is as it was. If the process is ended while it
 * waits, the frame is not touched any more. */
int disk_handle(struct device *device, const struct request *request,
                struct request_result *result);

/* Looks for the disk and, if there is one, registers it. Returns 0; -ENODEV; or as
 * device_register(). */
int disk_init(void);

/* Registers `disk`, and the natures that it understands. Returns as device_register(). */
int disk_register(void);

/* What is to be done when PROCESS ends: its transfer, if there is one, belongs to nobody. */
void disk_forget(const struct process *process);

/* Called when a transfer is over, and whoever waited for it has not gone on yet: for whoever tries
 * what others may do meanwhile. NULL at first. */
extern void (*disk_meanwhile)(void);

/* Has transfers fail with -EIO: COUNT of them, after the next SKIP ones, of the natures for which
 * READS and WRITES are true; and then, AGAIN times, as many after as many again. */
void disk_fail(uint32_t skip, uint32_t count, bool reads, bool writes, uint32_t again);

#endif
