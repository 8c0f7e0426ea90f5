/* Actors: kernel threads with an address space of their own, which touch memory when they are told to.
 * So a check sees every access, and no page of a program's code or stack is in the way. */
#include <stddef.h>

#include "clock.h"
#include "context.h"
#include "disk.h"
#include "dispatch.h"
#include "errno.h"
#include "interrupts.h"
#include "mapper.h"
#include "memory.h"
#include "probe.h"
#include "process.h"
#include "scheduler.h"
#include "swap.h"

#define REFERENCES 2048

/* What the actor PID is to do. There is one job at a time, or several that nobody waits for. */
static struct job {
    uint32_t pid; /* 0: nobody has anything to do */
    context_fn action;
    uint32_t address, value;
    bool write;
    uint32_t count, keep; /* of play() */
    mspace_t *space;      /* of resolve() */
    struct syscall call;  /* of make_call() */
    int error;
    struct context_end end;
} job;

static struct list waiting = LIST_EMPTY(waiting);

/* A string of references (an address, + 1 for a write), and what came of each. */
static uint32_t references[REFERENCES];
static struct { uint32_t word, reads; } seen[REFERENCES];

static int touch(void *argument) {
    struct job *mine = argument;
    volatile uint32_t *word = (uint32_t *)mine->address;
    if (mine->write)
        *word = mine->value;
    else
        mine->value = *word;
    return 0;
}

static bool is_present(uint32_t page) {
    paddr_t frame;
    return !page_translate(mapper_current, page, &frame);
}

/* Lets pages go until fewer than KEEP are left. */
static int keep_below(uint32_t keep) {
    struct candidate victim;
    int error = 0;
    while (!error && pages_present(current_process->mspace) >= keep) {
        error = clock_choose(&page_clock, &victim);
        if (!error)
            error = swap_out(&victim);
    }
    return error;
}

static int make_call(void *argument) {
    struct job *mine = argument;
    mine->value = (uint32_t)syscall_dispatch(&mine->call);
    return 0;
}

static int let_go(void *argument) {
    struct job *mine = argument;
    struct candidate victim = {.number = mine->value, .page = mine->address};
    return swap_out(&victim);
}

static int resolve(void *argument) {
    struct job *mine = argument;
    return swap_fault(mine->space, mine->address, mine->value);
}

/* What a fault changes, and the compiler cannot know of. */
static uint32_t reads(void) {
    return *(volatile uint32_t *)&disk.reads;
}

/* Goes through the string of references, with `keep` pages present at most. */
static int play(void *argument) {
    struct job *mine = argument;
    for (uint32_t i = 0; i < mine->count; i++) {
        volatile uint32_t *word = (uint32_t *)(references[i] & ~1u);
        int error = is_present(references[i] & ~(PAGE_SIZE - 1)) ? 0 : keep_below(mine->keep);
        if (error)
            return error;
        uint32_t before = reads();
        seen[i].word = *word;
        if (references[i] & 1)
            *word = i + 1;
        seen[i].reads = reads() - before;
    }
    return 0;
}

static void live(void *space) {
    mspace_t *mspace = space;
    if (!mspace && mspace_create(&mspace))
        return;
    current_process->mspace = mspace;
    mspace_switch(mspace);
    for (;;) {
        while (job.pid != current_process->pid)
            scheduler_block(&waiting);
        struct job mine = job;
        job.pid = 0;
        context_innermost = NULL;
        mine.error = context_run(mine.action, &mine, &mine.end);
        job = mine;
        job.pid = 0;
    }
}

/* Starts an actor in SPACE, NULL for a new one. Answers its pid and its space. */
static int start(struct probe_call *call, mspace_t *space) {
    struct process *process;
    int error = process_spawn("actor", live, space, &process);
    if (error)
        return error;
    while (process->mspace == kernel_mspace && process->state != PROCESS_ZOMBIE)
        scheduler_idle();
    probe_hex(call, process->pid);
    probe_hex(call, (uint32_t)process->mspace);
    return 0;
}

PROBE(actor, "", "starts an actor: its pid, and its space") {
    return start(call, NULL);
}

PROBE(actor_fork, "pid",
      "starts an actor in a clone of another one's space: its pid, and its space") {
    struct process *parent = process_find((uint32_t)call->number[0]);
    mspace_t *copy;
    int error = parent ? mspace_clone(parent->mspace, &copy) : -ENOENT;
    return error ? error : start(call, copy);
}

PROBE(actor_map, "pid address pages", "gives an actor so many pages of memory") {
    struct process *process = process_find((uint32_t)call->number[0]);
    uint32_t address = (uint32_t)call->number[1];
    if (!process)
        return -ENOENT;
    return mspace_map(process->mspace, &address, (uint32_t)call->number[2] * PAGE_SIZE, NULL, 0, 0,
                      VMA_FG_ANON | VMA_MAP_FIXED);
}

