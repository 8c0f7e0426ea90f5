/* Processes: their beginnings, ends, and children. Contract: kernel/09-processes/process.h */
#include "process.h"

#include "errno.h"
#include "gdt.h"
#include "interrupts.h"
#include "kernel_stack.h"
#include "panic.h"
#include "scheduler.h"
#include "slabs.h"
#include "string.h"
#include "todo.h"

// BEGIN SOLUTION
static uint32_t last_pid;

static uint32_t process_count(void) {
    uint32_t count = 0;
    list_each (link, &processes)
        count++;
    return count;
}

/* Where every process starts, on its own stack. */
static void begin(void) {
    if (current_process->thread) {
        thread_fn thread = current_process->thread;
        thread(current_process->argument);
        process_exit(0);
    }
    trap_return(process_frame(current_process));
}

/* Makes a child of the current process with a kernel stack and nothing else, in no queue. */
static int process_new(const char *name, struct process **process) {
    if (process_count() >= PROCESS_LIMIT)
        return -EAGAIN;
    struct process *made = alloc_zeroed(sizeof *made);
    int error = made ? kernel_stack_take(&made->stack) : -ENOMEM;
    if (error) {
        free(made);
        return error;
    }
    made->pid = ++last_pid;
    made->parent = current_process;
    made->mspace = kernel_mspace;
    strcopy(made->name, name, sizeof made->name);
    list_init(&made->exits);
    list_init(&made->queue);
    list_append(&processes, &made->link);
    *process = made;
    return 0;
}

static void start(struct process *process) {
    uint32_t keep = sizeof(struct trap_frame);
    process->esp = context_prepare(process->stack + KERNEL_STACK_SIZE, keep, begin);
    scheduler_ready(process);
}

/* Gives back what a process has that is in no queue and runs no more. */
static void process_free(struct process *process) {
    list_remove(&process->link);
    kernel_stack_give(process->stack);
    free(process);
}
// END SOLUTION

int process_spawn(const char *name, thread_fn thread, void *argument, struct process **process) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct process *made;
    int error = process_new(name, &made);
    if (error)
        return error;
    made->thread = thread;
    made->argument = argument;
    start(made);
    *process = made;
    return 0;
    // END SOLUTION
}

struct process *process_find(uint32_t pid) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    list_each (link, &processes) {
        struct process *process = list_element(link, struct process, link);
        if (process->pid == pid)
            return process;
    }
    return NULL;
    // END SOLUTION
}

struct trap_frame *process_frame(const struct process *process) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    return (struct trap_frame *)(process->stack + KERNEL_STACK_SIZE) - 1;
    // END SOLUTION
}

void user_frame(struct trap_frame *frame, uint32_t eip, uint32_t esp) {
    // BEGIN SOLUTION
    //| TODO();
    *frame = (struct trap_frame){
        .gs = SELECTOR_USER_DATA,
        .fs = SELECTOR_USER_DATA,
        .es = SELECTOR_USER_DATA,
        .ds = SELECTOR_USER_DATA,
        .eip = eip,
        .cs = SELECTOR_USER_CODE,
        .eflags = EFLAGS_INTERRUPTS | 2,
        .user_esp = esp,
        .user_ss = SELECTOR_USER_DATA,
    };
    // END SOLUTION
}

// BEGIN SOLUTION
/* Gives back all of PROCESS but what process_free() does. */
static void release(struct process *process) {
    mspace_t *mspace = process->mspace;
    process->mspace = kernel_mspace;
    if (process == current_process)
        mspace_switch(kernel_mspace);
    if (mspace != kernel_mspace)
        ASSERT_EQ(mspace_close(mspace), 0);
    if (process->program)
        inode_close(process->program);
    process->program = NULL;
    files_close(process);
}

static void leave_children(const struct process *parent) {
    list_each (link, &processes) {
        struct process *child = list_element(link, struct process, link);
        if (child->parent == parent)
            child->parent = orphans_parent;
    }
    scheduler_wake(&orphans_parent->exits);
}

static void become_zombie(struct process *process, int32_t status) {
    if (process_end_hook)
        process_end_hook(process);
    release(process);
    if (process == orphans_parent)
        orphans_parent = &boot_process;
    leave_children(process);
    process->status = status;
    process->state = PROCESS_ZOMBIE;
    scheduler_wake(&process->parent->exits);
}
// END SOLUTION

void process_exit(int32_t code) {
    // BEGIN SOLUTION
    //| TODO();
    //| panic("process_exit() is still to be written");
    become_zombie(current_process, code & STATUS_CODE);
    schedule();
    panic("a zombie runs");
    // END SOLUTION
}

int process_kill(struct process *process, int32_t status) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (process == &boot_process)
        return -EPERM;
    if (process->state == PROCESS_ZOMBIE)
        return -ENOENT;
    list_remove(&process->queue);
    become_zombie(process, status);
    if (process == current_process)
        schedule();
    return 0;
    // END SOLUTION
}

int process_reap(uint32_t pid, int32_t *status) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    int result = -ECHILD;
    list_each (link, &processes) {
        struct process *child = list_element(link, struct process, link);
        if (child->parent != current_process || (pid && child->pid != pid))
            continue;
        if (child->state == PROCESS_ZOMBIE) {
            *status = child->status;
            result = (int)child->pid;
            process_free(child);
            return result;
        }
        result = -EAGAIN;
    }
    return result;
    // END SOLUTION
}

int process_wait(uint32_t pid, int32_t *status) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    int result;
    while ((result = process_reap(pid, status)) == -EAGAIN)
        scheduler_block(&current_process->exits);
    return result;
    // END SOLUTION
}

int process_fork(void) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct process *parent = current_process, *child;
    int error = process_new(parent->name, &child);
    if (error)
        return error;
    error = mspace_clone(parent->mspace, &child->mspace);
    if (error) {
        process_free(child);
        return error;
    }
    child->heap = parent->heap;
    child->brk = parent->brk;
    child->program = parent->program;
    if (child->program)
        inode_open(child->program);
    files_share(child, parent);
    *process_frame(child) = *process_frame(parent);
    process_frame(child)->eax = 0;
    start(child);
    return (int)child->pid;
    // END SOLUTION
}
