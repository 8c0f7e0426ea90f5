/* The two 8259A interrupt controllers. Contract: kernel/02-traps/pic.h */
#include "pic.h"

#include "errno.h"
#include "io.h"
#include "todo.h"

uint32_t pic_spurious_count;

void pic_init(void) {
    TODO();
}

int pic_mask(uint32_t irq) {
    TODO();
    return -ENOSYS;
}

int pic_unmask(uint32_t irq) {
    TODO();
    return -ENOSYS;
}

bool pic_spurious(uint32_t irq) {
    TODO();
    return false;
}

void pic_end(uint32_t irq) {
    TODO();
}
