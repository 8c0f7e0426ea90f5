/* Four levels of tables with 64-bit entries, in software: how x86-64 does it. Bonus: exercise 9.
 *
 * An address has 48 bits that count: bits 47..39 choose an entry of the table of level 4 (the
 * root), 38..30 one of level 3, 29..21 of level 2, 20..12 of level 1, and 11..0 a byte of the
 * frame. It is canonical if bits 63..48 are all equal to bit 47; others are no addresses.
 *
 * A table is 4096 bytes: 512 entries. Bits 51..12 of an entry are the address of the next table
 * or of the frame; the others are flags. No processor walks these tables, but it could: 1 level
 * more, and the rest is as in mapper.h.
 */
#ifndef MIROIR_TABLE4_H
#define MIROIR_TABLE4_H

#include <stdint.h>

#define TABLE4_ENTRIES 512
#define TABLE4_ADDRESS 0x000ffffffffff000ull /* the bits of an entry that are an address */

enum table4_flags {
    TABLE4_PRESENT = 1 << 0,
    TABLE4_WRITABLE = 1 << 1,
    TABLE4_USER = 1 << 2,
    TABLE4_WRITE_THROUGH = 1 << 3,
    TABLE4_NO_CACHE = 1 << 4,
    TABLE4_ACCESSED = 1 << 5,
    TABLE4_DIRTY = 1 << 6,
    TABLE4_HUGE = 1 << 7, /* in a table of level 3 or 2: a page of 1 GiB or 2 MiB, no table */
    TABLE4_GLOBAL = 1 << 8,
};
#define TABLE4_NO_EXECUTE (1ull << 63)

/* An address space of four levels. The caller owns it and the pool. */
struct table4 {
    uint64_t *root; /* the table of level 4, in the pool; NULL if table4_init() failed */
    uint64_t *pool; /* TABLES tables, one after the other */
    uint32_t tables;
    uint32_t free; /* tables of the pool that are not in use */
    uint32_t next; /* for your own use: where to look for, or how to find, a free one */
};

/* Makes SPACE empty, with its tables in the memory at POOL (a multiple of 4096, identity mapped,
 * holding anything), which has room for TABLES tables; one of them, cleared, is the root.
 * Returns 0; -EINVAL if POOL is not aligned; -ENOMEM if TABLES is 0. */
int table4_init(struct table4 *space, void *pool, uint32_t tables);

/* Returns which entry of the table of LEVEL (4, 3, 2 or 1) ADDRESS goes through: 0..511. */
uint32_t table4_index(uint64_t address, uint32_t level);

/* Maps PAGE (canonical, a multiple of 4096) to FRAME (a multiple of 4096 below 2^52) with FLAGS,
 * any of the flags above but HUGE; PRESENT is always meant. Tables that are missing are taken from
 * the pool and cleared; their entries have PRESENT, WRITABLE and USER, no other flag.
 * Returns 0; -EINVAL for a bad PAGE, FRAME or FLAGS; -EEXIST if PAGE is mapped already, be it as a
 * part of a huge page; -ENOMEM if the pool has not enough free tables: nothing is changed then. */
int table4_map(struct table4 *space, uint64_t page, uint64_t frame, uint64_t flags);

/* Stores in *PHYSICAL what ADDRESS (any) is translated to, huge pages included: of a page of
 * 2 MiB, bits 20..0 of the address are the byte in it, of one of 1 GiB bits 29..0.
 * Returns 0; -EINVAL if ADDRESS is not canonical; -ENOENT if nothing is mapped there. */
int table4_translate(const struct table4 *space, uint64_t address, uint64_t *physical);

/* Unmaps PAGE; every table but the root that has no entry left goes back to the pool, and is not
 * reachable from the root any more.
 * Returns 0; -EINVAL for a bad PAGE, or one that is part of a huge page; -ENOENT if it is not
 * mapped. */
int table4_unmap(struct table4 *space, uint64_t page);

#endif
