/* What is still to be written. */
#include "todo.h"

#include "probe.h"

struct todo todo_reached[TODO_LIMIT];
uint32_t todo_count;

void todo_note(const char *function, const char *file, uint32_t line) {
    for (uint32_t i = 0; i < todo_count; i++)
        if (todo_reached[i].function == function)
            return;
    if (todo_count < TODO_LIMIT)
        todo_reached[todo_count++] = (struct todo){function, file, line};
}

PROBE(todo, "", "the functions reached that are still to be written") {
    for (uint32_t i = 0; i < todo_count; i++) {
        probe_text(call, todo_reached[i].file);
        probe_decimal(call, todo_reached[i].line);
        probe_text(call, todo_reached[i].function);
    }
    return 0;
}
