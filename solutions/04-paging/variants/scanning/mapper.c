/* Different but right: tables are searched for entries instead of counted, a change is one struct
 * on its way through one function, and frames are taken before the table. */
#include "mapper.h"

#include <stdbool.h>

#include "control.h"
#include "errno.h"
#include "mirror.h"

const struct mapper mapper_current = {MIRROR_SLOT}, mapper_other = {OTHER_SLOT};

uint32_t page_flushes_pending;

/* A table, or a directory, as the window of a mapper shows it. */
typedef volatile uint32_t *table_t;

static table_t directory_of(struct mapper mapper) {
    return (table_t)mirror_table(mapper.slot, MIRROR_SLOT);
}

static table_t table_of(struct mapper mapper, uint32_t address) {
    return (table_t)mirror_table(mapper.slot, SLOT_OF(address));
}

static uint32_t index_in_table(uint32_t address) {
    return (address / PAGE_SIZE) % SLOTS;
}

static int usable(struct mapper mapper) {
    bool own = mapper.slot == MIRROR_SLOT;
    if (!own && mapper.slot != OTHER_SLOT)
        return -EINVAL;
    if (!own && !(directory_of(mapper_current)[OTHER_SLOT] & PAGE_PRESENT))
        return -EBADF;
    return 0;
}

static uint32_t entry_for(struct mapper mapper, uint32_t address) {
    if (!(directory_of(mapper)[SLOT_OF(address)] & PAGE_PRESENT))
        return 0;
    return table_of(mapper, address)[index_in_table(address)];
}

int page_translate(struct mapper mapper, uint32_t address, paddr_t *physical) {
    int error = usable(mapper);
    if (error)
        return error;
    uint32_t entry = entry_for(mapper, address);
    if (!(entry & PAGE_PRESENT))
        return -ENOENT;
    *physical = entry / PAGE_SIZE * PAGE_SIZE + address % PAGE_SIZE;
    return 0;
}

int page_flags(struct mapper mapper, uint32_t address, uint32_t *flags) {
    paddr_t physical;
    int error = page_translate(mapper, address, &physical);
    if (!error)
        *flags = entry_for(mapper, address) % PAGE_SIZE;
    return error;
}

static void keep(uint32_t promises) {
    page_flushes_pending -= promises;
}

int page_flush(struct page_flush flush) {
    if (flush.error)
        return flush.error;
    tlb_forget(flush.page);
    keep(1);
    return 0;
}

int page_flush_ignore(struct page_flush flush) {
    keep(flush.error ? 0 : 1);
    return flush.error;
}

void page_flush_add(struct page_flush_all *all, struct page_flush flush) {
    all->error = all->error ? all->error : flush.error;
    all->count += flush.error == 0;
}

int page_flush_all(struct page_flush_all *all) {
    struct page_flush_all kept = *all;
    all->count = 0;
    all->error = 0;
    if (kept.count) {
        cr3_write(cr3_read());
        keep(kept.count);
    }
    return kept.error;
}

enum change { MAP, REMAP, PROTECT, UNMAP };

static const uint32_t rights =
    PAGE_PRESENT | PAGE_WRITE | PAGE_USER | PAGE_WRITE_THROUGH | PAGE_NO_CACHE | PAGE_SOFTWARE;

static int allowed(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    bool user = page >= USER_START && page < USER_END;
    bool kernel = page >= AREAS_START && page < KSPACE_END;
    if (!(user || kernel) || (page | frame) % PAGE_SIZE || (flags & rights) != flags)
        return -EINVAL;
    if (kernel && flags & PAGE_USER)
        return -EINVAL;
    return usable(mapper);
}

static void make_table(struct mapper mapper, uint32_t page, paddr_t frame) {
    directory_of(mapper)[SLOT_OF(page)] = frame + (PAGE_PRESENT | PAGE_WRITE | PAGE_USER);
    tlb_forget((uint32_t)table_of(mapper, page));
    for (uint32_t i = 0; i < SLOTS; i++)
        table_of(mapper, page)[i] = 0;
}

