/* Stage 05 joins the kernel: one free area, all the space that there is for areas, and descriptors
 * from the pool. */
#include "areas.h"
#include "control.h"
#include "errno.h"
#include "format.h"
#include "initcall.h"
#include "layout.h"
#include "page.h"
#include "panic.h"

/* What area.c gives back, it has taken: anything else is a mistake of the kernel's. */
static void give(struct mem_area *descriptor) {
    ASSERT_EQ(area_pool_give(descriptor), 0);
}

struct area_source area_source = {area_pool_take, give};

static void start_areas(void) {
    if (!(cr0_read() & CR0_PAGING))
        return;
    int error = areas_init(AREAS_START, (AREAS_END - AREAS_START) / PAGE_SIZE);
    if (error)
        kprintf("areas: none (%s)\n", errno_meaning(error));
    else
        kprintf("areas: %u pages from %p on\n", areas_free_pages(), (void *)AREAS_START);
}
INITCALL(start_areas);
