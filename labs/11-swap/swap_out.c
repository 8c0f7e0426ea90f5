/* Pages that go. Contract: kernel/11-swap/swap.h */
#include "swap.h"

#include <stddef.h>

#include "absent.h"
#include "disk.h"
#include "errno.h"
#include "frames.h"
#include "manager.h"
#include "pages.h"
#include "slots.h"
#include "todo.h"

struct list swap_transfers = LIST_EMPTY(swap_transfers);

int swap_transfer(uint32_t slot, paddr_t frame, bool write) {
    TODO();
    return -ENOSYS;
}

void transfer_begin(struct swap_transfer *transfer, uint32_t slot, paddr_t frame) {
    TODO();
}

void transfer_end(struct swap_transfer *transfer) {
    TODO();
}

void transfers_forget(uint32_t pid) {
    TODO();
}

int swap_out(const struct candidate *victim) {
    TODO();
    return -ENOSYS;
}
