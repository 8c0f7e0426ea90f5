/* A driver for the first disk of the first IDE controller. See ide.h. */
#include "ide.h"

#include "errno.h"
#include "io.h"

enum port {
    DATA = 0x1f0,
    COUNT = 0x1f2,
    ADDRESS = 0x1f3, /* bits 0 to 7; the next two ports have bits 8 to 23 */
    DRIVE = 0x1f6,   /* and bits 24 to 27 */
    COMMAND = 0x1f7, /* when it is read: the status */
    CONTROL = 0x3f6,
};

enum status { ERROR = 0x01, DATA_WANTED = 0x08, FAULT = 0x20, BUSY = 0x80 };

enum command {
    READ_MULTIPLE = 0xc4,
    WRITE_MULTIPLE = 0xc5,
    SET_MULTIPLE = 0xc6,
    IDENTIFY = 0xec,
};

#define LBA 0xe0 /* the first drive, whose sectors are numbered */
#define NO_INTERRUPTS 2
#define SECTOR 512
#define SECTORS (IDE_BLOCK / SECTOR)
#define SIZE_WORD 60 /* of what IDENTIFY tells: sectors, 32 bits */
#define PATIENCE 1000000

uint8_t ide_buffer[IDE_BLOCK] __attribute__((aligned(4)));
void (*ide_on_end)(int error);

static enum { IDLE, READING, WRITING } state;

static void read_data(void *to, uint32_t bytes) {
    uint32_t count = bytes / 4;
    __asm__ volatile("rep insl" : "+D"(to), "+c"(count) : "d"(DATA) : "memory");
}

static void write_data(const void *from, uint32_t bytes) {
    uint32_t count = bytes / 4;
    __asm__ volatile("rep outsl" : "+S"(from), "+c"(count) : "d"(DATA) : "memory");
}

/* Waits until the disk is not busy, and wants or has data if WANTED; returns whether it is. */
static bool wait(uint8_t wanted) {
    for (uint32_t i = 0; i < PATIENCE; i++) {
        uint8_t status = in8(COMMAND);
        if (!(status & BUSY) && (status & wanted) == wanted)
            return true;
        if (!(status & BUSY) && status & (ERROR | FAULT))
            return false;
    }
    return false;
}

static bool identify(uint16_t *words) {
    out8(DRIVE, LBA);
    if (!in8(COMMAND) || in8(COMMAND) == 0xff)
        return false;
    out8(COMMAND, IDENTIFY);
    if (!wait(DATA_WANTED))
        return false;
    read_data(words, SECTOR);
    return true;
}

uint32_t ide_init(void) {
    uint16_t words[SECTOR / 2];
    out8(CONTROL, NO_INTERRUPTS);
    if (!identify(words))
        return 0;
    out8(COUNT, SECTORS);
    out8(COMMAND, SET_MULTIPLE);
    if (!wait(0))
        return 0;
    out8(CONTROL, 0);
    return (words[SIZE_WORD] | (uint32_t)words[SIZE_WORD + 1] << 16) / SECTORS;
}

void ide_start(uint32_t block, bool write) {
    uint32_t sector = block * SECTORS;
    state = write ? WRITING : READING;
    out8(COUNT, SECTORS);
    for (uint16_t i = 0; i < 3; i++)
        out8(ADDRESS + i, (uint8_t)(sector >> 8 * i));
    out8(DRIVE, (uint8_t)(LBA | sector >> 24));
    out8(COMMAND, write ? WRITE_MULTIPLE : READ_MULTIPLE);
    if (write && wait(DATA_WANTED))
        write_data(ide_buffer, IDE_BLOCK);
}

bool ide_interrupt(void) {
    uint8_t status = in8(COMMAND); /* which also takes the interrupt back */
    if (state == IDLE || status & BUSY)
        return false;
    bool failed = status & (ERROR | FAULT);
    if (state == READING && !failed)
        read_data(ide_buffer, IDE_BLOCK);
    state = IDLE;
    ide_on_end(failed ? -EIO : 0);
    return true;
}
