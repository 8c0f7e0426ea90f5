/* Whose fault it is, and what becomes of whoever caused it. Contract: kernel/08-faults/faults.h */
#include <stddef.h>

#include "backtrace.h"
#include "errno.h"
#include "faults.h"
#include "format.h"
#include "todo.h"

bool fault_handle(struct trap_frame *frame, uint32_t address) {
    TODO();
    return false;
}
