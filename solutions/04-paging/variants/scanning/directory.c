/* Different but right: a directory is known by its mirror entry, looked at through the frame view,
 * and is destroyed table by table, without the mapper. */
#include "directory.h"

#include <stdbool.h>

#include "control.h"
#include "errno.h"
#include "mirror.h"
#include "panic.h"

static uint32_t *const here = (uint32_t *)0xfffff000; /* the directory in use */

static bool kernel_slot(uint32_t slot) {
    return slot == 0 || (slot >= SLOT_OF(AREAS_START) && slot < SLOT_OF(KSPACE_END));
}

static uint32_t self(paddr_t directory) {
    return directory | PAGE_PRESENT | PAGE_WRITE;
}

static bool looks_right(paddr_t directory) {
    if (directory == kernel_directory)
        return true;
    uint32_t references = frame_references(directory);
    if (directory % PAGE_SIZE || references == 0 || references == FRAME_RESERVED)
        return false;
    uint32_t *slot = frame_view(directory);
    return (slot[MIRROR_SLOT] & ~(uint32_t)(PAGE_ACCESSED | PAGE_DIRTY)) == self(directory);
}

int directory_create(paddr_t *directory) {
    paddr_t frame;
    if (frame_alloc(1, ZONE_NORMAL, &frame))
        return -ENOMEM;
    uint32_t *slot = frame_view(frame);
    for (uint32_t i = 0; i < SLOTS; i++)
        slot[i] = kernel_slot(i) ? here[i] : 0;
    slot[MIRROR_SLOT] = self(frame);
    *directory = frame;
    return 0;
}

static bool busy(void) {
    return *(volatile uint32_t *)&here[OTHER_SLOT] != 0;
}

int directory_open(paddr_t directory) {
    if (!looks_right(directory))
        return -EINVAL;
    if (directory == cr3_read() || busy())
        return -EBUSY;
    here[OTHER_SLOT] = self(directory);
    cr3_write(cr3_read());
    return 0;
}

int directory_close(void) {
    if (!busy())
        return -EBADF;
    here[OTHER_SLOT] = 0;
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        tlb_forget(mirror_table(OTHER_SLOT, slot));
    return 0;
}

int directory_switch(paddr_t directory, paddr_t *previous) {
    if (!looks_right(directory))
        return -EINVAL;
    if (busy())
        return -EBUSY;
    ASSERT_EQ(page_flushes_pending, 0);
    *previous = cr3_read();
    cr3_write(directory);
    return 0;
}

static void free_table(paddr_t table) {
    for (uint32_t i = 0; i < SLOTS; i++) {
        uint32_t entry = ((uint32_t *)frame_view(table))[i];
        if (entry & PAGE_PRESENT)
            frame_free(entry & PAGE_FRAME, 1);
    }
    frame_free(table, 1);
}

int directory_destroy(paddr_t directory) {
    if (!looks_right(directory))
        return -EINVAL;
    if (directory == kernel_directory)
        return -EPERM;
    if (busy() || directory == cr3_read())
        return -EBUSY;
    for (uint32_t slot = SLOT_OF(USER_START); slot < SLOT_OF(USER_END); slot++) {
        uint32_t entry = ((uint32_t *)frame_view(directory))[slot];
        if (entry & PAGE_PRESENT)
            free_table(entry & PAGE_FRAME);
    }
    ((uint32_t *)frame_view(directory))[MIRROR_SLOT] = 0;
    frame_free(directory, 1);
    return 0;
}
