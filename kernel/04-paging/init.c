/* Stage 04 joins the kernel: builds the first directory and puts it to use. Started with
 * `paging=off` on its command line, the kernel builds it and stays without paging. */
#include "backtrace.h"
#include "errno.h"
#include "format.h"
#include "gdt.h"
#include "initcall.h"
#include "mapper.h"
#include "options.h"
#include "page_fault.h"
#include "paging.h"
#include "panic.h"

paddr_t kernel_directory;
page_fault_hook_fn page_fault_hook;

const char *const page_fault_words[] = {
    [REASON_NULL] = "null pointer",
    [REASON_WINDOW] = "no page table there",
    [REASON_NOT_MAPPED] = "not mapped",
    [REASON_KERNEL_PAGE] = "not for user programs",
    [REASON_KERNEL_CODE] = "the kernel's code and constants are read-only",
    [REASON_READ_ONLY] = "read-only",
    [REASON_FORBIDDEN] = "not allowed",
};

/* A frame pointer gone astray must not fault in the report of another fault. */
static bool is_mapped(uint32_t address) {
    paddr_t physical;
    return page_translate(mapper_current, address, &physical) == 0;
}

static void start_paging(void) {
    ASSERT_LE(frames_end(), FRAME_VIEW);
    trap_register(TRAP_PAGE_FAULT, page_fault);
    int error = paging_build(&kernel_directory);
    if (error || boot_option("paging=off")) {
        kprintf("paging: off (%s)\n", error ? errno_meaning(error) : "as asked for");
        return;
    }
    double_fault_tss.cr3 = kernel_directory;
    paging_enable(kernel_directory);
    backtrace_readable = is_mapped;
    kprintf("paging: on, directory %p\n", (void *)kernel_directory);
}
INITCALL(start_paging);
