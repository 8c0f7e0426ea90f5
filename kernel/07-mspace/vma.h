/* Areas of virtual memory: which addresses are legal, and what lies there. Graded: exercise 2.
 *
 * A VMA is a run of pages of one address space (mspace.h) that are alike: the same rights, the same
 * kind of content. It is a promise, no memory: frames come later, page by page (pages.h).
 *
 *     0x08048000           0x0804b000   0x0804c000             0x0804f000
 *     +---------------------+            +----------------------+
 *     | r-x file "init" @0  |            | rw- anonymous        |
 *     +---------------------+            +----------------------+
 *      node.value  + length = first byte after it
 */
#ifndef MIROIR_VMA_H
#define MIROIR_VMA_H

#include <stdbool.h>
#include <stdint.h>

#include "bbtree.h"
#include "inode.h"
#include "list.h"

#define VMA_CFG_MAXSIZE 0x08000000u /* the longest VMA that can be mapped: 128 MiB */

/* ---- Flags ---- */

enum vma_flags {
    /* Rights: what may be done there now. The i386 knows no right to execute: what can be read
     * there can be executed, and what can be written can be read. EXEC is kept, and shown. */
    VMA_EXEC = 0x1,
    VMA_WRITE = 0x2,
    VMA_READ = 0x4,
    VMA_RIGHTS = 0x7,

    VMA_SHARED = 0x8, /* what is written there is seen by all who have mapped it; else private */

    /* Capabilities: which rights mspace_protect() may give. VMA_CAN_x is VMA_x << 4. */
    VMA_CAN_EXEC = 0x10,
    VMA_CAN_WRITE = 0x20,
    VMA_CAN_READ = 0x40,
    VMA_CAN = 0x70,

    /* A private area of a file in which may be written: a page is copied before its first write.
     * It stands for WRITE there, which is never set in such an area. */
    VMA_COPY_ON_WRITE = 0x80,

    /* Types: exactly one. */
    VMA_HEAP = 0x100,
    VMA_STACK = 0x200,
    VMA_FILE = 0x300, /* an inode: `ino`, from the byte `offset` on */
    VMA_PHYS = 0x400, /* the frames from the physical address `offset` on; kernel space only */
    VMA_ANON = 0x500,
    VMA_TYPE = 0xf00,

    VMA_GROWSDOWN =
        0x4000,        /* a stack that grows when the page below is touched; has a guard page */
    VMA_DEAD = 0x8000, /* unmapped, waits for mspace_scavenge(); the type is kept */

    /* Said to mspace_map() only, never stored. */
    VMA_MAP_FIXED = 0x10000, /* at this address or nowhere */
    VMA_RESOLVE = 0x20000,   /* every page at once */
};

/* Usual combinations. */
#define VMA_RO (VMA_READ | VMA_CAN_READ)
#define VMA_RW (VMA_READ | VMA_WRITE | VMA_CAN_READ | VMA_CAN_WRITE)
#define VMA_RX (VMA_READ | VMA_EXEC | VMA_CAN_READ | VMA_CAN_EXEC)
#define VMA_FG_CODE (VMA_RX | VMA_FILE)
#define VMA_FG_DATA (VMA_RO | VMA_CAN_WRITE | VMA_COPY_ON_WRITE | VMA_FILE)
#define VMA_FG_STACK (VMA_RW | VMA_STACK)
#define VMA_FG_HEAP (VMA_RW | VMA_HEAP)
#define VMA_FG_ANON (VMA_RW | VMA_ANON)
#define VMA_FG_PHYS (VMA_RW | VMA_PHYS)
#define VMA_FILE_RO (VMA_RO | VMA_FILE | VMA_SHARED)
#define VMA_FILE_RW (VMA_RW | VMA_FILE | VMA_SHARED)

struct mspace;

/* One area. Kept by its space; everyone may read the fields while it is mapped. */
typedef struct vma {
    bbnode_t node;   /* in mspace->tree; node.value is the address, a multiple of 4096 */
    uint32_t length; /* bytes, a multiple of 4096, at least 4096 */
    inode_t *ino;    /* FILE: the inode, of which the area holds one reference; else NULL */
    uint32_t offset; /* FILE: where in the inode it starts; PHYS: where in physical memory;
                        a multiple of 4096. Else 0 */
    int32_t limit;   /* FILE: how many bytes of the area, from its start, are the inode's; after
                        them it is blank (0). 0: all are the inode's, -1: none is. Else 0 */
    uint32_t flags;  /* as vma_stored_flags() makes them, perhaps with DEAD */
    struct mspace *mspace; /* the space that it belongs to */
    struct list link;      /* among the DEAD ones of that space; else the implementer's */
} vma_t;

/* Returns the address of the first byte after VMA. (No space reaches as far as 4 GiB.) */
static inline uint32_t vma_end(const vma_t *vma) {
    return vma->node.value + vma->length;
}

/* Returns whether VMA's rights allow to write, be it to a copy. */
static inline bool vma_may_write(const vma_t *vma) {
    return vma->flags & (VMA_WRITE | VMA_COPY_ON_WRITE);
}

/* The VMA whose node is NODE, which is not NULL. */
#define vma_of(element) list_element(element, vma_t, node)

/* Turns FLAGS, as mspace_map() is given them, into those that the area has, in *STORED.
 *
 *   - MAP_FIXED and RESOLVE are dropped;
 *   - if no CAN_ bit is given, each right is its own capability;
 *   - in a private area of a file, WRITE becomes COPY_ON_WRITE.
 *
 * Returns 0. -EINVAL, *STORED untouched, if
 *   - the type is none of the five, or a bit is given that is none of the above, or DEAD;
 *   - a right is given without its capability, where any capability is given; or COPY_ON_WRITE is
 *     given without CAN_WRITE;
 *   - HEAP or STACK: the rights are not READ and WRITE, or the capabilities are others;
 *   - SHARED or COPY_ON_WRITE is given for another type than FILE, or both are given;
 *   - GROWSDOWN is given for another type than STACK;
 *   - PHYS: KERNEL is false, or EXEC or CAN_EXEC is given.
 * No rights at all are all right (but for HEAP and STACK): an area that nobody can touch. */
int vma_stored_flags(uint32_t flags, bool kernel, uint32_t *stored);

/* Cuts VMA, which is longer than LENGTH (a multiple of 4096, at least 4096), in two: VMA keeps its
 * first LENGTH bytes; HIGH, a descriptor of which nothing is filled in yet, becomes the rest: of
 * the same space, with the same flags and, if VMA has one, with a reference of the same inode.
 * HIGH is inserted into the tree of the space. `offset` of HIGH is LENGTH more (FILE and PHYS), and
 * the limits say of every byte what the limit of VMA said:
 *
 *     limit of VMA before | of VMA then   | of HIGH
 *     0                   | 0             | 0
 *     -1                  | -1            | -1
 *     more than LENGTH    | 0             | limit - LENGTH
 *     1 .. LENGTH         | the same      | -1
 */
void vma_split(vma_t *vma, uint32_t length, vma_t *high);

#endif
