/* TODO() marks a function that is still to be written.
 *
 * It prints nothing and stops nothing: it notes that the function was reached, so that the grader
 * and the command `todo` can say what to write first. Take the line away with the first line of
 * your own.
 */
#ifndef MIROIR_TODO_H
#define MIROIR_TODO_H

#include <stdint.h>

#define TODO_LIMIT 16

struct todo {
    const char *function, *file;
    uint32_t line;
};

/* Functions reached, each once, in the order of their first call; the grader reads both. */
extern struct todo todo_reached[TODO_LIMIT];
extern uint32_t todo_count;

#define TODO() todo_note(__func__, __FILE__, __LINE__)

void todo_note(const char *function, const char *file, uint32_t line);

#endif
