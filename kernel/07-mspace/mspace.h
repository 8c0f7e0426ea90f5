/* Address spaces: the areas of a process, or of the kernel. Graded: exercises 3 and 5 to 8.
 *
 *   mspace            tree of areas, by address
 *   +-----------+          +------+
 *   | tree      | -------> | vma  |            user space:       USER_START .. USER_END
 *   | directory |          +------+            the kernel's own: KSPACE_START .. KSPACE_END
 *   | lock ...  |          /      \
 *   +-----------+      +------+ +------+
 *                      | vma  | | vma  |
 *                      +------+ +------+
 *
 * Areas never overlap, and are never joined, even if they touch and are alike. Below an area with
 * GROWSDOWN, one page of the space is its guard: mspace_map() puts nothing there, and gives an
 * area with GROWSDOWN only a place that has a page for its guard, inside the space. (Whoever makes
 * such an area grow answers for the guard below its new start.)
 *
 * An area is DEAD from when it was unmapped until mspace_scavenge(). It has no pages, no inode and no
 * share in the counters; for every function here nothing is there, but it holds its place (and
 * its guard) in the tree.
 *
 * Every public function that changes a space, searches it or copies it takes the lock of the space,
 * and gives it back on every way out (if the arguments are refused at sight, it need not be taken);
 * those called "with the lock" are for code that has it already. While a function runs, no
 * directory may be open (directory.h). ADDRESS and LENGTH are in bytes. Not to be called by
 * interrupt handlers.
 */
#ifndef MIROIR_MSPACE_H
#define MIROIR_MSPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "bbtree.h"
#include "format.h"
#include "inode.h"
#include "layout.h"
#include "splock.h"
#include "vma.h"

_Static_assert((USER_END - USER_START) >> 20 == 3068, "a process can name 3068 MiB");

/* An address space. All the counters are right whenever the lock is free. */
typedef struct mspace {
    uint32_t users;       /* who has it open; the kernel's own: 1, for ever */
    bbtree_t tree;        /* the areas, those that are DEAD included, by address */
    paddr_t directory;    /* the physical address of its directory */
    uint32_t lower_bound; /* first address that an area may have, */
    uint32_t upper_bound; /* and first one after those */

    /* Counted in pages of 4096 bytes. */
    uint32_t v_size; /* in areas, DEAD ones left out, whether or not anything is there */
    uint32_t p_size; /* present and its own: neither in s_size nor in an area of type PHYS */
    uint32_t s_size; /* present and shared: in a SHARED area, or with PAGE_COW in the entry */
    uint32_t phys_pg_count; /* p_size + s_size; and of user space its page tables, and 1 for
                               the directory */

    splock_t lock;
    struct list dead; /* the DEAD areas, by vma->link */
} mspace_t;

/* The kernel's own space: the same in every directory. Its `directory` is kernel_directory. Made by
 * the kit. */
extern mspace_t *const kernel_mspace;

/* The space whose directory is in use; kernel_mspace when it is no user's. The kit sets it to
 * kernel_mspace at boot; mspace_switch() changes it. */
extern mspace_t *mspace_current;

/* ---- Spaces: exercise 3 ---- */

/* Makes a user space in which nothing is mapped, with a directory of its own and one user, and
 * stores it in *MSPACE. Returns 0, or -ENOMEM: nothing is lost then, and *MSPACE untouched. */
int mspace_create(mspace_t **mspace);

/* Adds a user to MSPACE, not the kernel's own. */
void mspace_open(mspace_t *mspace);

/* Takes a user off MSPACE. When none is left: sweeps it and gives back all it had, the directory
 * and the struct itself included. Returns 0; -EPERM if it is kernel_mspace; -EBUSY if this is the
 * last user, and the space in use. After an error nothing has changed. */
int mspace_close(mspace_t *mspace);

/* Puts MSPACE to use: its directory, and mspace_current. kernel_mspace stands for no user space. */
void mspace_switch(mspace_t *mspace);

/* Returns the area in which ADDRESS, any byte of it, lies; NULL if there is none, or it is DEAD. In
 * a number of steps that grows as the logarithm of how many areas there are. */
