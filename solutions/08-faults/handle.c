/* Whose fault it is, and what becomes of whoever caused it. Contract: kernel/08-faults/faults.h */
#include <stddef.h>

#include "backtrace.h"
#include "errno.h"
#include "faults.h"
#include "format.h"
#include "todo.h"

// BEGIN SOLUTION
static bool is_user(uint32_t address) {
    return address >= USER_START && address < USER_END;
}

static bool is_kernel_space(uint32_t address) {
    return address >= KSPACE_START && address < KSPACE_END;
}

/* Returns the space to which a touch of ADDRESS goes; NULL if there is none. */
static mspace_t *space_of(uint32_t address, bool from_ring3) {
    if (is_user(address))
        return mspace_current;
    return is_kernel_space(address) && !from_ring3 ? kernel_mspace : NULL;
}

static void report(const struct trap_frame *frame, uint32_t address) {
    uint32_t offset;
    kprintf("Segmentation Fault: %s %p at %p (%s)\n",
            frame->error & FAULT_WRITE ? "write to" : "read of", (void *)address,
            (void *)frame->eip, symbol_name(frame->eip, &offset));
}
// END SOLUTION

bool fault_handle(struct trap_frame *frame, uint32_t address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return false;
    bool from_ring3 = frame->error & FAULT_USER;
    mspace_t *mspace = space_of(address, from_ring3);
    if (!mspace && !from_ring3)
        return false;
    int error = mspace ? fault_resolver(mspace, address, frame->error) : -EFAULT;
    if (!error || error == -EAGAIN)
        return true;
    if (!from_ring3)
        report(frame, address);
    return fault_end_hook(frame, address);
    // END SOLUTION
}
