/* Where a directory's tables are seen: arithmetic. Contract: kernel/04-paging/mirror.h */
#include "mirror.h"

#include "todo.h"

uint32_t mirror_window(uint32_t slot) {
    TODO();
    return 0;
}

uint32_t mirror_table(uint32_t slot, uint32_t index) {
    TODO();
    return 0;
}

uint32_t mirror_directory(uint32_t slot) {
    TODO();
    return 0;
}

uint32_t mirror_pte(uint32_t slot, uint32_t address) {
    TODO();
    return 0;
}

uint32_t mirror_pde(uint32_t slot, uint32_t address) {
    TODO();
    return 0;
}
