/* Stage 09 joins the kernel: the boot thread becomes process 0, ring 3 may call, and if there is a
 * program `init`, it is started. */
#include <stddef.h>

#include "context.h"
#include "control.h"
#include "dispatch.h"
#include "errno.h"
#include "exec.h"
#include "faults.h"
#include "format.h"
#include "idt.h"
#include "initcall.h"
#include "io.h"
#include "mspace.h"
#include "pic.h"
#include "pit.h"
#include "probe.h"
#include "probe_port.h"
#include "probe_state.h"
#include "process.h"
#include "scheduler.h"
#include "serial.h"
#include "terminal.h"

#define CR0_NO_FPU 0x4 /* its registers are nobody's: who touches them is killed */
#define COM2_IRQ 3
#define COM1_IRQ 4
#define INTERRUPT_ENABLE 1 /* register of a serial port */
#define BYTES_RECEIVED 1

struct list processes = LIST_EMPTY(processes);
struct list run_queue = LIST_EMPTY(run_queue);
struct list sleepers = LIST_EMPTY(sleepers);
struct process boot_process = {.state = PROCESS_RUNNING, .name = "boot"};
struct process *current_process = &boot_process;
struct process *orphans_parent = &boot_process;
void (*process_end_hook)(struct process *process);
void (*scheduler_on_tick)(void) = scheduler_tick;
volatile uint32_t scheduler_interrupts;
int32_t (*syscall_dispatch)(const struct syscall *call) = syscall_direct;

static void on_tick(struct trap_frame *frame) {
    scheduler_interrupts++;
    scheduler_interrupt(frame, true);
}

static void on_byte(struct trap_frame *frame) {
    scheduler_interrupts++;
    scheduler_interrupt(frame, false);
}

static bool end_fault(struct trap_frame *frame, uint32_t address) {
    if ((frame->cs & 3) == 3)
        process_end(frame, address);
    return context_fault(frame, address);
}

static void handle_traps(void) {
    trap_register(SYSCALL_VECTOR, trap_syscall);
    idt_allow_user(SYSCALL_VECTOR);
    for (uint32_t vector = 0; vector < TRAP_EXCEPTIONS; vector++)
        if (vector != TRAP_PAGE_FAULT)
            trap_register(vector, trap_exception);
    cr0_write(cr0_read() | CR0_NO_FPU);
    probe_trap_default = trap_exception;
    fault_end_hook = end_fault;
}

/* The serial ports are read by process 0; their interrupts only wake it. */
static void handle_devices(void) {
    pit_on_tick = on_tick;
    trap_register(PIC_VECTOR + COM1_IRQ, on_byte);
    trap_register(PIC_VECTOR + COM2_IRQ, on_byte);
    out8(SERIAL_COM1 + INTERRUPT_ENABLE, BYTES_RECEIVED);
    probe_port_interrupts();
    pic_unmask(COM1_IRQ);
    pic_unmask(COM2_IRQ);
}

static void start_init(void) {
    static struct arguments arguments;
    inode_t *file;
    if (inode_find("init", &file))
        return;
    inode_close(file);
    arguments_add(&arguments, "init");
    int error = process_run(&arguments, &orphans_parent);
    if (error)
        kprintf("init: not started (%s)\n", errno_meaning(error));
}

static void start_processes(void) {
    boot_process.mspace = kernel_mspace;
    list_init(&boot_process.queue);
    list_init(&boot_process.exits);
    list_append(&processes, &boot_process.link);
    handle_traps();
    handle_devices();
    probe_idle = scheduler_idle;
    probe_console_get = terminal_get;
    start_init();
}
INITCALL(start_processes);
