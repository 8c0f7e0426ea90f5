/* More directories: one address space for each process to come. Graded: exercise 8.
 *
 * All share the kernel's tables, those of slot 0 and of slots SLOT_OF(AREAS_START) ..
 * SLOT_OF(KSPACE_END) - 1: what the kernel maps there is in every directory at once. Each has user
 * space of its own, and its own mirror in slot MIRROR_SLOT.
 *
 * One directory at a time, other than the one in use, can be open: its frame is then in slot
 * OTHER_SLOT of the directory in use, with the flags PRESENT and WRITE, and mapper_other works on
 * it.
 *
 * DIRECTORY is the physical address of a directory: kernel_directory, or one that
 * directory_create() made and directory_destroy() has not destroyed, whether or not its frame is
 * also mapped at some page. For anything else the functions below return -EINVAL, even if the frame
 * was a directory once and is still in use. Where several errors apply, any of them is returned,
 * unless it is said which.
 */
#ifndef MIROIR_DIRECTORY_H
#define MIROIR_DIRECTORY_H

#include "mapper.h"

/* Makes a directory with an empty user space and an empty slot OTHER_SLOT, of one frame
 * (ZONE_NORMAL), and stores its address in *DIRECTORY. Its mirror has the flags PRESENT and WRITE,
 * the kernel's tables those that they have in the directory in use. Returns 0, or -ENOMEM. */
int directory_create(paddr_t *directory);

/* Opens DIRECTORY for mapper_other. Returns 0, or -EBUSY if one is open already or DIRECTORY is
 * the one in use (which is mapper_current's). */
int directory_open(paddr_t directory);

/* Closes the directory that is open; nothing of it can be seen in the window any more.
 * Returns 0, or -EBADF if none is open. */
int directory_close(void);

/* Puts DIRECTORY to use (which may be the one in use) and stores the one before in *PREVIOUS.
 * Panics by ASSERT_EQ(page_flushes_pending, 0): a promise to flush must not outlive its directory.
 * Returns 0, or -EBUSY if a directory is open. */
int directory_switch(paddr_t directory, paddr_t *previous);

/* Gives back all that DIRECTORY has of its own: the references of the frames mapped in its user
 * space, the tables of its user space, its own reference of its frame. Returns 0; -EPERM if it is
 * kernel_directory, whatever else; otherwise -EBUSY if a directory is open, or if DIRECTORY is the
 * one in use. */
int directory_destroy(paddr_t directory);

#endif
