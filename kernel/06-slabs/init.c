/* Stage 06 joins the kernel: sizes are configured, and the descriptors of areas become chunks.
 * Started with `slabs=debug`, the kernel makes objects that find out who spoils them. */
#include "backtrace.h"
#include "control.h"
#include "errno.h"
#include "format.h"
#include "initcall.h"
#include "options.h"
#include "slab_debug.h"

bool slab_debug;
struct slab_report slab_reports[SLAB_REPORTS];
uint32_t slab_report_count;

static const char *const fault_words[] = {
    [SLAB_OVERFLOW] = "overflow",
    [SLAB_USE_AFTER_FREE] = "use after free",
    [SLAB_DOUBLE_FREE] = "double free",
    [SLAB_FOREIGN_FREE] = "foreign free",
};

void slab_report(enum slab_fault fault, const void *address, uint32_t size, uint32_t allocated_by) {
    uint32_t offset;
    const char *allocator =
        symbol_name(allocated_by - 1, &offset); /* the call itself lies before */
    kprintf("slabs: %s: %p, %u bytes, allocated by %s\n", fault_words[fault], address, size,
            allocator);
    if (slab_report_count < SLAB_REPORTS)
        slab_reports[slab_report_count] =
            (struct slab_report){fault, (uint32_t)address, size, allocator};
    slab_report_count++;
}

static void start_slabs(void) {
    if (!(cr0_read() & CR0_PAGING))
        return;
    slab_debug = boot_option("slabs=debug");
    slabs_configure();
    if (boot_option("slabs=later")) /* by the command slabs_start */
        return;
    int error = slabs_start();
    if (error)
        kprintf("slabs: cannot grow (%s)\n", errno_meaning(error));
    else
        kprintf("slabs: %d sizes%s\n", SLAB_SIZES, slab_debug ? ", debug mode" : "");
}
INITCALL(start_slabs);
