/* Segmentation, reduced to what i386 cannot do without: one flat model. Graded: exercises 1 and 2.
 *
 * Every segment covers all 4 GiB from address 0: an offset is an address, and segments only tell
 * code from data and the kernel (ring 0) from user programs (ring 3).
 */
#ifndef MIROIR_GDT_H
#define MIROIR_GDT_H

#include <stdint.h>

/* What segment registers hold: the number of a descriptor in the table times 8, with the privilege
 * level that the selector asks for in bits 0 and 1. */
enum selectors {
    SELECTOR_NULL = 0x00,
    SELECTOR_KERNEL_CODE = 0x08,
    SELECTOR_KERNEL_DATA = 0x10,
    SELECTOR_USER_CODE = 0x18 | 3,
    SELECTOR_USER_DATA = 0x20 | 3,
    SELECTOR_TSS = 0x28,
    SELECTOR_DOUBLE_FAULT = 0x30,
};
#define GDT_ENTRIES 7

/* Bits of a descriptor's access byte and of its four flags. */
enum descriptor_access {
    ACCESS_ACCESSED = 1 << 0, /* the processor sets it when it loads a code or data descriptor */
    ACCESS_WRITABLE = 1 << 1, /* data */
    ACCESS_READABLE = 1 << 1, /* code */
    ACCESS_CODE = 1 << 3,
    ACCESS_SEGMENT = 1 << 4, /* code or data; 0: a system descriptor, bits 0..3 being its type */
    ACCESS_RING3 = 3 << 5,   /* privilege level of the descriptor; 0 in both bits: ring 0 */
    ACCESS_PRESENT = 1 << 7,
    ACCESS_TYPE_TSS = 0x9, /* system type: 32-bit TSS, free; it becomes 0xb, busy, when loaded */
};
enum descriptor_flags {
    FLAG_32BIT = 1 << 2, /* code runs in 32-bit mode, the stack pointer is ESP */
    FLAG_PAGES = 1 << 3, /* the limit counts pages of 4 KiB, not bytes */
};

/* Returns a segment descriptor:
 *
 *     63        56 55   52 51       48 47      40 39                    16 15            0
 *     +-----------+-------+-----------+----------+------------------------+---------------+
 *     | base      | FLAGS | limit     | ACCESS   | base                   | limit         |
 *     | bits 24.. |       | bits 16.. |          | bits 0..23             | bits 0..15    |
 *     +-----------+-------+-----------+----------+------------------------+---------------+
 *
 * BASE is the segment's first address. LIMIT, 0 to 0xfffff, is its last byte, or its last page if
 * FLAGS holds FLAG_PAGES; bits 20 and up of LIMIT, and 4 and up of FLAGS, are left out. */
uint64_t gdt_descriptor(uint32_t base, uint32_t limit, uint8_t access, uint8_t flags);

/* A task state segment. The processor reads ESP0 and SS0 of the loaded one when an interrupt comes
 * from ring 3; the rest is the state of a task, which it saves to the loaded TSS and takes from
 * the new one when it switches tasks. */
struct tss {
    uint32_t link; /* selector of the TSS that was left, in bits 0..15 */
    uint32_t esp0, ss0, esp1, ss1, esp2, ss2;
    uint32_t cr3;
    uint32_t eip, eflags;
    uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
    uint32_t es, cs, ss, ds, fs, gs; /* selectors, in bits 0..15 */
    uint32_t ldt;
    uint16_t trap, io_map; /* IO_MAP: where in the segment the map of allowed ports starts */
};
_Static_assert(sizeof(struct tss) == 104, "the processor's layout");

/* The TSS that is loaded, and that of the task which a double fault switches to. Defined by
 * gdt.c. idt_init() gives the second its contents, all but CR3: whoever turns paging on sets that. */
extern struct tss kernel_tss, double_fault_tss;

/* Builds the table, in the kernel's own memory, and makes the processor use it:
 *
 *   selector                descriptor (all of base 0 and limit 4 GiB but the last two)
 *   0x00                    null: 0
 *   SELECTOR_KERNEL_CODE    code, readable, 32-bit, ring 0
 *   SELECTOR_KERNEL_DATA    data, writable, 32-bit, ring 0
 *   SELECTOR_USER_CODE      code, readable, 32-bit, ring 3
 *   SELECTOR_USER_DATA      data, writable, 32-bit, ring 3
 *   SELECTOR_TSS            TSS, ring 0: kernel_tss, limit 103 bytes
 *   SELECTOR_DOUBLE_FAULT   TSS, ring 0: double_fault_tss, limit 103 bytes
 *
 * All but the first are present; ACCESS_ACCESSED may be set or not.
 * Loads GDTR (the limit is that of GDT_ENTRIES descriptors, in bytes, less 1) and then every
 * segment register: CS with SELECTOR_KERNEL_CODE, DS, ES, FS, GS and SS with SELECTOR_KERNEL_DATA.
 * Sets kernel_tss to zeros but for SS0 = SELECTOR_KERNEL_DATA and IO_MAP = 104 (no port is allowed
 * in ring 3), and loads it into TR. Leaves double_fault_tss alone.
 * May be called again, from whatever segments: everything is then built and loaded anew. */
void gdt_init(void);

#endif
