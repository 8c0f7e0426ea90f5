/* The first directory, switching paging on, and what is said of a page fault.
 * Contracts: kernel/04-paging/paging.h and page_fault.h */
#include "paging.h"

#include "control.h"
#include "errno.h"
#include "linker.h"
#include "page_fault.h"
#include "panic.h"
#include "string.h"
#include "todo.h"

int paging_build(paddr_t *directory) {
    TODO();
    return -ENOSYS;
}

void paging_enable(paddr_t directory) {
    TODO();
}

enum page_fault_reason page_fault_reason(uint32_t address, uint32_t error) {
    TODO();
    return REASON_FORBIDDEN;
}

void page_fault(struct trap_frame *frame) {
    TODO();
    panic("page_fault() is not written yet: address %p", (void *)cr2_read());
}
