/* Commands that run programs and other processes, wait for them and end them. */
#include "probe_processes.h"

#include <stddef.h>

#include "dispatch.h"
#include "errno.h"
#include "exec.h"
#include "io.h"
#include "probe.h"
#include "process.h"
#include "scheduler.h"
#include "string.h"
#include "terminal.h"

#define RAW_CODE 0x00400000u
#define RAW_STACK 0x00600000u

/* Lets others run once, or if there are none, rests. */
static void let_run(void) {
    if (list_empty(&run_queue))
        scheduler_idle();
    else
        scheduler_yield();
}

PROBE(others_run, "times", "lets others run so often, or rests when there are none") {
    for (uint32_t i = 0; i < call->number[0]; i++)
        let_run();
    return 0;
}

/* As process_wait(), but process 0 goes on serving the terminal meanwhile. */
static int wait_for(uint32_t pid, int32_t *status) {
    int result;
    while ((result = process_reap(pid, status)) == -EAGAIN) {
        terminal_poll();
        let_run();
    }
    return result;
}

void probe_wait_all(void) {
    int32_t status;
    while (wait_for(0, &status) > 0)
        ;
}

static int answer_wait(struct probe_call *call, int result, int32_t status) {
    if (result < 0)
        return result;
    probe_hex(call, (uint32_t)result);
    probe_hex(call, (uint32_t)status);
    return 0;
}

PROBE(process_wait, "[pid]", "waits until a child of the boot thread has ended: pid and status") {
    int32_t status = 0;
    int result = wait_for((uint32_t)call->number[0], &status);
    return answer_wait(call, result, status);
}

PROBE(process_reap, "[pid]", "the same, without waiting") {
    int32_t status = 0;
    int result = process_reap((uint32_t)call->number[0], &status);
    return answer_wait(call, result, status);
}

PROBE(process_block, "[pid]", "process_wait() itself, by process 0: pid and status") {
    int32_t status = 0;
    int result = process_wait((uint32_t)call->number[0], &status);
    return answer_wait(call, result, status);
}

PROBE(process_kill, "pid [status]", "ends a process") {
    struct process *process = process_find((uint32_t)call->number[0]);
    return process ? process_kill(process, STATUS_KILLED | (int32_t)call->number[1]) : -ENOENT;
}

static int run_words(struct probe_call *call, struct process **process) {
    struct arguments arguments = {.count = 0};
    for (int i = 0; i < call->count; i++) {
        int error = arguments_add(&arguments, call->word[i]);
        if (error)
            return error;
    }
    return process_run(&arguments, process);
}

#define WORDS                                                                                      \
    "program:word [a:word] [b:word] [c:word] [d:word] [e:word] [f:word] [g:word] [h:word] "        \
    "[i:word]"

PROBE(process_run, WORDS, "starts a program: its pid") {
    struct process *process;
    int error = run_words(call, &process);
    if (!error)
        probe_hex(call, process->pid);
    return error;
}

PROBE(run, WORDS, "runs a program, and waits until it has ended: pid and status") {
    struct process *process;
    int32_t status = 0;
    int result = run_words(call, &process);
    if (!result)
        result = wait_for(process->pid, &status);
    return answer_wait(call, result, status);
}

/* A piece of machine code to be run in ring 3, without any file. */
static struct {
    const void *code;
    uint32_t length;
} raw;

static int fill_raw_space(mspace_t *mspace) {
    uint32_t code = RAW_CODE, stack = RAW_STACK - PAGE_SIZE;
    int error = mspace_map(mspace, &code, 4 * PAGE_SIZE, NULL, 0, 0, VMA_FG_ANON | VMA_MAP_FIXED);
    if (!error)
        error = mspace_map(mspace, &stack, PAGE_SIZE, NULL, 0, 0, VMA_FG_STACK | VMA_MAP_FIXED);
    return error;
}

