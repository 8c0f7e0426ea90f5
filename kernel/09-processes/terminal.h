/* The terminal: what is typed on the console, for processes or for the monitor. Given by the kit.
 *
 * As long as a process lives that has read from the console, what is typed is for processes: a line
 * at a time, echoed, with backspace. Otherwise it is for the monitor, the probe's console of stage
 * 00. A line that starts with ! is always for the monitor.
 */
#ifndef MIROIR_TERMINAL_H
#define MIROIR_TERMINAL_H

#include <stdint.h>

/* Takes what was typed as far as it is for processes. Called by process 0, which alone looks at the
 * port. */
void terminal_poll(void);

/* The same; returns the next character for the monitor, or -EAGAIN if there is none. */
int terminal_get(void);

/* Copies a line with its '\n', or its first SIZE bytes, into BUFFER; blocks the current process, not
 * process 0, until there is one. If SIZE is 0, it only is for this process, from now on, that lines
 * are kept. Returns the number of bytes. */
int terminal_read(char *buffer, uint32_t size);

#endif
