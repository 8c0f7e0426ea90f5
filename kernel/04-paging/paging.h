/* The first directory, and the moment when paging starts. Graded: exercises 2 and 3.
 *
 * A directory and a page table are alike: one frame, 1024 entries of 32 bits. Bits 31..12 of an
 * entry are the frame's address (a table's in a directory, a page's in a table), the others are
 * the flags below. An access needs the flag in both entries: WRITE to write, USER in ring 3.
 */
#ifndef MIROIR_PAGING_H
#define MIROIR_PAGING_H

#include <stdint.h>

#include "frames.h"
#include "layout.h"

enum page_flags {
    PAGE_PRESENT = 1 << 0, /* without it the other 31 bits mean nothing to the processor */
    PAGE_WRITE = 1 << 1,
    PAGE_USER = 1 << 2,
    PAGE_WRITE_THROUGH = 1 << 3,
    PAGE_NO_CACHE = 1 << 4,
    PAGE_ACCESSED = 1 << 5, /* set by the processor: the page was read or written */
    PAGE_DIRTY = 1 << 6,    /* set by the processor: the page was written */
    PAGE_SOFTWARE = 7 << 9, /* three bits that the processor leaves to the kernel */
};

#define PAGE_FRAME 0xfffff000u /* the bits of an entry that are an address */

/* The directory that paging_build() made. Defined and set by the kit. */
extern paddr_t kernel_directory;

/* Builds a directory and stores its physical address in *DIRECTORY. Called once, at boot, with
 * paging off: every frame can still be written to at its own address. Frames hold anything before
 * that. The directory, every table and their entries are as follows, and all that is not said to
 * be present is not:
 *   - slot 0 has a table, in which every page from 0x1000 up to the last one that lies wholly or
 *     partly below frames_end() is mapped to the frame with the same address; writable, but for
 *     the kernel's code and constants, the pages from kernel_start to kernel_rodata_end
 *     (00-base/linker.h), which can only be read. Page 0 is not present;
 *   - slots SLOT_OF(AREAS_START) .. SLOT_OF(KSPACE_END) - 1 have each a table of its own, with no
 *     page in it: these tables are never freed, and shared by every directory made later;
 *   - slot MIRROR_SLOT holds the directory's own frame;
 *   - the entries present in the directory have the flags PRESENT and WRITE, the pages PRESENT
 *     and WRITE or PRESENT alone.
 * Frames come from frame_alloc(), one at a time, ZONE_NORMAL.
 * Returns 0, or -ENOMEM if there are not enough frames: boot cannot go on then, and what was
 * taken need not be given back. */
int paging_build(paddr_t *directory);

/* Switches paging on with DIRECTORY, and with write protection for the kernel itself (CR0's
 * CR0_WRITE_PROTECT): otherwise ring 0 writes to read-only pages unhindered. */
void paging_enable(paddr_t directory);

#endif
