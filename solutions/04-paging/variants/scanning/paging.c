/* Different but right: the directory is filled from its end, identity by address arithmetic on
 * what each page shall be, and the report of a fault is put together from tables of words. */
#include "paging.h"

#include "control.h"
#include "errno.h"
#include "linker.h"
#include "page_fault.h"
#include "panic.h"

static uint32_t *clear_frame(void) {
    paddr_t frame;
    if (frame_alloc(1, ZONE_NORMAL, &frame))
        return 0;
    for (uint32_t *word = (uint32_t *)frame; word < (uint32_t *)(frame + PAGE_SIZE); word++)
        *word = 0;
    return (uint32_t *)frame;
}

static uint32_t identity_entry(uint32_t page) {
    uint32_t start = (uint32_t)kernel_start & PAGE_FRAME;
    uint32_t end = ((uint32_t)kernel_rodata_end + PAGE_SIZE - 1) & PAGE_FRAME;
    if (page == 0 || page >= frames_end())
        return 0;
    return page | (page >= start && page < end ? PAGE_PRESENT : PAGE_PRESENT | PAGE_WRITE);
}

int paging_build(paddr_t *directory) {
    uint32_t *slot = clear_frame();
    for (uint32_t number = MIRROR_SLOT; slot && number < SLOTS; number--) {
        uint32_t *table = 0;
        if (number == MIRROR_SLOT)
            table = slot;
        else if (number == 0 || (number >= SLOT_OF(AREAS_START) && number < SLOT_OF(KSPACE_END)))
            table = clear_frame();
        else
            continue;
        if (!table)
            return -ENOMEM;
        slot[number] = (uint32_t)table + PAGE_PRESENT + PAGE_WRITE;
    }
    if (!slot)
        return -ENOMEM;
    uint32_t *identity = (uint32_t *)(slot[0] & PAGE_FRAME);
    for (uint32_t index = 0; index < SLOTS; index++)
        identity[index] = identity_entry(index * PAGE_SIZE);
    *directory = (paddr_t)slot;
    return 0;
}

void paging_enable(paddr_t directory) {
    cr0_write(cr0_read() | CR0_WRITE_PROTECT);
    cr3_write(directory);
    cr0_write(cr0_read() | CR0_PAGING);
}

enum page_fault_reason page_fault_reason(uint32_t address, uint32_t error) {
    bool user_space = address / SLOT_SIZE >= SLOT_OF(USER_START) && address < USER_END;
    bool image = address >= (uint32_t)kernel_start && address < (uint32_t)kernel_rodata_end;
    enum page_fault_reason reason = REASON_FORBIDDEN;
    if (error & FAULT_WRITE)
        reason = image ? REASON_KERNEL_CODE : REASON_READ_ONLY;
    if (error & FAULT_USER && !user_space)
        reason = REASON_KERNEL_PAGE;
    if (!(error & FAULT_PRESENT))
        reason = REASON_NOT_MAPPED;
    if (SLOT_OF(address) >= OTHER_SLOT)
        reason = REASON_WINDOW;
    return address / PAGE_SIZE ? reason : REASON_NULL;
}

void page_fault(struct trap_frame *frame) {
    static const char *const access[] = {"read of", "jump to", "write to", "write to"};
    static const char *const who[] = {"the kernel", "a user program"};
    void *address = (void *)cr2_read();
    if (!page_fault_hook || !page_fault_hook(frame, (uint32_t)address)) {
        uint32_t error = frame->error;
        uint32_t kind = (error & FAULT_WRITE) | ((uint32_t)address == frame->eip);
        panic_from(frame->eip, frame->ebp, "page fault: %s %p by %s: %s", access[kind], address,
                   who[(error & FAULT_USER) / FAULT_USER],
                   page_fault_words[page_fault_reason((uint32_t)address, error)]);
    }
}
