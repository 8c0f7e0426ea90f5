/* What a page of an area shows, and how it gets there. Graded: exercises 2 to 5 and 8.
 *
 *     area             | a read                       | a write
 *     HEAP STACK ANON  | a blank frame                | a blank frame
 *     FILE, SHARED     | the inode's own frame        | the inode's own frame
 *     FILE, private    | the inode's own frame, COW   | a frame with a copy
 *      beyond `limit`  | a blank frame                | a blank frame
 *      cut by `limit`  | a frame: copy, then blank    | a frame: copy, then blank
 *     PHYS             | the frame at that address    | the frame at that address
 *
 * "A frame" is a new one (ZONE_NORMAL), whose only reference is the page's; "blank" means every
 * byte 0; COW means PAGE_COW. All is done through pages.h, so that the counters of the space are
 * right.
 *
 * PAGE is the address of a page of VMA, a multiple of 4096, and VMA not DEAD. The caller has the
 * lock of the space, and has asked whether the access is allowed. No directory is open; what
 * frame_view() shows is lost. After an error nothing has changed, but that an inode's cache may
 * hold more pages (inode.h), and no frame is lost.
 */
#ifndef MIROIR_RESOLVE_H
#define MIROIR_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include "mspace.h"
#include "pages.h"

/* ---- A page that is missing: exercises 2 to 4 ---- */

/* Puts at PAGE, which is not present, what the table above says. WRITE says whether it is wanted
 * for writing.
 *
 * With D bytes of the area before PAGE, a FILE shows the inode's bytes from `offset` + D on.
 * `limit` says where it ends: 0: nowhere; -1, or D or less: before this page, which is blank then;
 * less than D + 4096: in this page, whose first limit - D bytes are the inode's and the others 0.
 * What `limit` makes blank, wholly or in part, is a frame of its own in SHARED areas, too.
 * For a copy, no page of the inode's cache is filled that was not: inode_read().
 *
 * Returns 0; -ENOMEM; -EIO if there is nothing to show: the inode ends at or before the first byte
 * of it that PAGE would show, or the frame of a PHYS area is managed and free. */
int vma_fill(vma_t *vma, uint32_t page, bool write);

/* For a later stage that can bring pages back which are not present: asked first by vma_fill().
 * -ENOENT: it knows nothing of this page, which is filled as above. Anything else is what
 * vma_fill() returns. NULL at first. */
typedef int (*page_absent_fn)(vma_t *vma, uint32_t page, bool write);
extern page_absent_fn page_absent_hook;

/* ---- A page that is shared until someone writes: exercise 5 ---- */

/* Makes PAGE, which is present with PAGE_COW, the area's own, to be written to if the area may be:
 * if its frame has references besides that of this page, PAGE gets a new frame with a copy of it,
 * and drops its reference; if it has none, the frame itself stays, without PAGE_COW. Other pages,
 * of this space and of others, are not touched. Returns 0, or -ENOMEM; 0 also if nothing is to be
 * done, PAGE having no PAGE_COW; -ENOENT if PAGE is not present. */
int vma_unshare(vma_t *vma, uint32_t page);

/* ---- Both ---- */

/* Puts PAGE in place for a read or a WRITE: vma_fill() if it is missing; if it is present and a
 * WRITE is wanted, vma_unshare(); otherwise nothing is done. Returns what these return, or 0.
 * Graded with exercises 2 and 5. */
int vma_resolve(vma_t *vma, uint32_t page, bool write);

/* ---- Before it is touched: exercise 8 ---- */

/* Puts PAGE in place so that no access will ever fault that VMA's capabilities can allow: for a
 * write if VMA has CAN_WRITE, otherwise for a read. Returns as vma_resolve(). The kit makes it
 * mspace_resolve_hook: mspace_map() calls it for each page of an area with RESOLVE, and of every
 * area under the policy "eager".
 *
 * That policy is chosen by `paging=eager` on the kernel's command line; the kit then sets
 * mspace_eager. Every page is present from the moment when its area is mapped, and every fault is
 * fatal to its context. No stack grows: whoever maps one maps it as long as it will ever be. */
int vma_resolve_now(vma_t *vma, uint32_t page);

/* Has nothing shared between MSPACE and COPY, which mspace_clone() has just made of it, that could
 * fault: if mspace_eager is set, each page with PAGE_COW of an area with CAN_WRITE becomes its own
 * in both (vma_unshare()). The kit makes it mspace_clone_hook (mspace.h). Takes the locks of the
 * two spaces, one after the other, and gives them back.
 * Returns 0, or -ENOMEM: then COPY is empty (mspace_sweep()), and no page of MSPACE in an area with
 * CAN_WRITE has PAGE_COW. */
int mspace_unshare(mspace_t *mspace, mspace_t *copy);

#endif
