/* No memory, and no room on the disk: somebody has to go. Graded: exercise 8.
 *
 * The rule. The process whose pages are most, those present (p_size + s_size) and those absent
 * counted together; of several, the one that was made last. Never a process without an address
 * space of its own (process 0, kernel threads, zombies), and never orphans_parent.
 */
#ifndef MIROIR_OOM_H
#define MIROIR_OOM_H

#include "process.h"

#define STATUS_NO_MEMORY (STATUS_KILLED | 0xff) /* of a process that was ended by this rule */

/* Returns the process that the rule says; NULL if there is none. */
struct process *oom_choose(void);

/* Ends the process that the rule says, by process_kill() with STATUS_NO_MEMORY, and prints
 *
 *     pid 7 (hog): killed: out of memory
 *
 * But if that is the current process, and it has not come by a page fault of its own (the vector in
 * process_frame() is not TRAP_PAGE_FAULT): it is told instead. Whatever it has asked for fails with
 * -ENOMEM, and it can do something about it.
 * Returns 0 if somebody has been ended; -ENOMEM if not. Does not return if it was the current one. */
int out_of_memory(void);

#endif
