/* The pages of an area: what is really there. Graded: exercise 4.
 *
 * Between the areas of a space and its page tables there is one layer, this one: all that changes
 * page table entries of a space goes through it, so that the counters of the space (p_size, s_size,
 * phys_pg_count: mspace.h) are right at all times.
 *
 * A page's entry is made of its area's flags:
 *
 *     USER   if the area is in user space and has a right, any of the three
 *     WRITE  if the area may be written to (vma_may_write()), and the entry has no PAGE_COW
 *     COW    a bit of PAGE_SOFTWARE: the frame is shared with others for as long as nobody writes.
 *            Never in an area that is SHARED or PHYS
 *
 * So a page of an area without rights stays present, and keeps its frame: what is missing is USER
 * and WRITE. Ring 3 is kept out; the kernel, which looks at the area's flags before it touches a
 * page on behalf of a process, could still read it. In the kernel's own space a right to read
 * cannot be taken away on this processor.
 *
 * PAGE is the address of a page of VMA, a multiple of 4096, and VMA not DEAD; anything else is
 * -EINVAL. The space of VMA may be in use or not: the kernel's own space and the one in use are
 * changed through mapper_current, any other through mapper_other, the directory being opened for
 * it, and closed again. (So none may be open when these functions are called: ASSERT_EQ() on what
 * directory_open() returns.) Every change is flushed at once. After an error nothing has changed.
 *
 * The caller has the lock of the space (mspace.h).
 */
#ifndef MIROIR_PAGES_H
#define MIROIR_PAGES_H

#include "mapper.h"
#include "vma.h"

#define PAGE_COW 0x200u

/* Puts FRAME at PAGE, where nothing is, and takes a reference of it (none if the frame is not
 * counted: mapper.h). COW says whether the entry gets PAGE_COW; it is an error (-EINVAL) for areas
 * that are SHARED or PHYS. Returns 0; -EEXIST if a page is present; -ENOENT if FRAME is free;
 * -ENOMEM if no frame is left for a page table; -EINVAL also if FRAME is not a multiple of 4096. */
int vma_page_put(vma_t *vma, uint32_t page, paddr_t frame, bool cow);

/* The same for a PAGE that is present: FRAME, which may be the frame that is there, takes the
 * place of the old one, whose reference is dropped. Returns as above, but -ENOENT if no page is
 * present, and never -EEXIST nor -ENOMEM. */
int vma_page_replace(vma_t *vma, uint32_t page, paddr_t frame, bool cow);

/* Takes PAGE away, and drops the reference of its frame. Returns 0, or -ENOENT if no page is
 * present. */
int vma_page_remove(vma_t *vma, uint32_t page);

/* Stores in *FRAME what is at PAGE, and in *FLAGS the flags of its entry. Returns 0, or -ENOENT if
 * no page is present. */
int vma_page_find(vma_t *vma, uint32_t page, paddr_t *frame, uint32_t *flags);

/* Takes all pages of VMA away. Page tables that are not there are passed over: 128 MiB in which
 * nothing is present cost 33 looks, not 32768. */
void vma_pages_remove(vma_t *vma);

/* Gives the entry of every page present in VMA the flags that VMA's own flags ask for now (they
 * have been changed); PAGE_COW stays as it is. As quick as the one above. */
void vma_pages_update(vma_t *vma);

/* Returns the address of the first page present in VMA from FROM on, a multiple of 4096 in VMA or at
 * its end; vma_end(VMA) if there is none. As quick as the ones above. */
uint32_t vma_pages_next(vma_t *vma, uint32_t from);

#endif
