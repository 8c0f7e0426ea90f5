/* How a stage joins the kernel: a function that runs once at boot.
 *
 * The calls run in the order of the stages, and within a stage in the alphabetical order of the
 * files; the linker collects them, so that no list of them is kept anywhere.
 */
#ifndef MIROIR_INITCALL_H
#define MIROIR_INITCALL_H

typedef void (*initcall_fn)(void);

/* Has FUNCTION called at boot. */
#define INITCALL(function)                                                                         \
    static const initcall_fn initcall_##function __attribute__((used, section(".initcalls"))) =    \
        function

#endif
