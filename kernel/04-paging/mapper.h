/* Mapping pages, through the mirror. Graded: exercises 5 to 7
 * (frame_view(): exercise 8).
 *
 * A mapper is a window through which a directory's tables are seen and changed: the directory in
 * use through its own mirror, another one through slot OTHER_SLOT, where directory_open() puts
 * it (directory.h). Every directory's own mirror is at MIRROR_SLOT, whichever window it is seen
 * through.
 *
 * The processor remembers translations (in the TLB). One that was changed or taken away must be
 * flushed before the page is touched again. So what changes a translation returns a promise to
 * flush, which the compiler does not let you drop unnoticed:
 *
 *     int error = page_flush(page_map(mapper_current, page, PAGE_WRITE));
 *
 * The promise is about PAGE alone. When a change gives a table back, the page of the window that
 * showed the table is flushed at once, by the change itself: the caller knows nothing of it.
 *
 * Not to be called by interrupt handlers.
 */
#ifndef MIROIR_MAPPER_H
#define MIROIR_MAPPER_H

#include <stdint.h>

#include "paging.h"

struct mapper {
    uint32_t slot; /* where the tables are seen: MIRROR_SLOT or OTHER_SLOT */
};

extern const struct mapper mapper_current, mapper_other;

/* ---- Asking ---- */

/* Stores in *PHYSICAL what ADDRESS (any byte of any page, the identity mapping and the windows
 * included) is translated to. Returns 0; -ENOENT if no page is there; -EBADF if no directory is
 * open in MAPPER's window; -EINVAL if MAPPER's slot is neither of the two. */
int page_translate(struct mapper mapper, uint32_t address, paddr_t *physical);

/* Stores in *FLAGS the flags (bits 11..0) of the page table entry of the page that ADDRESS lies
 * in. Returns as page_translate() does. */
int page_flags(struct mapper mapper, uint32_t address, uint32_t *flags);

/* ---- The promise ---- */

/* What became of a change. Owed to the processor until it is given to one of the functions
 * below; one that holds an error owes nothing. */
struct page_flush {
    uint32_t page;
    int error; /* 0, or a negative errno: nothing was changed */
};

#define MUST_FLUSH __attribute__((warn_unused_result))

/* How many promises are owed: every change that succeeds adds 1, every promise kept takes 1 away. */
extern uint32_t page_flushes_pending;

/* Keeps the promise FLUSH: makes the processor forget that page. Returns FLUSH's error, or 0. */
int page_flush(struct page_flush flush);

/* Declares that FLUSH is not needed: nothing was there before, or nobody has used it since.
 * Returns FLUSH's error, or 0. */
int page_flush_ignore(struct page_flush flush);

/* Several promises in one, for many pages: when it is kept, the processor forgets everything at
 * once. Starts as { 0 }. */
struct page_flush_all {
    uint32_t count; /* promises that it stands for */
    int error;      /* the first error among those given to it, or 0 */
};

/* Adds FLUSH to ALL. The promise is still owed. */
void page_flush_add(struct page_flush_all *all, struct page_flush flush);

/* Keeps every promise in ALL by one reload of CR3; by none if ALL holds no promise. ALL is as at
 * its start afterwards. Returns the first error, or 0. */
int page_flush_all(struct page_flush_all *all);

/* ---- Changing ----
 *
 * PAGE is the address of a page, a multiple of 4096. User pages (USER_START .. USER_END) and the
 * kernel's (AREAS_START .. KSPACE_END) can be mapped; the identity mapping and the windows cannot.
 *
 * FLAGS is made of PAGE_WRITE, PAGE_USER, PAGE_WRITE_THROUGH, PAGE_NO_CACHE and the bits of
 * PAGE_SOFTWARE; PAGE_PRESENT may be given and is always meant. They go into the page table entry;
 * a user page table's entry in the directory has PRESENT, WRITE and USER, so that the page's own
 * entry decides.
 *
 * A frame that frames.h manages has one reference for each page that it is mapped at. Frames that
 * it does not manage, or keeps reserved (device memory, the BIOS), may be mapped, and are not
 * counted.
 *
 * A user page table exists as long as it has an entry: the first page mapped in a slot takes a
 * frame for it (frame_alloc(), ZONE_NORMAL), whose other entries are all 0; the last one unmapped
 * gives it back. The kernel's tables are there from the beginning and stay.
 *
 * Errors, for all of them (where several apply, any of them):
 *   -EINVAL  PAGE or FRAME is not a multiple of 4096, PAGE cannot be mapped, FLAGS has another bit,
 *            PAGE_USER is given for a page of the kernel's, or MAPPER's slot is neither of the two
 *   -EBADF   no directory is open in MAPPER's window
 * After an error nothing is changed and no frame is lost. */

/* Maps PAGE to a frame of its own, the next free one (ZONE_NORMAL), whose content is not defined:
 * its only reference is this page's. -EEXIST: PAGE is mapped already. -ENOMEM: no frame is left. */
struct page_flush page_map(struct mapper mapper, uint32_t page, uint32_t flags) MUST_FLUSH;

/* Maps PAGE to FRAME, and takes a reference of it. -EEXIST: PAGE is mapped already. -ENOENT: FRAME
 * is managed, and free (when the call comes: also if it would be the next that frame_alloc() hands
 * out). -ENOMEM: no frame is left for a table. Other errors of frame_ref() for a frame that is
 * counted (-ERANGE) are returned as they are. */
struct page_flush page_map_to(struct mapper mapper, uint32_t page, paddr_t frame,
                              uint32_t flags) MUST_FLUSH;

/* Maps PAGE, which is mapped, to FRAME instead, which may be the same one: takes a reference of
 * FRAME, drops that of the old frame. FLAGS replace the old ones; PAGE_ACCESSED and PAGE_DIRTY,
 * which were about the old frame, are 0 again. -ENOENT: PAGE is not mapped, or FRAME is managed,
 * and free. Other errors of frame_ref() as above. */
struct page_flush page_remap(struct mapper mapper, uint32_t page, paddr_t frame,
                             uint32_t flags) MUST_FLUSH;

/* Gives PAGE, which is mapped, the flags FLAGS instead of those that it has; PAGE_ACCESSED and
 * PAGE_DIRTY stay as they are. -ENOENT: PAGE is not mapped. */
struct page_flush page_protect(struct mapper mapper, uint32_t page, uint32_t flags) MUST_FLUSH;

/* Unmaps PAGE, and drops the reference of its frame. -ENOENT: PAGE is not mapped. */
struct page_flush page_unmap(struct mapper mapper, uint32_t page) MUST_FLUSH;

/* ---- Looking at a frame ---- */

/* Shows FRAME (a multiple of 4096; any) at the page FRAME_VIEW, for the kernel to read and write,
 * until the next call; returns a pointer to it. Takes no reference. This is how a frame that is
 * mapped nowhere gets its content. */
void *frame_view(paddr_t frame);

#endif
