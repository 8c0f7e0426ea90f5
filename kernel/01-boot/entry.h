/* What the entry code (entry.asm) provides, and what it must have done.
 *
 * The boot loader looks for the multiboot header in the first 8192 bytes of the file, aligned to
 * 4: magic 0x1BADB002, flags, and a checksum that makes the sum of the three 0. Put it into the
 * section `.multiboot`, which the linker script places first. Flags: bit 0 (modules aligned to
 * pages), bit 1 (tell me about memory), none of the others.
 *
 * The loader then jumps to `_start` in 32-bit protected mode, paging and interrupts off, with
 * EAX = MULTIBOOT_BOOTED and EBX = the physical address of a struct multiboot_info. Nothing else
 * is promised: not the stack pointer, not the direction flag, and the variables that start as
 * zero only by loaders that are kind.
 *
 * `_start` calls kernel_main(magic, information) (00-base/main.h): on the stack, what EAX and EBX
 * held, whatever that was. At the call,
 *   - ESP, a multiple of 4, is at the top, less than 64 bytes under it, of a stack of its own of
 *     BOOT_STACK_SIZE bytes in the kernel's image, 16-byte aligned at both ends;
 *   - every byte from bss_start up to bss_end is zero (the stack, if it lies there, aside), and
 *     nothing else is written to: below lies what the loader says, behind may lie modules;
 *   - EBP = 0, the direction flag is clear, interrupts are off.
 * Should kernel_main return, the processor stops.
 */
#ifndef MIROIR_ENTRY_H
#define MIROIR_ENTRY_H

#define BOOT_STACK_SIZE 16384

/* The first byte of the boot stack, and the first one after it. Defined in entry.asm. */
extern char boot_stack_bottom[], boot_stack_top[];

#endif