vma_t *mspace_search_vma(mspace_t *mspace, uint32_t address);

/* ---- Mapping: exercise 3 ---- */

/* Makes an area of LENGTH bytes, FLAGS as vma_stored_flags() takes them. *ADDRESS is where it is
 * wanted, 0 for anywhere, and then where it is. INO, OFFSET and LIMIT are as in vma_t; an INO gets
 * one more reference.
 *
 * Where: at *ADDRESS if that range is free and inside the space. If it is not free, what is DEAD is
 * scavenged, and that is asked once more. If it is still not, or for *ADDRESS 0: at the lowest place
 * that is free and long enough (first fit, from lower_bound on; DEAD areas are not free). If there
 * is none, what is DEAD is scavenged, and that is tried once more. With MAP_FIXED, it is the first
 * two of these or nothing. "Free" means: no page of the area, nor of its guard, is in an area or the
 * guard of one; "inside the space" includes its guard.
 *
 * Pages come later, when they are touched. But with RESOLVE, or if mspace_eager is set, and if there
 * is an mspace_resolve_hook, that is called for each page, from the lowest on, with the lock; if it
 * returns an error, the area and the pages that it has by then are taken away as if they had never
 * been, and that error is returned.
 *
 * Returns 0. After an error nothing has changed (but that what is DEAD may have been scavenged), and
 * *ADDRESS is untouched. Where several apply, any of them:
 *   -EINVAL  *ADDRESS, LENGTH or OFFSET is not a multiple of 4096; LENGTH is 0; FLAGS are refused by
 *            vma_stored_flags(); FILE without INO, or another type with one; OFFSET + LENGTH is more
 *            than 4 GiB; an OFFSET that is not 0 for a type other than FILE and PHYS, a LIMIT that
 *            is not 0 for a type other than FILE, a LIMIT below -1
 *   -E2BIG   LENGTH is more than VMA_CFG_MAXSIZE
 *   -ERANGE  MAP_FIXED, and the place is not free, or not inside the space (0 never is)
 *   -ENOMEM  no place is long enough, or there is no memory for the descriptor: what is DEAD has
 *            been scavenged by then, and it has been tried once more */
int mspace_map(mspace_t *mspace, uint32_t *address, uint32_t length, inode_t *ino, uint32_t offset,
               int32_t limit, uint32_t flags);

/* What puts the pages of an area in place when that is not left to page faults: a later stage's.
 * Returns 0 or a negative errno; pages are put by vma_page_put() (pages.h). NULL at first: nothing
 * is done. */
typedef int (*mspace_resolve_fn)(vma_t *vma, uint32_t page);
extern mspace_resolve_fn mspace_resolve_hook;

/* Whether every area is mapped as if RESOLVE had been said. False at first. */
extern bool mspace_eager;

/* ---- Changing: exercises 5 and 6 ----
 *
 * All the pages from ADDRESS to ADDRESS + LENGTH must lie in areas, as many as it may be. An area of
 * which only a part is meant is split (vma_split()). Either all is changed or nothing. Errors, in
 * this order:
 *   -EINVAL  ADDRESS or LENGTH is not a multiple of 4096; LENGTH is 0; part of the range is outside
 *            the space
 *   -ENOENT  a page of the range is in no area, or in one that is DEAD
 *   -EPERM   mspace_protect() only, see there
 *   -ENOMEM  there is no memory for the descriptors that splitting takes: what is DEAD has been
 *            scavenged by then, and it has been tried once more */

/* Unmaps the range: its pages and references of inodes are given back at once, its areas are DEAD. */
int mspace_unmap(mspace_t *mspace, uint32_t address, uint32_t length);

/* Gives the range the rights RIGHTS, of VMA_RIGHTS, in place of those that it has: in the areas'
 * flags, and in the entries of all pages present (pages.h). In private areas of files, WRITE becomes
 * COPY_ON_WRITE, and without WRITE that is taken away. 0 is allowed: no access at all.
 * Also -EINVAL if RIGHTS has any other bit; -EPERM if one of the areas has not the capability for
 * one of RIGHTS. */
int mspace_protect(mspace_t *mspace, uint32_t address, uint32_t length, uint32_t rights);

