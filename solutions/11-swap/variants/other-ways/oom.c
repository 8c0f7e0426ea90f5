/* Who has to go: the pids from the newest to the oldest. */
#include "oom.h"

#include <stddef.h>

#include "absent.h"
#include "errno.h"
#include "format.h"

static bool may_go(const struct process *process) {
    return process->mspace != kernel_mspace && process != orphans_parent;
}

static uint32_t size_of(const struct process *process) {
    const mspace_t *space = process->mspace;
    return absent_count(space) + space->p_size + space->s_size;
}

struct process *oom_choose(void) {
    struct process *found = NULL;
    for (struct list *link = processes.previous; link != &processes; link = link->previous) {
        struct process *process = list_element(link, struct process, link);
        if (may_go(process) && (!found || size_of(process) > size_of(found)))
            found = process;
    }
    return found;
}

int out_of_memory(void) {
    struct process *loser = oom_choose();
    if (!loser)
        return -ENOMEM;
    bool is_told =
        loser == current_process && process_frame(current_process)->vector != TRAP_PAGE_FAULT;
    if (is_told)
        return -ENOMEM;
    kprintf("pid %u (%s): killed: out of memory\n", loser->pid, loser->name);
    process_kill(loser, STATUS_NO_MEMORY);
    return 0;
}
