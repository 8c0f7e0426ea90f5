/* Mapping pages, through the mirror. Contract: kernel/04-paging/mapper.h */
#include "mapper.h"

#include <stdbool.h>
#include <stddef.h>

#include "control.h"
#include "errno.h"
#include "mirror.h"
#include "string.h"
#include "todo.h"

const struct mapper mapper_current = {MIRROR_SLOT}, mapper_other = {OTHER_SLOT};

uint32_t page_flushes_pending;

// BEGIN SOLUTION
#define FLAGS_ALLOWED                                                                              \
    (PAGE_PRESENT | PAGE_WRITE | PAGE_USER | PAGE_WRITE_THROUGH | PAGE_NO_CACHE | PAGE_SOFTWARE)

typedef volatile uint32_t entry_t; /* the processor writes to it too: ACCESSED, DIRTY */

/* The entry of the page that ADDRESS lies in; only there if its table is. */
static entry_t *page_entry(struct mapper mapper, uint32_t address) {
    return (entry_t *)mirror_pte(mapper.slot, address);
}

/* The entry of the table for ADDRESS. The directory is a table of its own mirror, which is at
 * MIRROR_SLOT in every directory; MAPPER's window shows that table too. */
static entry_t *table_entry(struct mapper mapper, uint32_t address) {
    return page_entry(mapper, mirror_pte(MIRROR_SLOT, address));
}

static int check_mapper(struct mapper mapper) {
    if (mapper.slot != MIRROR_SLOT && mapper.slot != OTHER_SLOT)
        return -EINVAL;
    return *table_entry(mapper_current, mirror_window(mapper.slot)) & PAGE_PRESENT ? 0 : -EBADF;
}

/* Stores the entry of the page that ADDRESS lies in in *ENTRY. */
static int find(struct mapper mapper, uint32_t address, entry_t **entry) {
    int error = check_mapper(mapper);
    if (error)
        return error;
    if (!(*table_entry(mapper, address) & PAGE_PRESENT))
        return -ENOENT;
    *entry = page_entry(mapper, address);
    return **entry & PAGE_PRESENT ? 0 : -ENOENT;
}
// END SOLUTION

int page_translate(struct mapper mapper, uint32_t address, paddr_t *physical) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    entry_t *entry;
    int error = find(mapper, address, &entry);
    if (!error)
        *physical = (*entry & PAGE_FRAME) | (address & ~PAGE_FRAME);
    return error;
    // END SOLUTION
}

int page_flags(struct mapper mapper, uint32_t address, uint32_t *flags) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    entry_t *entry;
    int error = find(mapper, address, &entry);
    if (!error)
        *flags = *entry & ~PAGE_FRAME;
    return error;
    // END SOLUTION
}

// BEGIN SOLUTION
/* What a change of PAGE returns: a promise, or the ERROR because of which there is none. */
static struct page_flush outcome(uint32_t page, int error) {
    if (!error)
        page_flushes_pending++;
    return (struct page_flush){page, error};
}
// END SOLUTION

int page_flush(struct page_flush flush) {
    // BEGIN SOLUTION
    //| TODO();
    //| return flush.error;
    if (!flush.error)
        tlb_forget(flush.page);
    return page_flush_ignore(flush);
    // END SOLUTION
}

int page_flush_ignore(struct page_flush flush) {
    // BEGIN SOLUTION
    //| TODO();
    //| return flush.error;
    if (!flush.error)
        page_flushes_pending--;
    return flush.error;
    // END SOLUTION
}

void page_flush_add(struct page_flush_all *all, struct page_flush flush) {
    // BEGIN SOLUTION
    //| TODO();
    //| all->error = flush.error;
    if (!flush.error)
        all->count++;
    else if (!all->error)
        all->error = flush.error;
    // END SOLUTION
}

int page_flush_all(struct page_flush_all *all) {
    // BEGIN SOLUTION
    //| TODO();
    //| return all->error;
    int error = all->error;
    if (all->count)
        cr3_write(cr3_read());
    page_flushes_pending -= all->count;
    *all = (struct page_flush_all){0};
    return error;
    // END SOLUTION
}

// BEGIN SOLUTION
static int check_page(struct mapper mapper, uint32_t page) {
    if (page % PAGE_SIZE || page < USER_START || page >= KSPACE_END)
        return -EINVAL;
    return check_mapper(mapper);
}

/* Checks that PAGE may be mapped to FRAME with FLAGS. */
static int check(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    if (frame % PAGE_SIZE || flags & ~FLAGS_ALLOWED || (flags & PAGE_USER && page >= USER_END))
        return -EINVAL;
    return check_page(mapper, page);
}

/* Takes a reference of FRAME, if it is one of those that have references. */
static int take(paddr_t frame) {
    int error = frame_ref(frame);
    bool uncounted = error == -EINVAL || error == -EPERM; /* device memory, the BIOS */
    return uncounted ? 0 : error;
}

static void drop(paddr_t frame) {
    frame_free(frame, 1); /* refused for a frame that has no references: that is all right */
}

/* Makes sure that there is a table for PAGE. A new one is seen through the window as soon as the
 * directory has it: nothing was remembered of that page of the window, see forget_table(). */
