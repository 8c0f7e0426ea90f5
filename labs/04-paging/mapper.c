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

int page_translate(struct mapper mapper, uint32_t address, paddr_t *physical) {
    TODO();
    return -ENOSYS;
}

int page_flags(struct mapper mapper, uint32_t address, uint32_t *flags) {
    TODO();
    return -ENOSYS;
}

int page_flush(struct page_flush flush) {
    TODO();
    return flush.error;
}

int page_flush_ignore(struct page_flush flush) {
    TODO();
    return flush.error;
}

void page_flush_add(struct page_flush_all *all, struct page_flush flush) {
    TODO();
    all->error = flush.error;
}

int page_flush_all(struct page_flush_all *all) {
    TODO();
    return all->error;
}

struct page_flush page_map(struct mapper mapper, uint32_t page, uint32_t flags) {
    TODO();
    return (struct page_flush){page, -ENOSYS};
}

struct page_flush page_map_to(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    TODO();
    return (struct page_flush){page, -ENOSYS};
}

struct page_flush page_remap(struct mapper mapper, uint32_t page, paddr_t frame, uint32_t flags) {
    TODO();
    return (struct page_flush){page, -ENOSYS};
}

struct page_flush page_protect(struct mapper mapper, uint32_t page, uint32_t flags) {
    TODO();
    return (struct page_flush){page, -ENOSYS};
}

struct page_flush page_unmap(struct mapper mapper, uint32_t page) {
    TODO();
    return (struct page_flush){page, -ENOSYS};
}

void *frame_view(paddr_t frame) {
    TODO();
    return NULL;
}
