/* The words of the kernel's command line: how a boot can be asked to be different. */
#ifndef MIROIR_OPTIONS_H
#define MIROIR_OPTIONS_H

#include <stdbool.h>

/* Returns whether WORD ("interrupts=off") is one of the words, separated by spaces, of what the
 * boot loader was given (boot_info). */
bool boot_option(const char *word);

#endif
