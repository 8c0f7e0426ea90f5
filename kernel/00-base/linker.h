/* Places in the kernel's image, named by the linker script. Only their addresses mean anything. */
#ifndef MIROIR_LINKER_H
#define MIROIR_LINKER_H

extern char kernel_start[];      /* first byte of the image, 1 MiB */
extern char kernel_text_end[];   /* end of the code */
extern char kernel_rodata_end[]; /* end of the constants; no byte before it is ever written */
extern char bss_start[];         /* the variables that start as zero, 4-byte aligned at both ends */
extern char bss_end[];
extern char kernel_end[]; /* end of the image and of all it needs in memory */

#endif
