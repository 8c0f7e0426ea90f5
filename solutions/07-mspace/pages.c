/* The pages of an area, and what they count for. Contract: kernel/07-mspace/pages.h */
#include "pages.h"

#include <stddef.h>

#include "control.h"
#include "directory.h"
#include "errno.h"
#include "mirror.h"
#include "mspace.h"
#include "panic.h"
#include "todo.h"

// BEGIN SOLUTION
/* ---- Which window ---- */

/* Returns the mapper through which the tables of MSPACE are seen; close_tables() is owed. */
static struct mapper open_tables(const mspace_t *mspace) {
    if (mspace == kernel_mspace || mspace->directory == cr3_read())
        return mapper_current;
    ASSERT_EQ(directory_open(mspace->directory), 0);
    return mapper_other;
}

static void close_tables(struct mapper mapper) {
    if (mapper.slot == OTHER_SLOT)
        directory_close();
}

/* Returns whether there is a page table for PAGE. The window shows the tables as pages: whether one
 * is there is a question like any other. */
static bool has_table(struct mapper mapper, uint32_t page) {
    paddr_t table;
    return !page_translate(mapper_current, mirror_table(mapper.slot, SLOT_OF(page)), &table);
}

/* ---- What a page counts for ---- */

static bool is_user(const vma_t *vma) {
    return vma->mspace != kernel_mspace;
}

/* Adds CHANGE to the counters, for a page of VMA whose entry has FLAGS. */
static void count_page(vma_t *vma, uint32_t flags, uint32_t change) {
    if ((vma->flags & VMA_TYPE) == VMA_PHYS)
        return;
    if (vma->flags & VMA_SHARED || flags & PAGE_COW)
        vma->mspace->s_size += change;
    else
        vma->mspace->p_size += change;
    vma->mspace->phys_pg_count += change;
}

/* Adds to the counters the table for PAGE that has come or gone since it was HAD. */
static void count_table(vma_t *vma, struct mapper mapper, uint32_t page, bool had) {
    if (is_user(vma))
        vma->mspace->phys_pg_count += (uint32_t)has_table(mapper, page) - (uint32_t)had;
}

/* Returns the flags of the entry of a page of VMA. */
static uint32_t entry_flags(const vma_t *vma, bool cow) {
    uint32_t flags = PAGE_PRESENT;
    if (is_user(vma) && vma->flags & (VMA_RIGHTS | VMA_COPY_ON_WRITE))
        flags |= PAGE_USER;
    if (cow)
        flags |= PAGE_COW;
    else if (vma_may_write(vma))
        flags |= PAGE_WRITE;
    return flags;
}

/* ---- One page ---- */

static int check_page(const vma_t *vma, uint32_t page) {
    bool inside = page - vma->node.value < vma->length;
    return inside && page % PAGE_SIZE == 0 && !(vma->flags & VMA_DEAD) ? 0 : -EINVAL;
}

static int check_put(const vma_t *vma, uint32_t page, bool cow) {
    bool is_never_cow = vma->flags & VMA_SHARED || (vma->flags & VMA_TYPE) == VMA_PHYS;
    return cow && is_never_cow ? -EINVAL : check_page(vma, page);
}
// END SOLUTION

int vma_page_put(vma_t *vma, uint32_t page, paddr_t frame, bool cow) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    int error = check_put(vma, page, cow);
    if (error)
        return error;
    uint32_t flags = entry_flags(vma, cow);
    struct mapper mapper = open_tables(vma->mspace);
    bool had = has_table(mapper, page);
    error = page_flush(page_map_to(mapper, page, frame, flags));
    if (!error) {
        count_page(vma, flags, 1);
        count_table(vma, mapper, page, had);
    }
    close_tables(mapper);
    return error;
    // END SOLUTION
}

int vma_page_replace(vma_t *vma, uint32_t page, paddr_t frame, bool cow) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    int error = check_put(vma, page, cow);
    if (error)
        return error;
    uint32_t old, flags = entry_flags(vma, cow);
    struct mapper mapper = open_tables(vma->mspace);
    error = page_flags(mapper, page, &old);
    if (!error)
        error = page_flush(page_remap(mapper, page, frame, flags));
    if (!error) {
        count_page(vma, old, -1u);
        count_page(vma, flags, 1);
    }
    close_tables(mapper);
    return error;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Takes PAGE, which is present, away. */
static void remove(vma_t *vma, struct mapper mapper, uint32_t page) {
    uint32_t flags = 0;
    page_flags(mapper, page, &flags);
    page_flush(page_unmap(mapper, page));
    count_page(vma, flags, -1u);
    count_table(vma, mapper, page, true);
}
// END SOLUTION

int vma_page_remove(vma_t *vma, uint32_t page) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    uint32_t flags;
    int error = check_page(vma, page);
    if (error)
        return error;
    struct mapper mapper = open_tables(vma->mspace);
    error = page_flags(mapper, page, &flags);
    if (!error)
        remove(vma, mapper, page);
    close_tables(mapper);
    return error;
    // END SOLUTION
}

int vma_page_find(vma_t *vma, uint32_t page, paddr_t *frame, uint32_t *flags) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    int error = check_page(vma, page);
    if (error)
        return error;
    struct mapper mapper = open_tables(vma->mspace);
    error = page_translate(mapper, page, frame);
    if (!error)
        error = page_flags(mapper, page, flags);
    close_tables(mapper);
    return error;
    // END SOLUTION
}

// BEGIN SOLUTION
/* ---- All pages of an area ---- */

/* Returns the first page present from PAGE on and before END, or END. */
static uint32_t next_present(struct mapper mapper, uint32_t page, uint32_t end) {
    uint32_t flags;
    while (page < end) {
        if (!has_table(mapper, page))
            page = (SLOT_OF(page) + 1) * SLOT_SIZE;
        else if (page_flags(mapper, page, &flags))
            page += PAGE_SIZE;
        else
            return page;
    }
    return end;
}

static void update(vma_t *vma, struct mapper mapper, uint32_t page) {
    uint32_t flags = 0;
    page_flags(mapper, page, &flags);
    page_flush(page_protect(mapper, page, entry_flags(vma, flags & PAGE_COW)));
}

typedef void (*change_fn)(vma_t *vma, struct mapper mapper, uint32_t page);

static void change_all(vma_t *vma, change_fn change) {
    struct mapper mapper = open_tables(vma->mspace);
    uint32_t end = vma_end(vma), page = next_present(mapper, vma->node.value, end);
    for (; page < end; page = next_present(mapper, page + PAGE_SIZE, end))
        change(vma, mapper, page);
    close_tables(mapper);
}
// END SOLUTION

void vma_pages_remove(vma_t *vma) {
    // BEGIN SOLUTION
    //| TODO();
    change_all(vma, remove);
    // END SOLUTION
}

void vma_pages_update(vma_t *vma) {
    // BEGIN SOLUTION
    //| TODO();
    change_all(vma, update);
    // END SOLUTION
}

uint32_t vma_pages_next(vma_t *vma, uint32_t from) {
    // BEGIN SOLUTION
    //| TODO();
    //| return vma_end(vma);
    struct mapper mapper = open_tables(vma->mspace);
    uint32_t page = next_present(mapper, from, vma_end(vma));
    close_tables(mapper);
    return page;
    // END SOLUTION
}
