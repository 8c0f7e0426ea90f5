/* Traps: everything that stops the running code and has the kernel do something else first, be it
 * an exception, a device, or the instruction INT. Graded: exercises 4 to 6.
 *
 * A trap has a vector, 0 to 255: 0 to 31 are the processor's exceptions, 0x20 to 0x2f the devices'
 * interrupts (pic.h), the others are free.
 *
 *     processor      stub of the vector      common code             C
 *     eflags, cs,    error code (0 if the    registers; then loads   trap_dispatch(frame),
 *     eip, (error)   processor gave none),   the kernel's segments   then the handler
 *     -------------> vector ---------------> ----------------------> registered
 */
#ifndef MIROIR_TRAP_H
#define MIROIR_TRAP_H

#include <stdint.h>

#define TRAP_VECTORS 256
#define TRAP_EXCEPTIONS 32

/* The exceptions: name, vector, what trap_name() calls it. The processor pushes an error code for
 * vectors 8, 10 to 14, 17, 21, 29 and 30, and for no other. */
#define TRAP_LIST(X)                                                                               \
    X(TRAP_DIVIDE, 0, "divide error")                                                              \
    X(TRAP_DEBUG, 1, "debug")                                                                      \
    X(TRAP_NMI, 2, "non-maskable interrupt")                                                       \
    X(TRAP_BREAKPOINT, 3, "breakpoint")                                                            \
    X(TRAP_OVERFLOW, 4, "overflow")                                                                \
    X(TRAP_BOUND, 5, "bound range exceeded")                                                       \
    X(TRAP_OPCODE, 6, "invalid opcode")                                                            \
    X(TRAP_NO_FPU, 7, "no coprocessor")                                                            \
    X(TRAP_DOUBLE_FAULT, 8, "double fault")                                                        \
    X(TRAP_FPU_SEGMENT, 9, "coprocessor segment overrun")                                          \
    X(TRAP_TSS, 10, "invalid TSS")                                                                 \
    X(TRAP_NOT_PRESENT, 11, "segment not present")                                                 \
    X(TRAP_STACK, 12, "stack fault")                                                               \
    X(TRAP_PROTECTION, 13, "general protection fault")                                             \
    X(TRAP_PAGE_FAULT, 14, "page fault")                                                           \
    X(TRAP_FPU, 16, "floating-point error")                                                        \
    X(TRAP_ALIGNMENT, 17, "alignment check")                                                       \
    X(TRAP_MACHINE_CHECK, 18, "machine check")                                                     \
    X(TRAP_SIMD, 19, "SIMD floating-point error")                                                  \
    X(TRAP_VIRTUALIZATION, 20, "virtualization exception")                                         \
    X(TRAP_CONTROL, 21, "control protection exception")                                            \
    X(TRAP_HYPERVISOR, 28, "hypervisor injection exception")                                       \
    X(TRAP_VMM, 29, "VMM communication exception")                                                 \
    X(TRAP_SECURITY, 30, "security exception")

enum trap_vector {
#define TRAP_VECTOR(name, vector, text) name = vector,
    TRAP_LIST(TRAP_VECTOR)
#undef TRAP_VECTOR
};

/* The state of the code that a trap stopped, as the stubs leave it on the stack, lowest address
 * first: one layout for every vector. What is written here is what the code gets back.
 * Of the segment registers bits 0..15 count. ESP_AT_PUSHA is what the instruction PUSHA saved, and
 * POPA ignores it. */
struct trap_frame {
    uint32_t gs, fs, es, ds;
    uint32_t edi, esi, ebp, esp_at_pusha, ebx, edx, ecx, eax;
    uint32_t vector;
    uint32_t error; /* 0 where the processor gives none */
    uint32_t eip, cs, eflags;
    uint32_t user_esp, user_ss; /* there only if the trap came from ring 3: (cs & 3) == 3 */
};

/* The stubs, by vector; in stubs.asm, which also defines the next function.
 * A stub completes the struct trap_frame at ESP, loads DS, ES, FS and GS with
 * SELECTOR_KERNEL_DATA, clears the direction flag, and calls trap_dispatch() with the frame's
 * address; then the stopped code goes on in the state that the frame says. No register changes
 * but as the frame says, and interrupts stay off until then. */
extern const uint32_t trap_stubs[TRAP_VECTORS];

/* Leaves the kernel for the state in FRAME, by the path by which stubs return: from FRAME on,
 * everything is taken off the stack. A frame of ring 0 (without user_esp and user_ss) makes ESP
 * point right after its eflags. */
void __attribute__((noreturn)) trap_return(struct trap_frame *frame);

/* Called with interrupts off; may change *FRAME, and may cause traps itself. */
typedef void (*trap_handler)(struct trap_frame *frame);

/* Has HANDLER called for VECTOR from now on.
 * Returns 0; -EINVAL if VECTOR is over 255 or HANDLER is NULL; -EBUSY if VECTOR has a handler, or
 * is 8: the double fault has a task of its own. */
int trap_register(uint32_t vector, trap_handler handler);

/* Takes the handler of VECTOR away.
 * Returns 0; -EINVAL if VECTOR is over 255; -ENOENT if it has no handler. */
int trap_unregister(uint32_t vector);

/* Called by the stubs for every trap. What it does depends on the vector in FRAME:
 *  - an interrupt of the interrupt controllers (0x20 to 0x2f): first, if it is spurious
 *    (pic_spurious()), adds 1 to pic_spurious_count and does nothing else, except that the
 *    first controller alone gets its end-of-interrupt for a spurious IRQ 15; otherwise calls
 *    pic_end(). Only then, with interrupts still off, is the handler called.
 *  - any vector with a handler: calls it with FRAME.
 *  - an exception (0 to 31) without one: panics in the name of the code that caused it
 *    (panic_from()); the message holds trap_name(), the error code and EIP as printed by 0x%x, and
 *    for a page fault CR2, too.
 *  - any other vector without one: adds 1 to trap_unexpected.
 * A vector over 255 in FRAME counts as unexpected. */
void trap_dispatch(struct trap_frame *frame);

/* Traps so far that had no handler and were no exceptions. Defined by traps.c. */
extern uint32_t trap_unexpected;

/* What the double fault's task runs (idt_init()). The state of the code at fault is in kernel_tss:
 * the processor saved it there. Panics in its name, as trap_dispatch() does for an exception. */
void __attribute__((noreturn)) trap_double_fault(void);

/* Returns the name of VECTOR: that of TRAP_LIST, "reserved exception" for the other exceptions,
 * "interrupt" for 32 to 255, "no such vector" above. */
const char *trap_name(uint32_t vector);

/* The starter's stubs come here: says that FILE, LINE is still to be written, and panics. */
void __attribute__((noreturn)) trap_unwritten(const char *file, uint32_t line);

#endif