static void begin(const struct job *wanted) {
    job = *wanted;
    scheduler_wake(&waiting);
}

/* Has an actor do WANTED, and waits for it. */
static int perform(const struct job *wanted) {
    const struct process *process = process_find(wanted->pid);
    if (!process || process->state == PROCESS_ZOMBIE)
        return -ECHILD;
    begin(wanted);
    job.error = 1;
    while (job.pid || job.error == 1) {
        if (process->state == PROCESS_ZOMBIE)
            return -ECHILD;
        scheduler_idle();
    }
    return 0;
}

static struct job job_touch(const struct probe_call *call) {
    return (struct job){.pid = (uint32_t)call->number[0],
                        .action = touch,
                        .address = (uint32_t)call->number[1],
                        .value = (uint32_t)call->number[2],
                        .write = call->count > 2};
}

PROBE(act, "pid address [value]",
      "has an actor read or write a word: 0 and the word; or 1, error code and address of the "
      "fault") {
    struct job wanted = job_touch(call);
    int error = perform(&wanted);
    if (error)
        return error;
    probe_hex(call, job.error != 0);
    probe_hex(call, job.error ? job.end.error : job.value);
    if (job.error)
        probe_hex(call, job.end.address);
    return 0;
}

/* Has an actor begin what is WANTED: it goes on until it waits for something. */
static void begin_now(const struct job *wanted) {
    begin(wanted);
    while (job.pid)
        scheduler_yield();
}

PROBE(act_begin, "pid address [value]", "the same, without waiting for it") {
    struct job wanted = job_touch(call);
    begin_now(&wanted);
    return 0;
}

PROBE(act_out_begin, "pid number page",
      "has an actor have a page go, of whichever process, without waiting for it") {
    struct job wanted = {.pid = (uint32_t)call->number[0],
                         .action = let_go,
                         .value = (uint32_t)call->number[1],
                         .address = (uint32_t)call->number[2]};
    begin_now(&wanted);
    return 0;
}

PROBE(act_together, "address pids...",
      "has several actors read a word, all before the disk can answer") {
    bool were_on = interrupts_save();
    for (int i = 1; i < call->count; i++) {
        struct job wanted = {.pid = (uint32_t)call->number[i],
                             .action = touch,
                             .address = (uint32_t)call->number[0]};
        begin_now(&wanted);
    }
    interrupts_restore(were_on);
    return 0;
}

PROBE(act_later, "pid address [value]", "the same, when others run next") {
    struct job wanted = job_touch(call);
    begin(&wanted);
    return 0;
}

static uint32_t count(const struct list *queue) {
    uint32_t result = 0;
    list_each (link, queue)
        result++;
    return result;
}

static uint32_t count_actors(void) {
    uint32_t result = 0;
    list_each (link, &processes) {
        const struct process *process = list_element(link, struct process, link);
        result += process->thread == live && process->state != PROCESS_ZOMBIE;
    }
    return result;
}

PROBE(actors_rest, "times", "lets others run until no actor has anything to do, or so often") {
    for (uint32_t i = 0; i < call->number[0] && count(&waiting) < count_actors(); i++)
        scheduler_idle();
    return 0;
}

PROBE(act_fault, "pid space address error",
      "has an actor resolve a fault in any space: the result") {
    struct job wanted = {.pid = (uint32_t)call->number[0],
                         .action = resolve,
                         .space = (mspace_t *)(uint32_t)call->number[1],
                         .address = (uint32_t)call->number[2],
                         .value = (uint32_t)call->number[3]};
    int error = perform(&wanted);
    probe_decimal(call, job.error);
    return error;
}

PROBE(act_call, "pid number [arguments...]", "has an actor make a system call: its result") {
    struct job wanted = {.pid = (uint32_t)call->number[0], .action = make_call};
    wanted.call.number = (uint32_t)call->number[1];
    for (int i = 2; i < call->count && i < 2 + SYSCALL_ARGUMENTS; i++)
        wanted.call.argument[i - 2] = (uint32_t)call->number[i];
    int error = perform(&wanted);
    if (!error)
        probe_hex(call, job.value);
    return error ? error : job.error;
}

PROBE(references, "start references...", "sets part of the string of references for play") {
    for (int i = 1; i < call->count && call->number[0] + (uint32_t)i <= REFERENCES; i++)
        references[call->number[0] + (uint32_t)i - 1] = (uint32_t)call->number[i];
    return 0;
}

PROBE(play, "pid count keep",
      "has an actor go through the string, with so many pages at most: what it has seen") {
    struct job wanted = {.pid = (uint32_t)call->number[0],
                         .action = play,
                         .count = (uint32_t)call->number[1],
                         .keep = (uint32_t)call->number[2]};
    if (wanted.count > REFERENCES)
        return -EINVAL;
    int error = perform(&wanted);
    if (error)
        return error;
    probe_hex(call, (uint32_t)seen);
    return job.error;
}
