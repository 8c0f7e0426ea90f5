/* The probe: a line protocol through which the grader, and anyone at the console, calls the
 * kernel's functions.
 *
 * On COM2 a request is a line
 *
 *     <seq> <command> <arguments...> [; <command> <arguments...>]...
 *
 * and the answer is one line with the same <seq> (any word), one part for each command:
 *
 *     <seq> ok <values...> ; err <errno name> <text>
 *
 * Numbers are decimal, or hexadecimal with 0x. `name=command ...` keeps the first value of the
 * answer (0 if there is none, or an error) under that name, and `$name` stands for it in later
 * commands. Text is printed in double quotes, with \" and \\ in it, and \xNN for what cannot be
 * printed. A line that starts with '!' is no answer: the kernel's own news
 * (`! ready`, `! panic ...`).
 *
 * `<seq> *` stands for the line that was put into probe_mailbox: by a debugger, or by a grader that
 * writes to the guest's RAM from outside, which is quicker than a serial port. The answer is then
 * `<seq> *` as well, and its parts are to be found in probe_reply; what has no room there follows
 * the `*`.
 *
 * A person types the same commands, without <seq>, on the console.
 */
#ifndef MIROIR_PROBE_H
#define MIROIR_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#define PROBE_LINE_SIZE 4096   /* characters in a request, with its end */
#define PROBE_ANSWER_SIZE 8192 /* characters in the answer of one command */
#define PROBE_REPLY_SIZE 32768 /* characters in all of the answers to a mailbox's request */
#define PROBE_ARGUMENTS 16     /* arguments of one command, at most */

/* A request's commands, put there from outside, and what came of them: strings. */
extern char probe_mailbox[PROBE_LINE_SIZE], probe_reply[PROBE_REPLY_SIZE];

/* One command being carried out: what it was given, and its answer so far. */
struct probe_call {
    bool person; /* asks, at the console: may be told things in lines of their own */
    int count;   /* arguments given */
    const char *word[PROBE_ARGUMENTS]; /* each as text, */
    uint64_t number[PROBE_ARGUMENTS];  /* and as a number: 0 for one not given */
    char answer[PROBE_ANSWER_SIZE];
    uint32_t length;
};

typedef int (*probe_fn)(struct probe_call *call);

struct probe_command {
    const char *name;
    const char *arguments; /* their names, as in "address [count]"; see PROBE */
    const char *summary;
    probe_fn run;
};

/* Defines a command; a function body follows, in which `call` is the struct probe_call, and which
 * returns 0, the answer being what the functions below put into it, or a negative errno.
 *
 * ARGUMENTS names them: `address` is a 32-bit number, `length:64` a 64-bit one, `text:word` any
 * word, `[count]` may be left out, `more...` at the end stands for any number of 32-bit ones. Their
 * number and form are checked before the body runs. Put the command into a file of the kit's
 * (kernel/): the first definition of a name is the one that counts, and the kit's come first. */
#define PROBE(name, arguments, summary)                                                            \
    static int probe_##name(struct probe_call *call);                                              \
    static const struct probe_command probe_command_##name                                         \
        __attribute__((used, section(".probe_commands"), aligned(4))) = {#name, arguments,         \
                                                                         summary, probe_##name};   \
    static int probe_##name(struct probe_call *call)

/* Add a value to the answer: 0x and hexadecimal digits, a signed decimal number, or quoted text.
 * An answer over PROBE_ANSWER_SIZE becomes the error ENOSPC. */
void probe_hex(struct probe_call *call, uint64_t value);
void probe_decimal(struct probe_call *call, int32_t value);
void probe_text(struct probe_call *call, const char *text);

/* For a stage that has something else to do: called when no request is there, until one may have
 * come. NULL: the ports are asked again and again. */
extern void (*probe_idle)(void);

/* Where a person's characters come from; at first console_get(). */
extern int (*probe_console_get)(void);

/* Answers requests from COM2 and from the console, for ever. */
void __attribute__((noreturn)) probe_serve(void);

#endif
