/* Address spaces in words. Contract: kernel/07-mspace/mspace.h */
#include "console.h"
#include "mspace.h"
#include "todo.h"

void mspace_display_to(const mspace_t *mspace, struct sink sink) {
    TODO();
}

void mspace_display(void) {
    TODO();
}
