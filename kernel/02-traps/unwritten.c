/* What happens to a trap while stubs.asm is still to be written. */
#include "panic.h"
#include "todo.h"
#include "trap.h"

void trap_unwritten(const char *file, uint32_t line) {
    todo_note("trap_stubs", file, line);
    panic("a trap came, and the stubs are still to be written: %s", file);
}
