/* Stage 07 joins the kernel: its own address space, in which nothing is mapped yet. */
#include "initcall.h"
#include "mspace.h"
#include "paging.h"

static mspace_t kernel_space;
mspace_t *const kernel_mspace = &kernel_space;
mspace_t *mspace_current = &kernel_space;

mspace_resolve_fn mspace_resolve_hook;
mspace_clone_fn mspace_clone_hook;
mspace_forget_fn mspace_forget_hook;
bool mspace_eager;

static void start_spaces(void) {
    kernel_space.users = 1;
    kernel_space.directory = kernel_directory;
    kernel_space.lower_bound = KSPACE_START;
    kernel_space.upper_bound = KSPACE_END;
    list_init(&kernel_space.dead);
}
INITCALL(start_spaces);
