/* Where a directory's tables are seen: arithmetic. Contract: kernel/04-paging/mirror.h */
#include "mirror.h"

#include "todo.h"

uint32_t mirror_window(uint32_t slot) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return slot << 22;
    // END SOLUTION
}

uint32_t mirror_table(uint32_t slot, uint32_t index) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return mirror_window(slot) + (index << 12);
    // END SOLUTION
}

uint32_t mirror_directory(uint32_t slot) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return mirror_table(slot, slot);
    // END SOLUTION
}

uint32_t mirror_pte(uint32_t slot, uint32_t address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return mirror_window(slot) + (address >> 12) * 4; /* the tables lie there one after the other */
    // END SOLUTION
}

uint32_t mirror_pde(uint32_t slot, uint32_t address) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return mirror_directory(slot) + (address >> 22) * 4;
    // END SOLUTION
}
