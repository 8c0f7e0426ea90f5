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

// BEGIN SOLUTION
/* Stores the address of a new, empty table in *TABLE; paging is still off. */
static int new_table(paddr_t *table) {
    int error = frame_alloc(1, ZONE_NORMAL, table);
    if (!error)
        memset((void *)*table, 0, PAGE_SIZE);
    return error;
}

static bool is_constant(uint32_t address) {
    return address >= (uint32_t)kernel_start && address < (uint32_t)kernel_rodata_end;
}

static void map_identity(uint32_t *table) {
    for (uint32_t page = PAGE_SIZE; page < frames_end(); page += PAGE_SIZE)
        table[page / PAGE_SIZE] = page | PAGE_PRESENT | (is_constant(page) ? 0 : PAGE_WRITE);
}

/* Gives each slot from FIRST up to END, exclusive, of DIRECTORY an empty table. */
static int add_tables(uint32_t *directory, uint32_t first, uint32_t end) {
    for (uint32_t slot = first; slot < end; slot++) {
        paddr_t table;
        int error = new_table(&table);
        if (error)
            return error;
        directory[slot] = table | PAGE_PRESENT | PAGE_WRITE;
    }
    return 0;
}
// END SOLUTION

int paging_build(paddr_t *directory) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    int error = new_table(directory);
    if (error)
        return error;
    uint32_t *entry = (uint32_t *)*directory;
    if ((error = add_tables(entry, 0, 1)))
        return error;
    map_identity((uint32_t *)(entry[0] & PAGE_FRAME));
    entry[MIRROR_SLOT] = *directory | PAGE_PRESENT | PAGE_WRITE;
    return add_tables(entry, SLOT_OF(AREAS_START), SLOT_OF(KSPACE_END));
    // END SOLUTION
}

void paging_enable(paddr_t directory) {
    // BEGIN SOLUTION
    //| TODO();
    cr3_write(directory);
    cr0_write(cr0_read() | CR0_PAGING | CR0_WRITE_PROTECT);
    // END SOLUTION
}

// BEGIN SOLUTION
/* The same for an access that a present page does not allow. */
static enum page_fault_reason denied_reason(uint32_t address, uint32_t error) {
    if (error & FAULT_USER && (address < USER_START || address >= USER_END))
        return REASON_KERNEL_PAGE;
    if (!(error & FAULT_WRITE))
        return REASON_FORBIDDEN;
    return is_constant(address) ? REASON_KERNEL_CODE : REASON_READ_ONLY;
}
// END SOLUTION

enum page_fault_reason page_fault_reason(uint32_t address, uint32_t error) {
    // BEGIN SOLUTION
    //| TODO();
    //| return REASON_FORBIDDEN;
    if (address < PAGE_SIZE)
        return REASON_NULL;
    if (address >= KSPACE_END)
        return REASON_WINDOW;
    if (!(error & FAULT_PRESENT))
        return REASON_NOT_MAPPED;
    return denied_reason(address, error);
    // END SOLUTION
}

// BEGIN SOLUTION
static const char *access_words(const struct trap_frame *frame, uint32_t address) {
    if (frame->error & FAULT_WRITE)
        return "write to";
    return address == frame->eip ? "jump to" : "read of";
}
// END SOLUTION

void page_fault(struct trap_frame *frame) {
    // BEGIN SOLUTION
    //| TODO();
    //| panic("page_fault() is not written yet: address %p", (void *)cr2_read());
    uint32_t address = cr2_read(); /* before anything that could fault in its turn */
    if (page_fault_hook && page_fault_hook(frame, address))
        return;
    panic_from(frame->eip, frame->ebp, "page fault: %s %p by %s: %s", access_words(frame, address),
               (void *)address, frame->error & FAULT_USER ? "a user program" : "the kernel",
               page_fault_words[page_fault_reason(address, frame->error)]);
    // END SOLUTION
}
