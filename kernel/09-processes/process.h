/* Processes: who runs, in which address space, and what becomes of them. Graded: exercises 1, 3, 7
 * and 10.
 *
 *              process_spawn()         schedule()
 *     (none) -----------------> READY <-----------> RUNNING ------------> ZOMBIE -------> (none)
 *              process_fork()     ^                    |    process_exit()   process_reap()
 *                                 |                    |    process_kill()
 *                                 +----- BLOCKED <-----+
 *                       scheduler_wake()        scheduler_block(), scheduler_sleep()
 *
 * The kernel is not preempted: interrupts are off while it works for a process. They are on in ring
 * 3, and in process 0. So a process leaves the processor at the places that say so, and nowhere
 * else in the kernel; nothing that these functions do needs a lock.
 *
 * Process 0 is the boot thread: it serves the probe, in kernel_mspace, on the boot stack. It never
 * blocks, and it is what runs when nobody else can.
 */
#ifndef MIROIR_PROCESS_H
#define MIROIR_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "files.h"
#include "inode.h"
#include "list.h"
#include "mspace.h"
#include "trap.h"

#define PROCESS_LIMIT 256    /* processes at the same time, zombies and process 0 included */
#define PROCESS_NAME_SIZE 16 /* with the 0 at the end */
#define KERNEL_STACK_SIZE 8192

enum process_state {
    PROCESS_READY,   /* in the run queue (scheduler.h) */
    PROCESS_RUNNING, /* the current one, in no queue */
    PROCESS_BLOCKED, /* waits in a queue for something to happen */
    PROCESS_ZOMBIE,  /* has ended; only its status is left, for its parent */
};

typedef void (*thread_fn)(void *argument);

/* Everyone may read all fields, and the grader does, at these places. */
struct process {
    struct list link;  /* in `processes` */
    struct list queue; /* in the queue that it waits in, if any */
    uint32_t pid;      /* 0 for the boot thread; then 1, 2...: never given twice */
    enum process_state state;
    struct process *parent; /* NULL for process 0 only */
    mspace_t *mspace;       /* of which it is a user; kernel_mspace for kernel threads and zombies,
                               which is not counted */
    uint32_t stack; /* first byte of the kernel stack, KERNEL_STACK_SIZE bytes; 0: process 0's */
    uint32_t esp;   /* what context_switch() saved; while it runs, of no meaning */
    int32_t status; /* of a zombie: see process_exit() and process_kill() */

    uint32_t wake_tick; /* of a sleeper: when it shall go on (pit_ticks()) */
    struct list exits;  /* queue of this process, when it waits for a child to end */
    uint32_t heap;      /* the heap's first address, a multiple of 4096; 0: it has no program */
    uint32_t brk;       /* and the first one after it, any: see SYS_brk (syscall.h) */
    inode_t *program;   /* what exec loaded, with a reference; NULL: nothing */
    struct file *files[FILES_LIMIT]; /* files.h; NULL: not open */
    thread_fn thread;                /* of a kernel thread, */
    void *argument;                  /* and what it is called with */
    char name[PROCESS_NAME_SIZE];
};

extern struct list processes;           /* all, process 0 first, in the order of their pids */
extern struct process boot_process;     /* process 0 */
extern struct process *current_process; /* whose code runs; its state is PROCESS_RUNNING */

/* Who gets orphans: process 1 if it is the program `init` and lives, else process 0. The kit sets
 * it when `init` starts; whoever ends that process sets it to process 0, which gets the children of
 * `init`, too. */
extern struct process *orphans_parent;

/* Called by process_exit() and process_kill() first of all, with the process that ends, if it is not
 * NULL. For a later stage that keeps things for processes, which go with them. */
extern void (*process_end_hook)(struct process *process);

/* ---- Kernel threads: exercise 1 ---- */

/* Makes a process that has a kernel stack and no address space of its own, and appends it to the
 * run queue. When it first runs, it calls THREAD(ARGUMENT), with interrupts off; when that returns,
 * it is as if it had called process_exit(0). NAME is cut to fit. The caller is the parent; no file
 * is open. Stores it in *PROCESS.
 * Returns 0; -EAGAIN if there are PROCESS_LIMIT processes; -ENOMEM. After an error nothing has
 * changed. */
int process_spawn(const char *name, thread_fn thread, void *argument, struct process **process);

/* Returns the process PID, zombies included; NULL if there is none. */
struct process *process_find(uint32_t pid);

/* ---- Ring 3: exercise 3 ---- */

/* Returns where the registers of PROCESS in ring 3 are while it is in the kernel: at the top of its
 * kernel stack, where the processor starts to push when it comes from ring 3 (esp0). Not for
 * process 0. */
struct trap_frame *process_frame(const struct process *process);

/* Fills FRAME so that trap_return() enters ring 3 at EIP with the stack pointer ESP: the selectors
 * for user programs (gdt.h), interrupts on and no other flag but bit 1, the other registers 0. */
void user_frame(struct trap_frame *frame, uint32_t eip, uint32_t esp);

/* ---- Ends and children: exercises 7 and 10 ---- */

/* Values of a status: the code given to exit, or KILLED with the vector of the exception that
 * ended it (0: process_kill() was asked to by the kernel itself). */
#define STATUS_CODE 0xff
#define STATUS_KILLED 0x100

/* Ends the current process, not process 0, with status CODE & STATUS_CODE, and runs another one.
 * At once it gives back its address space (mspace_close(), after it has left it), drops its program
 * and then closes its files (files_close()). Its children become orphans_parent's, which is woken
 * (a zombie may be among them). Its parent is woken. Its struct and its kernel stack stay until
 * process_reap(). */
void __attribute__((noreturn)) process_exit(int32_t code);

/* Ends PROCESS, which may be the current one (then this does not return), with status STATUS. In all
 * else as process_exit(); it leaves the queue that it is in. Returns 0; -EPERM for process 0;
 * -ENOENT if it is a zombie already. */
int process_kill(struct process *process, int32_t status);

/* Frees a zombie that is a child of the current process, PID or for 0 any, the one that was made
 * first, and stores its status in *STATUS. Kernel stack and struct are given back. Returns its pid;
 * -EAGAIN if there are such children, but no zombie among them; -ECHILD if there are none. */
int process_reap(uint32_t pid, int32_t *status);

/* As process_reap(), but blocks until there is a zombie: never -EAGAIN. */
int process_wait(uint32_t pid, int32_t *status);

/* Makes a child of the current process, which is not a kernel thread and is in the kernel: a copy of
 * its address space (mspace_clone(): no page is copied), heap, program, name, and the same files
 * open (files.h); and of its registers in ring 3, but that EAX is 0. It is appended to the run queue.
 * Returns the child's pid; -EAGAIN if there are PROCESS_LIMIT processes; -ENOMEM, nothing being
 * lost. */
int process_fork(void);

#endif
