/* The disk as a device, and who waits for it. See disk.h. */
#include "disk.h"

#include <stddef.h>

#include "errno.h"
#include "ide.h"
#include "list.h"
#include "mapper.h"
#include "mspace.h"
#include "pic.h"
#include "scheduler.h"
#include "string.h"

struct disk disk = {.device = {{DEVICE_DISK << 4}, "disk", disk_handle}};

void (*disk_meanwhile)(void);

/* The transfer that is under way. */
static struct {
    bool busy;  /* from the moment when somebody has his turn */
    bool ended; /* and `error` is known */
    int error;
    const struct process *owner; /* NULL: he has ended */
} transfer;

static struct list turns = LIST_EMPTY(turns), ends = LIST_EMPTY(ends);

static struct {
    uint32_t skip, count;
    bool reads, writes;
    uint32_t again;
    uint32_t seen; /* transfers of this nature, this time */
} failing;

void disk_fail(uint32_t skip, uint32_t count, bool reads, bool writes, uint32_t again) {
    failing.skip = skip;
    failing.count = count;
    failing.reads = reads;
    failing.writes = writes;
    failing.again = again;
    failing.seen = 0;
}

/* Returns whether this transfer is one of those that shall fail. */
static bool fails(bool write) {
    if (!(write ? failing.writes : failing.reads))
        return false;
    if (failing.seen == failing.skip + failing.count && failing.again) {
        failing.again--;
        failing.seen = 0;
    }
    uint32_t number = failing.seen;
    failing.seen += number < failing.skip + failing.count;
    return number >= failing.skip && number < failing.skip + failing.count;
}

/* Blocks in QUEUE. Whoever comes back finds the space in use that he had left, though it need not be
 * his process's. */
static void wait_in(struct list *queue) {
    mspace_t *space = mspace_current;
    scheduler_block(queue);
    if (mspace_current != space)
        mspace_switch(space);
}

static void next_turn(void) {
    transfer.busy = false;
    scheduler_wake(&turns);
}

static void on_end(int error) {
    transfer.error = error;
    transfer.ended = true;
    if (transfer.owner)
        scheduler_wake(&ends);
    else
        next_turn();
}

static void on_interrupt(struct trap_frame *frame) {
    scheduler_interrupts++;
    if (ide_interrupt() && (frame->cs & 3) == 3)
        scheduler_yield();
}

void disk_forget(const struct process *process) {
    if (!transfer.busy || transfer.owner != process)
        return;
    transfer.owner = NULL;
    if (transfer.ended)
        next_turn();
}

/* Moves BLOCK between the disk and FRAME. The current process has its turn. */
static int move(uint32_t block, paddr_t frame, bool write) {
    if (write)
        memcpy(ide_buffer, frame_view(frame), PAGE_SIZE);
    transfer.ended = false;
    ide_start(block, write);
    while (!transfer.ended)
        wait_in(&ends);
    if (!transfer.error && !write)
        memcpy(frame_view(frame), ide_buffer, PAGE_SIZE);
    return transfer.error;
}

static int take_turn(uint32_t block, paddr_t frame, bool write) {
    while (transfer.busy)
        wait_in(&turns);
    transfer.busy = true;
    transfer.owner = current_process;
    int error = fails(write) ? -EIO : move(block, frame, write);
    next_turn();
    return error;
}

int disk_handle(struct device *device, const struct request *request,
                struct request_result *result) {
    bool write = request->nature == NATURE_BLOCK_WRITE;
    if (request->arguments[0] >= disk.blocks)
        return -ERANGE;
    int error = take_turn(request->arguments[0], request->arguments[1], write);
    disk.errors += error != 0;
    disk.writes += !error && write;
    disk.reads += !error && !write;
    if (disk_meanwhile)
        disk_meanwhile();
    return error;
}

int disk_register(void) {
    struct request_format *formats = request_formats[DEVICE_DISK];
    formats[NATURE_BLOCK_READ & 0xff] = (struct request_format){"block read", UNIT_PAGES, 1, 1, 2};
    formats[NATURE_BLOCK_WRITE & 0xff] =
        (struct request_format){"block write", UNIT_PAGES, 1, 1, 2};
    return device_register(&disk.device);
}

int disk_init(void) {
    disk.blocks = ide_init();
    if (!disk.blocks)
        return -ENODEV;
    ide_on_end = on_end;
    trap_register(PIC_VECTOR + IDE_IRQ, on_interrupt);
    pic_unmask(IDE_IRQ);
    return disk_register();
}
