/* Chunks, and their red zones. Contract: kernel/10-requests/chunk.h */
#include "chunk.h"

#include "errno.h"
#include "faults.h"
#include "page.h"
#include "pages.h"
#include "slabs.h"
#include "string.h"
#include "todo.h"

struct list chunks = LIST_EMPTY(chunks);

uint32_t chunk_length(uint32_t size) {
    TODO();
    return 0;
}

int chunk_alloc(uint32_t owner, mspace_t *space, uint32_t size, uint32_t *address) {
    TODO();
    return -ENOSYS;
}

int chunk_info(uint32_t owner, uint32_t address, const chunk_t **found) {
    TODO();
    return -ENOSYS;
}

int chunk_free(uint32_t owner, uint32_t address, bool *corrupted) {
    TODO();
    return -ENOSYS;
}

void chunks_forget(uint32_t owner) {
    TODO();
}
