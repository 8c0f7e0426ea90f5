/* Page frames: who has which 4096 bytes of physical memory. Graded: exercise 5.
 *
 *   0           1 MiB                                         16 MiB                     end
 *   +-----------+--------+-------------+----------------------+----------------------------+
 *   | BIOS, VGA | kernel | descriptors |       ZONE_DMA       |        ZONE_NORMAL         |
 *   +-----------+--------+-------------+----------------------+----------------------------+
 *   |<-------- reserved -------------->|<- free or in use ... holes are reserved too ----->|
 *                                 frames_end()
 *
 * Each frame has a descriptor (struct frame, recycle.h) that counts its references: how many pages
 * and others use it. It is free again when the last one lets it go. What is in a frame is not
 * touched here: neither cleared when it is handed out nor when it comes back.
 *
 * Every function may be called before frames_init(): there are no frames then.
 */
#ifndef MIROIR_FRAMES_H
#define MIROIR_FRAMES_H

#include <stdint.h>

#include "memory_map.h"
#include "page.h"
#include "recycle.h"

#define FRAMES_LIMIT 0x20000u      /* frames from 512 MiB on are left alone */
#define FRAMES_TABLE_END 0x3ff000u /* the descriptors end here or below, physically */

enum zone {
    ZONE_DMA,    /* below 16 MiB: all that old devices can reach */
    ZONE_NORMAL, /* the rest */
    ZONES,
};

#define ZONE_DMA_END 0x1000u /* frame number */

/* Takes charge of the memory that MAP (as memory_map_fill() makes it) says is free. May be called
 * again: everything known from before is forgotten. MAP must stay where it is.
 *
 * Managed are all frames from 0 to the last FREE one, wherever that lies, even above 4 GiB, but
 * never more than FRAMES_LIMIT: if FREE memory reaches beyond that, exactly FRAMES_LIMIT frames are
 * managed. KERNEL_END is the first byte after the kernel and all that it needs. The descriptors,
 * frame 0's first, start at a page boundary: they lie in the lowest FREE frames at or above
 * KERNEL_END of which enough follow one another in one area. If there are none below
 * FRAMES_TABLE_END, the number of frames managed is lowered to the next smaller multiple of 256
 * (one frame less of descriptors), until there are.
 *
 * Reserved are: every frame below frames_end(), and every frame that is not in a FREE area; their
 * references are FRAME_RESERVED. The others are free.
 *
 * Returns 0, or -ENOMEM if there is no room for any descriptors: then no frame is managed. */
int frames_init(const struct memory_area map[MEMORY_MAP_AREAS], paddr_t kernel_end);

/* Takes COUNT frames that follow one another, all in one zone, each with 1 reference and with owner
 * and tally 0, and puts the physical address of the first into *ADDRESS. ZONE_DMA gives frames
 * below 16 MiB only; ZONE_NORMAL gives frames from 16 MiB on as long as it can, then those of
 * ZONE_DMA. Which of a zone's free frames is left open; but whenever COUNT free frames follow one
 * another in a zone that may be used, the request succeeds.
 * Returns 0; -EINVAL if COUNT is 0 or ZONE is not a zone; -ENOMEM if there are no such frames.
 * After an error *ADDRESS is untouched and as many frames are free as before. */
int frame_alloc(uint32_t count, enum zone zone, paddr_t *address);

/* Adds a reference to the frame at ADDRESS: one more page shows it.
 * Returns 0; -EINVAL if ADDRESS is not a multiple of PAGE_SIZE or not managed; -EPERM if the frame
 * is reserved; -ENOENT if it is free; -ERANGE if it has FRAME_RESERVED - 1 references already. */
int frame_ref(paddr_t address);

/* Drops one reference of each of the COUNT frames from ADDRESS on. Those that have none left are
 * free again. The frames need not have been taken together.
 * Returns 0. On error nothing has changed: -EINVAL if ADDRESS is not a multiple of PAGE_SIZE, COUNT
 * is 0 or not all the frames are managed; otherwise, by the lowest frame at fault, -EPERM if it is
 * reserved, -ENOENT if it is free already. */
int frame_free(paddr_t address, uint32_t count);

/* Returns the descriptor of the frame in which ADDRESS lies; NULL if it is not managed. */
struct frame *frame_at(paddr_t address);

/* Returns the references of the frame in which ADDRESS lies: 0 if it is free, FRAME_RESERVED if it
 * is reserved or not managed. */
uint32_t frame_references(paddr_t address);

/* Returns the number of frames of ZONE that are free now; and that are free or in use, reserved
 * ones left out. 0 if ZONE is not a zone. */
uint32_t frames_free(enum zone zone);
uint32_t frames_total(enum zone zone);

/* Returns the number of frames managed: those from 0 up to this have a descriptor. */
uint32_t frames_managed(void);

/* Returns the physical end of the descriptors, a multiple of PAGE_SIZE: everything below is the
 * kernel's (and the BIOS's). 0 if no frame is managed. */
paddr_t frames_end(void);

#endif
