/* Stage 08 joins the kernel: page faults are resolved from now on; or, with `paging=eager` on the
 * command line, made impossible. */
#include "context.h"
#include "faults.h"
#include "format.h"
#include "initcall.h"
#include "options.h"
#include "resolve.h"

fault_resolver_fn fault_resolver = mspace_fault;
fault_end_fn fault_end_hook = context_fault;
page_absent_fn page_absent_hook;

static void start_faults(void) {
    page_fault_hook = fault_handle;
    mspace_resolve_hook = vma_resolve_now;
    mspace_clone_hook = mspace_unshare;
    mspace_eager = boot_option("paging=eager");
    kprintf("faults: pages come %s\n", mspace_eager ? "when they are mapped" : "when touched");
}
INITCALL(start_faults);
