/* Loading a program into a process. Graded: exercise 8.
 *
 * What the program finds when it starts:
 *
 *     0xc0000000  +---------------------------+ end of the stack's area, which grows down
 *                 | the arguments' texts      |
 *                 | (0..15 bytes)             |
 *                 | argv[argc] = NULL         |
 *                 | argv[0] ... argv[argc-1]  | <--+
 *                 | argv                      | ---+  what main() is called with
 *     ESP ------> | argc                      |       ESP is a multiple of 16
 *                 +---------------------------+
 */
#ifndef MIROIR_EXEC_H
#define MIROIR_EXEC_H

#include <stdint.h>

#define ARGUMENTS_LIMIT 32      /* words */
#define ARGUMENTS_SIZE 1024     /* bytes of their texts in all, each with its 0 */
#define EXEC_STACK_SIZE 0x4000u /* bytes of the stack's area at first */

/* The arguments of a program: `count` texts, one after the other, each with its 0. */
struct arguments {
    uint32_t count, size; /* bytes used of text */
    char text[ARGUMENTS_SIZE];
};

/* Appends WORD to ARGUMENTS. Returns 0; -E2BIG if there is no room: nothing has changed then. */
int arguments_add(struct arguments *arguments, const char *word);

/* Copies the arguments at ARGV in the user space in use, addresses of texts up to one that is 0, into
 * *ARGUMENTS. ARGV 0: none. Returns 0, -E2BIG, -EFAULT or -ENOMEM. */
int arguments_from_user(struct arguments *arguments, uint32_t argv);

/* Has the current process, which may be a kernel thread, run the file NAME from now on: makes a new
 * address space with its segments (elf.h), no heap (heap and brk are image.end) and a stack
 * (FG_STACK | GROWSDOWN) that ends at USER_END, on which ARGUMENTS are put as above; gives up the old
 * one; fills process_frame() by user_frame(). `program` and `name` become those of NAME. Files stay
 * open. What was shared or mapped before is not there any more. The caller then returns to ring 3, or
 * calls trap_return().
 * Returns 0; -ENOENT; -ENOEXEC; -ENOMEM. After an error the process is as it was, and nothing is
 * lost. */
int process_exec(const char *name, const struct arguments *arguments);

/* Starts a process that runs the program ARGUMENTS begin with, with the console as its files 0 to 2.
 * Given by the kit. It ends with status EXEC_FAILED if the program cannot be loaded. Stores it in
 * *PROCESS. Returns as process_spawn(). */
#define EXEC_FAILED 127
struct process;
int process_run(const struct arguments *arguments, struct process **process);

#endif
