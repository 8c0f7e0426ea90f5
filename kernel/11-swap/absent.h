/* The table of absent pages: what is not in memory, and where it is instead. Graded: exercise 2.
 *
 * A page table cannot say it: there an entry that is not present is nothing at all, and a table
 * without present entries is given back. So absent pages are found here, by their owner (an address
 * space, or an inode for a page of its cache) and their page.
 *
 *     absent_sets --> | owner: mspace | --> | owner: inode | --> (round)
 *                     | pages         |     | pages        |
 *                          tree of struct absent_page, by page
 *
 * There is no set without pages.
 */
#ifndef MIROIR_ABSENT_H
#define MIROIR_ABSENT_H

#include <stdint.h>

#include "bbtree.h"
#include "list.h"

/* One page. Both structs come from alloc() (slabs.h). */
struct absent_page {
    bbnode_t
        node; /* in the set's tree; node.value is the page: an address in the space, or an offset
                      in the inode, a multiple of 4096 */
    uint32_t slot; /* where its content is: one of that slot's references is this page's */
};

struct absent_set {
    struct list link; /* in absent_sets */
    const void *owner;
    bbtree_t pages;
};

/* The sets, in any order. Defined by absent.c. */
extern struct list absent_sets;

/* Notes that PAGE of OWNER is in SLOT. The caller's reference of SLOT is the page's from now on.
 * Returns 0; -EINVAL if PAGE is not a multiple of 4096; -EEXIST if it is absent already; -ENOMEM.
 * After an error nothing has changed: the reference is the caller's. */
int absent_add(const void *owner, uint32_t page, uint32_t slot);

/* Returns the slot in which PAGE of OWNER is; 0 if it is not absent. */
uint32_t absent_find(const void *owner, uint32_t page);

/* PAGE of OWNER is absent no more: drops its reference of its slot. Returns 0, or -ENOENT. */
int absent_remove(const void *owner, uint32_t page);

/* The same for all pages of OWNER from START on and before END, of which few or none may be absent:
 * the number of steps depends on how many are. Returns how many there were. */
uint32_t absent_forget(const void *owner, uint32_t start, uint32_t end);

/* Makes every absent page of FROM an absent page of TO, too, which has none: in the same slot, which
 * gets one more reference. Returns 0; -ENOMEM, or an error of slot_ref(): TO has none then, and every
 * slot has the references that it had. */
int absent_copy(const void *from, const void *to);

/* Returns how many pages of OWNER are absent. */
uint32_t absent_count(const void *owner);

#endif
