/* The flat segments, by a packed struct of bit fields, CS reloaded by a far return. */
#include "gdt.h"

#include "string.h"

struct tss kernel_tss, double_fault_tss;

struct descriptor {
    uint64_t limit_low : 16, base_low : 24, access : 8, limit_high : 4, flags : 4, base_high : 8;
};
union entry {
    struct descriptor fields;
    uint64_t value;
};

static struct {
    union entry entries[GDT_ENTRIES];
    uint16_t padding, limit;
    uint32_t base;
} gdt __attribute__((aligned(8)));

uint64_t gdt_descriptor(uint32_t base, uint32_t limit, uint8_t access, uint8_t flags) {
    union entry entry = {.fields = {.limit_low = limit & 0xffff,
                                    .base_low = base & 0xffffff,
                                    .access = access,
                                    .limit_high = limit >> 16 & 0xf,
                                    .flags = flags & 0xf,
                                    .base_high = base >> 24}};
    return entry.value;
}

static void describe(uint32_t selector, uint32_t base, uint32_t limit, uint8_t access,
                     uint8_t flags) {
    gdt.entries[selector / 8].value = gdt_descriptor(base, limit, access, flags);
}

void gdt_init(void) {
    static const uint16_t flat[] = {SELECTOR_KERNEL_CODE, SELECTOR_KERNEL_DATA, SELECTOR_USER_CODE,
                                    SELECTOR_USER_DATA};
    memset(&gdt, 0, sizeof gdt);
    for (unsigned i = 0; i < 4; i++)
        /* accessed from the start: the processor has nothing to write */
        describe(flat[i], 0, 0xfffff,
                 (uint8_t)(0x93 | (i % 2 ? 0 : ACCESS_CODE) | (flat[i] & 3) << 5), 0xc);
    kernel_tss = (struct tss){.ss0 = SELECTOR_KERNEL_DATA, .io_map = 104};
    describe(SELECTOR_TSS, (uint32_t)&kernel_tss, 103, 0x89, 0);
    describe(SELECTOR_DOUBLE_FAULT, (uint32_t)&double_fault_tss, 103, 0x89, 0);
    gdt.limit = sizeof gdt.entries - 1;
    gdt.base = (uint32_t)gdt.entries;
    __asm__ volatile("lgdt %0\n\t"
                     "movw %w1, %%ss\n\tmovw %w1, %%ds\n\tmovw %w1, %%es\n\t"
                     "movw %w1, %%fs\n\tmovw %w1, %%gs\n\t"
                     "pushl %2\n\tpushl $1f\n\tlret\n"
                     "1:\tltr %w3"
                     :
                     : "m"(gdt.limit), "r"(SELECTOR_KERNEL_DATA), "i"(SELECTOR_KERNEL_CODE),
                       "r"(SELECTOR_TSS)
                     : "memory");
}
