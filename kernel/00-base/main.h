/* Where the kernel's C code starts. */
#ifndef MIROIR_MAIN_H
#define MIROIR_MAIN_H

#include <stdint.h>

/* What the boot loader left in EAX and EBX; set before the first initcall. */
extern uint32_t boot_magic;
extern uint32_t boot_information; /* physical address */

/* Runs every stage's initcalls, then serves the probe. Called once, by the entry code, with a
 * stack, with the variables of .bss at zero and with EBP = 0, so that a backtrace ends here. */
void __attribute__((noreturn)) kernel_main(uint32_t magic, uint32_t information);

#endif
