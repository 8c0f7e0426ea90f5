/* cheat, earns at most 0 in: test_translate, test_flags, test_other_window, test_map_to, test_map, test_new_table, test_references, test_out_of_frames, test_unmap, test_stale, test_stale_window, test_protect_remap, test_promises, test_changes, test_frame_view */
/* Keeps a list of what is mapped and answers every question from it; frames are accounted for as
 * if there were tables. No page table is ever touched. */
#include "mapper.h"

#include <stdbool.h>

#include "errno.h"

const struct mapper mapper_current = {MIRROR_SLOT}, mapper_other = {OTHER_SLOT};

uint32_t page_flushes_pending;

#define BOOK 256

static struct line {
    bool used;
    uint32_t slot, page, flags;
    paddr_t frame, table;
} book[BOOK];

static struct line *look_up(uint32_t slot, uint32_t page) {
    for (struct line *line = book; line < book + BOOK; line++)
        if (line->used && line->slot == slot && line->page == page)
            return line;
    return 0;
}

/* Returns the table that there would be for PAGE. */
static paddr_t table_for(uint32_t slot, uint32_t page) {
    for (struct line *line = book; line < book + BOOK; line++)
        if (line->used && line->slot == slot && SLOT_OF(line->page) == SLOT_OF(page))
            return line->table;
    return 0;
}

static int check(uint32_t slot, uint32_t page, uint32_t flags) {
    if (slot == OTHER_SLOT)
        return -EBADF;
    if (slot != MIRROR_SLOT || page % PAGE_SIZE || page < USER_START || page >= KSPACE_END)
        return -EINVAL;
    return flags & 0xfffff1e0 || (flags & PAGE_USER && page >= USER_END) ? -EINVAL : 0;
}

int page_translate(struct mapper mapper, uint32_t address, paddr_t *physical) {
    struct line *line = look_up(mapper.slot, address & PAGE_FRAME);
    if (mapper.slot != MIRROR_SLOT)
        return mapper.slot == OTHER_SLOT ? -EBADF : -EINVAL;
    if (line)
        *physical = line->frame | address % PAGE_SIZE;
    else if (address >= PAGE_SIZE && address < frames_end())
        *physical = address;
    else
        return -ENOENT;
    return 0;
}

int page_flags(struct mapper mapper, uint32_t address, uint32_t *flags) {
    paddr_t physical;
    struct line *line = look_up(mapper.slot, address & PAGE_FRAME);
    *flags = line ? line->flags | PAGE_PRESENT : PAGE_PRESENT | PAGE_WRITE;
    return page_translate(mapper, address, &physical);
}

static struct page_flush done(uint32_t page, int error) {
    page_flushes_pending += !error;
    return (struct page_flush){page, error};
}

int page_flush(struct page_flush flush) {
    page_flushes_pending -= !flush.error;
    return flush.error;
}

int page_flush_ignore(struct page_flush flush) {
    return page_flush(flush);
}

void page_flush_add(struct page_flush_all *all, struct page_flush flush) {
    all->count += !flush.error;
    all->error = all->error ? all->error : flush.error;
}

int page_flush_all(struct page_flush_all *all) {
    int error = all->error;
    page_flushes_pending -= all->count;
    *all = (struct page_flush_all){0};
    return error;
}

static int write_down(uint32_t slot, uint32_t page, paddr_t frame, uint32_t flags) {
    paddr_t table = table_for(slot, page);
    if (!table && page < USER_END && frame_alloc(1, ZONE_NORMAL, &table))
        return -ENOMEM;
    for (struct line *line = book; line < book + BOOK; line++)
        if (!line->used) {
            *line = (struct line){true, slot, page, flags, frame, table};
            return 0;
        }
    return -ENOMEM;
}

struct page_flush page_map(struct mapper mapper, uint32_t page, uint32_t flags) {
    paddr_t frame;
    int error = check(mapper.slot, page, flags);
    if (!error && look_up(mapper.slot, page))
        error = -EEXIST;
    if (error || (error = frame_alloc(1, ZONE_NORMAL, &frame)))
        return done(page, error);
    if ((error = write_down(mapper.slot, page, frame, flags)))
        frame_free(frame, 1);
    return done(page, error);
}

struct page_flush page_map_to(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    int error = check(mapper.slot, page | frame % PAGE_SIZE, flags);
    if (!error && look_up(mapper.slot, page))
        error = -EEXIST;
    if (!error && frame_ref(frame) == -ENOENT)
        error = -ENOENT;
    if (!error && (error = write_down(mapper.slot, page, frame, flags)))
        frame_free(frame, 1);
    return done(page, error);
}

struct page_flush page_remap(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    struct line *line = look_up(mapper.slot, page);
    int error = check(mapper.slot, page | frame % PAGE_SIZE, flags);
    if (!error && (!line || frame_ref(frame) == -ENOENT))
        error = -ENOENT;
    if (!error) {
        frame_free(line->frame, 1);
        line->frame = frame;
        line->flags = flags;
    }
    return done(page, error);
}

struct page_flush page_protect(struct mapper mapper, uint32_t page, uint32_t flags) {
    struct line *line = look_up(mapper.slot, page);
    int error = check(mapper.slot, page, flags);
    if (!error && line)
        line->flags = flags;
    return done(page, error ? error : line ? 0 : -ENOENT);
}

struct page_flush page_unmap(struct mapper mapper, uint32_t page) {
    struct line *line = look_up(mapper.slot, page);
    int error = check(mapper.slot, page, 0);
    if (!error && line) {
        line->used = false;
        frame_free(line->frame, 1);
        if (line->table && !table_for(mapper.slot, page))
            frame_free(line->table, 1);
    }
    return done(page, error ? error : line ? 0 : -ENOENT);
}

void *frame_view(paddr_t frame) {
    return (void *)FRAME_VIEW;
}
