/* More directories, each with user space of its own. Contract: kernel/04-paging/directory.h */
#include "directory.h"

#include <stdbool.h>

#include "control.h"
#include "errno.h"
#include "mirror.h"
#include "panic.h"
#include "string.h"
#include "todo.h"

// BEGIN SOLUTION
/* The owner, in its frame's descriptor, of a directory that directory_create() made. */
#define OWNER_DIRECTORY 0xd14ec704u

/* Entry SLOT of the directory in use. */
static volatile uint32_t *slot_entry(uint32_t slot) {
    return (volatile uint32_t *)mirror_directory(MIRROR_SLOT) + slot;
}

static bool is_open(void) {
    return *slot_entry(OTHER_SLOT) & PAGE_PRESENT;
}

static bool is_directory(paddr_t directory) {
    const struct frame *frame = frame_at(directory);
    if (directory == kernel_directory)
        return true;
    if (directory % PAGE_SIZE || !frame || frame->references == FRAME_RESERVED)
        return false;
    return frame->references && frame->owner == OWNER_DIRECTORY;
}

/* Fills ENTRY, a directory at the physical address DIRECTORY, with what all have in common. */
static void fill(uint32_t *entry, paddr_t directory) {
    memset(entry, 0, PAGE_SIZE);
    entry[0] = *slot_entry(0);
    for (uint32_t slot = SLOT_OF(AREAS_START); slot < SLOT_OF(KSPACE_END); slot++)
        entry[slot] = *slot_entry(slot);
    entry[MIRROR_SLOT] = directory | PAGE_PRESENT | PAGE_WRITE;
}
// END SOLUTION

int directory_create(paddr_t *directory) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    int error = frame_alloc(1, ZONE_NORMAL, directory);
    if (error)
        return error;
    frame_at(*directory)->owner = OWNER_DIRECTORY;
    fill(frame_view(*directory), *directory);
    return 0;
    // END SOLUTION
}

int directory_open(paddr_t directory) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!is_directory(directory))
        return -EINVAL;
    if (is_open() || directory == cr3_read())
        return -EBUSY;
    *slot_entry(OTHER_SLOT) = directory | PAGE_PRESENT | PAGE_WRITE;
    return 0;
    // END SOLUTION
}

int directory_close(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!is_open())
        return -EBADF;
    *slot_entry(OTHER_SLOT) = 0;
    cr3_write(cr3_read()); /* up to 1024 pages of the window are remembered */
    return 0;
    // END SOLUTION
}

int directory_switch(paddr_t directory, paddr_t *previous) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!is_directory(directory))
        return -EINVAL;
    if (is_open())
        return -EBUSY;
    ASSERT_EQ(page_flushes_pending, 0);
    *previous = cr3_read();
    cr3_write(directory);
    return 0;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Unmaps what is mapped in SLOT of the open directory. Its table goes with the last page. */
static void empty_slot(uint32_t slot) {
    struct page_flush_all all = {0};
    uint32_t start = slot * SLOT_SIZE, flags;
    for (uint32_t page = start; page - start < SLOT_SIZE; page += PAGE_SIZE)
        if (!page_flags(mapper_other, page, &flags))
            page_flush_add(&all, page_unmap(mapper_other, page));
    page_flush_all(&all);
}
// END SOLUTION

int directory_destroy(paddr_t directory) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (directory == kernel_directory)
        return -EPERM;
    int error = directory_open(directory);
    if (error)
        return error;
    const volatile uint32_t *entry =
        (const volatile uint32_t *)mirror_table(OTHER_SLOT, MIRROR_SLOT);
    for (uint32_t slot = SLOT_OF(USER_START); slot < SLOT_OF(USER_END); slot++)
        if (entry[slot] & PAGE_PRESENT)
            empty_slot(slot);
    directory_close();
    frame_at(directory)->owner = 0;
    frame_free(directory, 1);
    return 0;
    // END SOLUTION
}
