/* The memory map: what each part of physical memory is good for. Graded: exercises 1 and 2.
 *
 * The boot loader's map is a rough draft: its entries come in any order, overlap, start and end in
 * the middle of pages, or make no sense. memory_map_fill() makes a fair copy that the rest of the
 * kernel need not doubt.
 */
#ifndef MIROIR_MEMORY_MAP_H
#define MIROIR_MEMORY_MAP_H

#include <stdint.h>

#include "multiboot.h"
#include "page.h"

#define MEMORY_MAP_AREAS 512

enum memory_type {
    MEMORY_NULL = 0, /* not an area: an unused entry */
    MEMORY_FREE = 1,
    MEMORY_RESERVED = 2,
    MEMORY_ACPI = 3, /* holds ACPI tables: free, but only once they have been read */
};

/* The bytes BASE_ADDR .. BASE_ADDR + LENGTH - 1. Both are 64-bit: memory above 4 GiB exists, even
 * if this kernel does not reach it. */
struct memory_area {
    uint64_t base_addr, length;
    uint32_t type; /* enum memory_type */
    uint32_t acpi; /* the loader's extended attributes; 1 where it gave none */
} __attribute__((packed));

#define MEMORY_UNUSED_BASE 0x500 /* base_addr of an unused entry */

/* No area reaches beyond this address, the last page boundary that 64 bits can hold. */
#define MEMORY_END 0xfffffffffffff000ull

/* The map of this machine; init.c has it filled at boot. */
extern struct memory_area memory_map[MEMORY_MAP_AREAS];

/* Fills MAP with what the boot loader says in INFO. The result depends on what the entries say,
 * not on their order but where noted:
 *
 *   - Type 1 becomes MEMORY_FREE, 3 MEMORY_ACPI, and any other MEMORY_RESERVED.
 *   - An entry is ignored if its length is 0, or if it has extended attributes (its size is 24 or
 *     more) with bit 0 clear. An entry that reaches beyond MEMORY_END ends there, even if its
 *     base + length does not fit in 64 bits; one that starts there or beyond is ignored.
 *   - Each entry is rounded to whole pages: FREE and ACPI inwards (a page that is only in part
 *     usable is not usable), RESERVED outwards.
 *   - A page that several entries speak of belongs to a RESERVED one before an ACPI one before a
 *     FREE one; among entries of one resulting type, to the one listed first.
 *   - Neighbouring pages of equal type and equal acpi are one area. Pages of which no entry speaks
 *     are in no area.
 *   - The areas come first in MAP, sorted by base_addr. Every entry after them is unused:
 *     {MEMORY_UNUSED_BASE, 0, MEMORY_NULL, 0}.
 *
 * When INFO has no map (map_length is 0), the areas come from two entries of type 1 instead:
 * memory_lower KiB from 0 and memory_upper KiB from 1 MiB, without attributes: their acpi is 1.
 *
 * Returns the number of areas; -ENOSPC if there are more than MEMORY_MAP_AREAS: MAP then holds the
 * lowest ones, and a line on the console says so (its wording is free, but the number 512 must be
 * in it). Whatever is in MAP before the call does not matter. INFO and the loader's map are only
 * read. */
int memory_map_fill(struct memory_area map[MEMORY_MAP_AREAS], const struct boot_info *info);

/* Goes through the areas of one type. Copying the struct copies the position: both copies go on
 * from there, each for itself. The fields are the iterator's own. */
struct memory_area_iter {
    const struct memory_area *next, *end; /* entries still to be looked at */
    uint32_t type;
};

/* Puts ITER before the first of the MEMORY_MAP_AREAS entries of MAP. It will stop at those of TYPE
 * (an enum memory_type) only. MAP must stay where it is while ITER is used. */
void memory_area_iter_init(struct memory_area_iter *iter,
                           const struct memory_area map[MEMORY_MAP_AREAS], uint32_t type);

/* Returns the next area of the type, wherever in the map it is; NULL when there is none left, and
 * again NULL however often it is called then. */
const struct memory_area *memory_area_next(struct memory_area_iter *iter);

#endif
