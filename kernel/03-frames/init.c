/* Stage 03 joins the kernel: the memory map is made, and the frames are taken charge of. */
#include "errno.h"
#include "format.h"
#include "frames.h"
#include "initcall.h"
#include "linker.h"
#include "memory_map.h"
#include "multiboot.h"
#include "string.h"

struct memory_area memory_map[MEMORY_MAP_AREAS];

/* Boot data above this is not kept: below FRAMES_TABLE_END there must be room left for descriptors,
 * 512 KiB of them at least, enough for 128 MiB of memory. */
#define BOOT_DATA_END (FRAMES_TABLE_END - 0x80000)

/* Makes *END, up to which memory is kept, cover the bytes up to DATA_END, if they lie above the
 * kernel. Returns 0, or -ERANGE if they lie too high. */
static int keep(paddr_t *end, paddr_t data_end) {
    if (data_end > BOOT_DATA_END)
        return -ERANGE;
    if (data_end > *end)
        *end = data_end;
    return 0;
}

static int keep_text(paddr_t *end, const char *text) {
    return keep(end, (paddr_t)text + strlen(text) + 1);
}

/* Returns the end of the kernel and of what the boot loader put behind it. What lies too high to
 * be kept is forgotten, and that is said. */
static paddr_t boot_data_end(struct boot_info *info) {
    paddr_t end = (paddr_t)kernel_end;
    uint32_t kept = 0;
    if (keep_text(&end, info->command_line))
        info->command_line = "";
    if (keep_text(&end, info->loader_name))
        info->loader_name = "";
    for (uint32_t i = 0; i < info->module_count; i++) {
        struct boot_module *module = &info->modules[i];
        if (keep_text(&end, module->text))
            module->text = "";
        if (keep(&end, module->end))
            kprintf("memory: module %u lies above 0x%x and is lost\n", i, BOOT_DATA_END);
        else
            info->modules[kept++] = *module;
    }
    info->module_count = kept;
    return end;
}

/* Returns the KiB of free areas below ADDRESS. */
static uint32_t free_kib_below(uint64_t address) {
    struct memory_area_iter areas;
    const struct memory_area *area;
    uint64_t sum = 0;
    memory_area_iter_init(&areas, memory_map, MEMORY_FREE);
    while ((area = memory_area_next(&areas))) {
        uint64_t end = area->base_addr + area->length;
        if (end > address)
            end = address;
        if (end > area->base_addr)
            sum += end - area->base_addr;
    }
    return (uint32_t)(sum >> 10);
}

static void say_frames(void) {
    uint32_t managed = free_kib_below((uint64_t)frames_managed() * PAGE_SIZE);
    uint32_t left = free_kib_below(MEMORY_END) - managed;
    kprintf("frames: %u KiB below 16 MiB, %u KiB above, descriptors end at 0x%x\n",
            frames_total(ZONE_DMA) * (PAGE_SIZE / 1024),
            frames_total(ZONE_NORMAL) * (PAGE_SIZE / 1024), frames_end());
    if (left)
        kprintf("frames: %u KiB from 0x%x on are left alone\n", left, frames_managed() * PAGE_SIZE);
}

static void init_frames(void) {
    int areas = memory_map_fill(memory_map, &boot_info);
    if (areas >= 0)
        kprintf("memory: %d areas\n", areas);
    int error = frames_init(memory_map, boot_data_end(&boot_info));
    if (error)
        kprintf("frames: none (%s)\n", errno_meaning(error));
    else
        say_frames();
}
INITCALL(init_frames);
