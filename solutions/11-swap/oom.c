/* Who has to go when there is no room left. Contract: kernel/11-swap/oom.h */
#include "oom.h"

#include <stddef.h>

#include "absent.h"
#include "errno.h"
#include "format.h"
#include "todo.h"

// BEGIN SOLUTION
static uint32_t pages_of(const struct process *process) {
    const mspace_t *mspace = process->mspace;
    return mspace->p_size + mspace->s_size + absent_count(mspace);
}
// END SOLUTION

struct process *oom_choose(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    struct process *chosen = NULL;
    list_each (link, &processes) {
        struct process *process = list_element(link, struct process, link);
        if (process->mspace == kernel_mspace || process == orphans_parent)
            continue;
        if (!chosen || pages_of(process) >= pages_of(chosen))
            chosen = process;
    }
    return chosen;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Returns whether the current process is where it is because of a page fault of its own. */
static bool has_faulted(void) {
    return process_frame(current_process)->vector == TRAP_PAGE_FAULT;
}
// END SOLUTION

int out_of_memory(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOMEM;
    struct process *victim = oom_choose();
    if (!victim || (victim == current_process && !has_faulted()))
        return -ENOMEM;
    kprintf("pid %u (%s): killed: out of memory\n", victim->pid, victim->name);
    return process_kill(victim, STATUS_NO_MEMORY);
    // END SOLUTION
}