static void enter_raw(void *argument) {
    if (mspace_create(&current_process->mspace))
        process_exit(EXEC_FAILED);
    mspace_switch(current_process->mspace);
    if (fill_raw_space(current_process->mspace))
        process_exit(EXEC_FAILED);
    memcpy((void *)RAW_CODE, raw.code, raw.length);
    user_frame(process_frame(current_process), RAW_CODE, RAW_STACK);
    trap_return(process_frame(current_process));
}

static int start_raw(uint32_t code, uint32_t length, struct process **process) {
    raw.code = (const void *)code;
    raw.length = length;
    int error = process_spawn("raw", enter_raw, NULL, process);
    return error ? error : files_open_console(*process);
}

PROBE(process_raw, "code length",
      "runs machine code in ring 3, at 0x400000, as it is copied when it starts: its pid") {
    struct process *process;
    int error = start_raw((uint32_t)call->number[0], (uint32_t)call->number[1], &process);
    if (!error)
        probe_hex(call, process->pid);
    return error;
}

/* Runs CODE, whose second byte on is a number, with TIMES as that number; answers the cycles. */
static int bench_raw(struct probe_call *call, uint8_t *code, uint32_t length) {
    uint32_t times = (uint32_t)call->number[0];
    struct process *process;
    int32_t status;
    memcpy(code + 1, &times, sizeof times);
    int error = start_raw((uint32_t)code, length, &process);
    if (error)
        return error;
    uint64_t before = cpu_cycles();
    wait_for(process->pid, &status);
    probe_hex(call, cpu_cycles() - before);
    return 0;
}

PROBE(syscall_bench, "times",
      "cycles that so many calls of getpid from ring 3 take, straight to syscall_direct()") {
    static uint8_t code[] = {
        0xbd, 0,    0,    0,    0, /*       mov ebp, times */
        0xb8, 6,    0,    0,    0, /* again: mov eax, SYS_getpid */
        0xcd, 0x80,                /*       int 0x80 */
        0x4d, 0x75, 0xf6,          /*       dec ebp; jnz again */
        0xb8, 1,    0,    0,    0, /*       mov eax, SYS_exit */
        0x31, 0xdb, 0xcd, 0x80,    /*       xor ebx, ebx; int 0x80 */
    };
    int32_t (*dispatch)(const struct syscall *) = syscall_dispatch;
    syscall_dispatch = syscall_direct;
    int error = bench_raw(call, code, sizeof code);
    syscall_dispatch = dispatch;
    return error;
}

PROBE(fork_bench, "times", "cycles that so many fork, exit and wait of a small program take") {
    static uint8_t code[] = {
        0xbd, 0,    0,    0,    0, /*       mov ebp, times */
        0xb8, 9,    0,    0,    0, /* again: mov eax, SYS_fork */
        0xcd, 0x80, 0x85, 0xc0,    /*       int 0x80; test eax, eax */
        0x74, 0x0c,                /*       jz end */
        0xb8, 11,   0,    0,    0, /*       mov eax, SYS_wait */
        0x31, 0xdb, 0xcd, 0x80,    /*       xor ebx, ebx; int 0x80 */
        0x4d, 0x75, 0xe9,          /*       dec ebp; jnz again */
        0xb8, 1,    0,    0,    0, /* end:  mov eax, SYS_exit */
        0x31, 0xdb, 0xcd, 0x80,    /*       xor ebx, ebx; int 0x80 */
    };
    return bench_raw(call, code, sizeof code);
}

static const char *const state_names[] = {"ready", "running", "blocked", "zombie"};

PROBE(processes, "", "pid, parent, state and name of every process") {
    list_each (link, &processes) {
        const struct process *process = list_element(link, struct process, link);
        probe_hex(call, process->pid);
        probe_hex(call, process->parent ? process->parent->pid : 0);
        probe_text(call, process->state <= PROCESS_ZOMBIE ? state_names[process->state] : "?");
        probe_text(call, process->name);
    }
    return 0;
}
