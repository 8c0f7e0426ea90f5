/* Different but right: what is not resolved falls through to the end, case by case. */
#include <stddef.h>

#include "backtrace.h"
#include "errno.h"
#include "faults.h"
#include "format.h"

/* Returns whether the fault at ADDRESS of SPACE needs no more to be done. */
static bool is_resolved(mspace_t *space, uint32_t address, uint32_t error) {
    int result = fault_resolver(space, address, error);
    return result == 0 || result == -EAGAIN;
}

bool fault_handle(struct trap_frame *frame, uint32_t address) {
    static const char *const access[] = {"read of", "write to"};
    uint32_t offset, eip = frame->eip, error = frame->error;
    bool by_kernel = !(error & FAULT_USER);
    if (address - USER_START < (uint32_t)USER_END - USER_START) {
        if (is_resolved(mspace_current, address, error))
            return true;
    } else if (by_kernel) {
        if (address - KSPACE_START >= (uint32_t)KSPACE_END - KSPACE_START)
            return false;
        if (is_resolved(kernel_mspace, address, error))
            return true;
    }
    if (by_kernel)
        kprintf("Segmentation Fault: %s %p at %p (%s)\n", access[(error & FAULT_WRITE) != 0],
                (void *)address, (void *)eip, symbol_name(eip, &offset));
    return fault_end_hook(frame, address);
}