/* Called for each area that becomes DEAD, by mspace_unmap() and mspace_sweep(), just before: it is
 * still as it was, and the lock is taken. A later stage's; NULL at first: nothing is done. */
typedef void (*mspace_forget_fn)(vma_t *vma);
extern mspace_forget_fn mspace_forget_hook;

/* Gives the descriptors of all DEAD areas back, and returns how many there were. The number of steps
 * depends on how many are DEAD (and the logarithm of how many areas there are). */
int mspace_scavenge(mspace_t *mspace);

/* Unmaps everything and scavenges: MSPACE is as it was when it was made, but for its users. */
void mspace_sweep(mspace_t *mspace);

/* ---- With the lock ---- */

/* As mspace_search_vma(), and as mspace_scavenge(). */
vma_t *mspace_vma_at(const mspace_t *mspace, uint32_t address);
int mspace_bury(mspace_t *mspace);

/* Returns a descriptor, its content undefined; if there is no memory, what is DEAD is scavenged, and
 * that is tried once more; NULL if there still is none. free() (slabs.h) takes it back. */
vma_t *mspace_new_vma(mspace_t *mspace);

/* ---- Copying: exercise 7 ---- */

/* Makes a space with the same areas and the same content, and stores it in *COPY; it has one user.
 * DEAD areas are left out. Of the pages present,
 *   - those of SHARED areas are the same frames in both;
 *   - those of private areas are the same frames in both for as long as nobody writes: the entries
 *     in both spaces get PAGE_COW and lose WRITE.
 * Every frame has one more reference for each page that it is in now.
 * Returns 0; -EPERM if MSPACE is kernel_mspace; -ENOMEM: then no frame is lost, *COPY is untouched,
 * and MSPACE is as it was, but that pages may have got PAGE_COW (which costs a fault at the next
 * write, and s_size and p_size go with it). */
int mspace_clone(mspace_t *mspace, mspace_t **copy);

/* Called by mspace_clone() last, when all has gone well, and without a lock: with the space, and
 * with the copy of it. On an error that it returns, the copy is closed, and mspace_clone() returns
 * that error. A later stage's; NULL at first: nothing is done. */
typedef int (*mspace_clone_fn)(mspace_t *mspace, mspace_t *copy);
extern mspace_clone_fn mspace_clone_hook;

/* ---- Showing, and the kernel's own space: exercise 8 ---- */

/* Prints MSPACE to SINK: two lines, and one for each area, in the order of addresses.
 *
 *     00400000-c0000000 mapped: 28 KiB, private: 8 KiB, shared: 4 KiB
 *     ----------------------------------------------------------------
 *     08048000-0804a000 r-xp init @00000000
 *     0804a000-0804b000 r--w init @00002000
 *     0804b000-0804d000 rw-p [heap]
 *     b8000000-b8001000 rw-S (inode) @00000000
 *     bfffe000-bffff000 rw-p [stack]
 *
 * The first line has the bounds of the space, and v_size, p_size and s_size in KiB; the second 64
 * times '-'. A line for an area has its first address and the first one after it, with 8 hexadecimal
 * digits each; the rights READ, WRITE and EXEC as r, w and x, or - for one that it has not; S if it
 * is SHARED, w if it is COPY_ON_WRITE, otherwise p; [heap], [stack], [anon], PHYS=%08x with the
 * offset, or the name of the file ("(inode)" if it has none), @ and the offset. Every line ends in
 * '\n' and has no space before it. The lock is not taken: SINK may be the console of a kernel that
 * is in trouble. */
void mspace_display_to(const mspace_t *mspace, struct sink sink);

/* Prints to the console the space in use, if that is a user's, and then the kernel's own. */
void mspace_display(void);

/* Maps LENGTH bytes anywhere in the kernel's own space, and stores where in *ADDRESS. The other
 * arguments and errors are those of mspace_map(), LIMIT being 0. */
int kmap(uint32_t *address, uint32_t length, inode_t *ino, uint32_t offset, uint32_t flags);

/* Unmaps LENGTH bytes of the kernel's own space; returns as mspace_unmap() does. */
int kunmap(uint32_t address, uint32_t length);

#endif