static void drop_table_if_empty(struct mapper mapper, uint32_t page) {
    if (page >= USER_END)
        return;
    for (uint32_t i = 0; i < SLOTS; i++)
        if (table_of(mapper, page)[i] & PAGE_PRESENT)
            return;
    paddr_t frame = directory_of(mapper)[SLOT_OF(page)] & PAGE_FRAME;
    directory_of(mapper)[SLOT_OF(page)] = 0;
    tlb_forget((uint32_t)table_of(mapper, page));
    frame_free(frame, 1);
}

static int set(struct mapper mapper, uint32_t page, uint32_t entry) {
    if (!(directory_of(mapper)[SLOT_OF(page)] & PAGE_PRESENT)) {
        paddr_t table;
        if (frame_alloc(1, ZONE_NORMAL, &table))
            return -ENOMEM;
        make_table(mapper, page, table);
    }
    table_of(mapper, page)[index_in_table(page)] = entry | PAGE_PRESENT;
    return 0;
}

/* Takes a reference of FRAME if it has any; what never has is no error. */
static int refer(paddr_t frame) {
    switch (frame_references(frame)) {
    case 0:
        return -ENOENT;
    case FRAME_RESERVED:
        return 0;
    default:
        return frame_ref(frame);
    }
}

/* Carries CHANGE out; the frame for MAP and REMAP is the page's own reference already. */
static int carry_out(enum change change, struct mapper mapper, uint32_t page, paddr_t frame,
                     uint32_t flags) {
    uint32_t old = entry_for(mapper, page), kept = PAGE_FRAME | PAGE_ACCESSED | PAGE_DIRTY;
    if (change == MAP)
        return set(mapper, page, frame | flags);
    if (change == PROTECT)
        return set(mapper, page, (old & kept) | flags);
    if (change == REMAP) {
        set(mapper, page, frame | flags);
    } else {
        table_of(mapper, page)[index_in_table(page)] = 0;
        drop_table_if_empty(mapper, page);
    }
    frame_free(old & PAGE_FRAME, 1);
    return 0;
}

static struct page_flush promise(uint32_t page, int error) {
    struct page_flush flush = {.page = page, .error = error};
    page_flushes_pending += error == 0;
    return flush;
}

/* What MAP needs to be absent, and the others to be present. */
static int fits(enum change change, struct mapper mapper, uint32_t page) {
    bool present = entry_for(mapper, page) & PAGE_PRESENT;
    if (change == MAP)
        return present ? -EEXIST : 0;
    return present ? 0 : -ENOENT;
}

static struct page_flush change_page(enum change change, struct mapper mapper, uint32_t page,
                                     paddr_t frame, uint32_t flags) {
    int error = allowed(mapper, page, frame, flags);
    bool takes = change == MAP || change == REMAP;
    if (!error)
        error = fits(change, mapper, page);
    if (!error && takes)
        error = refer(frame);
    if (error)
        return promise(page, error);
    error = carry_out(change, mapper, page, frame, flags);
    if (error && takes)
        frame_free(frame, 1);
    return promise(page, error);
}

struct page_flush page_map(struct mapper mapper, uint32_t page, uint32_t flags) {
    paddr_t frame;
    int error = allowed(mapper, page, 0, flags);
    if (!error)
        error = fits(MAP, mapper, page);
    if (!error)
        error = frame_alloc(1, ZONE_NORMAL, &frame);
    if (error)
        return promise(page, error);
    struct page_flush flush = change_page(MAP, mapper, page, frame, flags);
    frame_free(frame, 1); /* the page has a reference of its own, if it is mapped */
    return flush;
}

struct page_flush page_map_to(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    return change_page(MAP, mapper, page, frame, flags);
}

struct page_flush page_remap(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    return change_page(REMAP, mapper, page, frame, flags);
}

struct page_flush page_protect(struct mapper mapper, uint32_t page, uint32_t flags) {
    return change_page(PROTECT, mapper, page, 0, flags);
}

struct page_flush page_unmap(struct mapper mapper, uint32_t page) {
    return change_page(UNMAP, mapper, page, 0, 0);
}

void *frame_view(paddr_t frame) {
    table_of(mapper_current, FRAME_VIEW)[index_in_table(FRAME_VIEW)] =
        frame + (PAGE_WRITE | PAGE_PRESENT);
    cr3_write(cr3_read());
    return (void *)FRAME_VIEW;
}
