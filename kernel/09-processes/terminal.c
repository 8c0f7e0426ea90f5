/* What is typed, and who gets it. See terminal.h. */
#include "terminal.h"

#include <stdbool.h>

#include "console.h"
#include "errno.h"
#include "interrupts.h"
#include "process.h"
#include "scheduler.h"

#define RING_SIZE 1024 /* characters typed that no process has read yet */

static struct list readers = LIST_EMPTY(readers);
static uint32_t owner;    /* pid of the process that read last */
static bool fresh = true; /* no character of the next line has been typed */
static bool for_monitor;  /* the line that is being typed */
static int pending = -1;  /* a character that the monitor is too busy to take */

/* Lines are complete up to `ready`; from there to `end`, one is being typed. All count for ever. */
static char ring[RING_SIZE];
static uint32_t start, ready, end;

static bool is_owned(void) {
    struct process *process = owner ? process_find(owner) : NULL;
    return process && process->state != PROCESS_ZOMBIE;
}

static bool ends_line(int c) {
    return c == '\r' || c == '\n';
}

static void end_line(void) {
    ring[end++ % RING_SIZE] = '\n';
    console_put('\n');
    ready = end;
    scheduler_wake(&readers);
}

/* Takes C as part of a line for a process. */
static void take(char c) {
    if (ends_line(c)) {
        end_line();
    } else if (c == '\b' || c == 0x7f) {
        if (end != ready)
            kprintf("\b \b");
        end -= end != ready;
    } else if (end - start < RING_SIZE - 1) {
        ring[end++ % RING_SIZE] = c;
        console_put(c);
    }
}

/* Decides by the first character of a line whom it is for; returns whether C is only the mark. */
static bool begin_line(int c) {
    bool marked = c == '!';
    for_monitor = marked || !is_owned();
    fresh = false;
    if (marked)
        console_put('!');
    return marked;
}

/* Returns the next character for the monitor. */
static int next_for_monitor(void) {
    while (end - start < RING_SIZE || for_monitor || !is_owned()) {
        int c = console_get();
        if (c < 0)
            return c;
        if (fresh && begin_line(c))
            continue;
        if (for_monitor) {
            fresh = ends_line(c);
            return c;
        }
        take((char)c);
        fresh = end == ready;
    }
    return -EAGAIN;
}

int terminal_get(void) {
    int c = pending < 0 ? next_for_monitor() : pending;
    pending = -1;
    return c;
}

void terminal_poll(void) {
    if (is_owned() && pending < 0 && (fresh || !for_monitor))
        pending = next_for_monitor();
}

int terminal_read(char *buffer, uint32_t size) {
    uint32_t count = 0;
    owner = current_process->pid;
    while (size && start == ready)
        scheduler_block(&readers);
    while (count < size && start != ready) {
        char c = ring[start++ % RING_SIZE];
        buffer[count++] = c;
        if (c == '\n')
            break;
    }
    return (int)count;
}
