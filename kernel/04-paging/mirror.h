/* The mirror: where page tables are seen once paging is on. Graded: exercise 1.
 *
 * An address is cut into three: bits 31..22 choose an entry of the directory, bits 21..12 an entry
 * of the table found there, bits 11..0 a byte of the frame found there.
 *
 * A directory whose entry number SLOT holds the directory's own frame is a table too: the table
 * of slot SLOT. So the 4 MiB of addresses from SLOT << 22 are a window in which page number I is
 * the page table of slot I, and page number SLOT is the directory.
 *
 * Nothing here reads or writes memory: it is arithmetic, for any SLOT from 0 to 1023, whether or
 * not a directory has a mirror there. For every SLOT and every ADDRESS,
 * mirror_pte(SLOT, mirror_pte(SLOT, ADDRESS)) == mirror_pde(SLOT, ADDRESS).
 */
#ifndef MIROIR_MIRROR_H
#define MIROIR_MIRROR_H

#include <stdint.h>

/* Returns the address of the first byte of the window of SLOT. */
uint32_t mirror_window(uint32_t slot);

/* Returns the address at which the window of SLOT shows the page table of slot INDEX (0..1023). */
uint32_t mirror_table(uint32_t slot, uint32_t index);

/* Returns the address at which the window of SLOT shows the directory whose mirror SLOT is. */
uint32_t mirror_directory(uint32_t slot);

/* Returns the address at which the window of SLOT shows the page table entry of the page that
 * ADDRESS (any, aligned or not) lies in. */
uint32_t mirror_pte(uint32_t slot, uint32_t address);

/* Returns the address at which the window of SLOT shows the directory entry for ADDRESS (any). */
uint32_t mirror_pde(uint32_t slot, uint32_t address);

#endif
