/* Which handler gets which trap. Contract: kernel/02-traps/trap.h */
#include "trap.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "gdt.h"
#include "panic.h"
#include "pic.h"
#include "todo.h"

uint32_t trap_unexpected;

const char *trap_name(uint32_t vector) {
    TODO();
    return "";
}

int trap_register(uint32_t vector, trap_handler handler) {
    TODO();
    return -ENOSYS;
}

int trap_unregister(uint32_t vector) {
    TODO();
    return -ENOSYS;
}

void trap_dispatch(struct trap_frame *frame) {
    TODO();
}

void trap_double_fault(void) {
    TODO();
    panic("trap_double_fault() is still to be written");
}