static int need_table(struct mapper mapper, uint32_t page) {
    paddr_t table;
    if (*table_entry(mapper, page) & PAGE_PRESENT)
        return 0;
    int error = frame_alloc(1, ZONE_NORMAL, &table);
    if (error)
        return error;
    *table_entry(mapper, page) = table | PAGE_PRESENT | PAGE_WRITE | PAGE_USER;
    memset((void *)mirror_table(mapper.slot, SLOT_OF(page)), 0, PAGE_SIZE);
    return 0;
}

/* Gives the empty table for PAGE back. */
static void forget_table(struct mapper mapper, uint32_t page) {
    paddr_t table = *table_entry(mapper, page) & PAGE_FRAME;
    *table_entry(mapper, page) = 0;
    tlb_forget(mirror_table(mapper.slot, SLOT_OF(page)));
    drop(table);
}

/* Adds CHANGE to the number of entries in the table for PAGE, which its frame's descriptor keeps;
 * the kernel's tables are for ever. */
static void count_entry(struct mapper mapper, uint32_t page, int change) {
    if (page >= USER_END)
        return;
    struct frame *table = frame_at(*table_entry(mapper, page) & PAGE_FRAME);
    table->tally += (uint32_t)change;
    if (!table->tally)
        forget_table(mapper, page);
}

/* Maps PAGE, which is known to be one that can be, to FRAME; references are the caller's. */
static int install(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    int error = need_table(mapper, page);
    if (error)
        return error;
    *page_entry(mapper, page) = frame | flags | PAGE_PRESENT;
    count_entry(mapper, page, 1);
    return 0;
}

/* Returns 0 if PAGE is not mapped and may be mapped to FRAME with FLAGS. */
static int check_new(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    entry_t *entry;
    int error = check(mapper, page, frame, flags);
    if (error)
        return error;
    return find(mapper, page, &entry) ? 0 : -EEXIST;
}

static int map(struct mapper mapper, uint32_t page, uint32_t flags) {
    paddr_t frame;
    int error = check_new(mapper, page, 0, flags);
    if (error || (error = frame_alloc(1, ZONE_NORMAL, &frame)))
        return error;
    if ((error = install(mapper, page, frame, flags)))
        drop(frame);
    return error;
}

static int map_to(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    int error = check_new(mapper, page, frame, flags);
    if (error || (error = take(frame)))
        return error;
    if ((error = install(mapper, page, frame, flags)))
        drop(frame);
    return error;
}

static int remap(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    entry_t *entry;
    int error = check(mapper, page, frame, flags);
    if (error || (error = find(mapper, page, &entry)) || (error = take(frame)))
        return error;
    paddr_t old = *entry & PAGE_FRAME;
    *entry = frame | flags | PAGE_PRESENT;
    drop(old); /* after take(): it may be the same frame */
    return 0;
}

static int protect(struct mapper mapper, uint32_t page, uint32_t flags) {
    entry_t *entry;
    int error = check(mapper, page, 0, flags);
    if (error || (error = find(mapper, page, &entry)))
        return error;
    *entry = (*entry & (PAGE_FRAME | PAGE_ACCESSED | PAGE_DIRTY)) | flags | PAGE_PRESENT;
    return 0;
}

static int unmap(struct mapper mapper, uint32_t page) {
    entry_t *entry;
    int error = check_page(mapper, page);
    if (error || (error = find(mapper, page, &entry)))
        return error;
    drop(*entry & PAGE_FRAME);
    *entry = 0;
    count_entry(mapper, page, -1);
    return 0;
}
// END SOLUTION

struct page_flush page_map(struct mapper mapper, uint32_t page, uint32_t flags) {
    // BEGIN SOLUTION
    //| TODO();
    //| return (struct page_flush){page, -ENOSYS};
    return outcome(page, map(mapper, page, flags));
    // END SOLUTION
}

struct page_flush page_map_to(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    // BEGIN SOLUTION
    //| TODO();
    //| return (struct page_flush){page, -ENOSYS};
    return outcome(page, map_to(mapper, page, frame, flags));
    // END SOLUTION
}

struct page_flush page_remap(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    // BEGIN SOLUTION
    //| TODO();
    //| return (struct page_flush){page, -ENOSYS};
    return outcome(page, remap(mapper, page, frame, flags));
    // END SOLUTION
}

struct page_flush page_protect(struct mapper mapper, uint32_t page, uint32_t flags) {
    // BEGIN SOLUTION
    //| TODO();
    //| return (struct page_flush){page, -ENOSYS};
    return outcome(page, protect(mapper, page, flags));
    // END SOLUTION
}

struct page_flush page_unmap(struct mapper mapper, uint32_t page) {
    // BEGIN SOLUTION
    //| TODO();
    //| return (struct page_flush){page, -ENOSYS};
    return outcome(page, unmap(mapper, page));
    // END SOLUTION
}

void *frame_view(paddr_t frame) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    *page_entry(mapper_current, FRAME_VIEW) = frame | PAGE_PRESENT | PAGE_WRITE;
    tlb_forget(FRAME_VIEW);
    return (void *)FRAME_VIEW;
    // END SOLUTION
}
