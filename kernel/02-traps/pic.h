/* The two 8259A interrupt controllers: sixteen lines from devices (IRQ 0 to 15) to one processor.
 * Graded: exercise 7.
 *
 *   IRQ 0 ... 7 --> first controller --> processor         command port 0x20, data port 0x21
 *                      ^ line 2
 *   IRQ 8 .. 15 --> second controller                      command port 0xa0, data port 0xa1
 *
 * Each has three bytes, a bit for a line: IMR, the lines that are masked (read and written at the
 * data port); IRR, those that ask; ISR, those in service, from the moment the processor takes the
 * interrupt until an end-of-interrupt is written to the command port: meanwhile, no line of the
 * same or of a lower priority (a greater number) is heard.
 */
#ifndef MIROIR_PIC_H
#define MIROIR_PIC_H

#include <stdbool.h>
#include <stdint.h>

#define PIC_LINES 16
#define PIC_VECTOR 0x20 /* of IRQ 0; the others follow */

/* Prepares both controllers: IRQ 0 to 7 get vectors 0x20 to 0x27, IRQ 8 to 15 get 0x28 to 0x2f
 * (after reset, IRQ 0 has 8: that of the double fault); a line asks by an edge; the second
 * controller is on line 2 of the first; 8086 mode, normal end-of-interrupt; every line masked; none
 * in service. May be called again. */
void pic_init(void);

/* Keep IRQ from the processor, and let it through. pic_unmask() of a line of the second controller
 * opens line 2 of the first, too; pic_mask() never closes that on its own. No other line changes.
 * Return 0, or -EINVAL if IRQ is over 15. */
int pic_mask(uint32_t irq);
int pic_unmask(uint32_t irq);

/* Returns whether IRQ, whose vector the processor has been given, is spurious: 7 or 15, and its
 * bit in the ISR of its controller is 0. A controller gives the number of its last line when the
 * line that it wanted to announce has fallen silent. Other numbers are never spurious. */
bool pic_spurious(uint32_t irq);

/* Says that the interrupt IRQ in service has been taken care of: non-specific end-of-interrupt to
 * the first controller, for 8 to 15 to both. IRQ over 15: does nothing. */
void pic_end(uint32_t irq);

/* Spurious interrupts so far; trap_dispatch() counts. Defined by pic.c. */
extern uint32_t pic_spurious_count;

#endif
