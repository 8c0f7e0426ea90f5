/* The flat segments and the two task state segments. Contract: kernel/02-traps/gdt.h */
#include "gdt.h"

#include "string.h"
#include "todo.h"

struct tss kernel_tss, double_fault_tss;

uint64_t gdt_descriptor(uint32_t base, uint32_t limit, uint8_t access, uint8_t flags) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    uint32_t low = (base & 0xffff) << 16 | (limit & 0xffff);
    uint32_t high = (base & 0xff000000) | (uint32_t)(flags & 0xf) << 20 | (limit & 0xf0000) |
                    (uint32_t)access << 8 | (base >> 16 & 0xff);
    return (uint64_t)high << 32 | low;
    // END SOLUTION
}

// BEGIN SOLUTION
static uint64_t table[GDT_ENTRIES];

static uint64_t flat(uint8_t access) {
    return gdt_descriptor(0, 0xfffff, ACCESS_PRESENT | ACCESS_SEGMENT | access,
                          FLAG_PAGES | FLAG_32BIT);
}

static uint64_t task(const struct tss *tss) {
    return gdt_descriptor((uint32_t)tss, sizeof *tss - 1, ACCESS_PRESENT | ACCESS_TYPE_TSS, 0);
}

/* The selectors loaded before are still in use, from copies inside the processor, until each
 * register is loaded again; CS changes only by a jump to another segment. */
static void load_table(void) {
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) gdtr = {sizeof table - 1, (uint32_t)table};
    __asm__ volatile("lgdt %0\n\t"
                     "ljmp %1, $1f\n"
                     "1:\tmovl %2, %%ds\n\t"
                     "movl %2, %%es\n\t"
                     "movl %2, %%fs\n\t"
                     "movl %2, %%gs\n\t"
                     "movl %2, %%ss"
                     :
                     : "m"(gdtr), "i"(SELECTOR_KERNEL_CODE), "r"(SELECTOR_KERNEL_DATA)
                     : "memory");
}
// END SOLUTION

void gdt_init(void) {
    // BEGIN SOLUTION
    //| TODO();
    table[SELECTOR_NULL / 8] = 0;
    table[SELECTOR_KERNEL_CODE / 8] = flat(ACCESS_CODE | ACCESS_READABLE);
    table[SELECTOR_KERNEL_DATA / 8] = flat(ACCESS_WRITABLE);
    table[SELECTOR_USER_CODE / 8] = flat(ACCESS_CODE | ACCESS_READABLE | ACCESS_RING3);
    table[SELECTOR_USER_DATA / 8] = flat(ACCESS_WRITABLE | ACCESS_RING3);
    table[SELECTOR_TSS / 8] = task(&kernel_tss);
    table[SELECTOR_DOUBLE_FAULT / 8] = task(&double_fault_tss);
    load_table();
    memset(&kernel_tss, 0, sizeof kernel_tss);
    kernel_tss.ss0 = SELECTOR_KERNEL_DATA;
    kernel_tss.io_map = sizeof kernel_tss;
    __asm__ volatile("ltr %w0" : : "r"(SELECTOR_TSS) : "memory");
    // END SOLUTION
}
