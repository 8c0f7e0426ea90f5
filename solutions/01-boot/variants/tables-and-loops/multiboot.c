/* Different but right: the fields are taken in another order, the modules by their index from the
 * last one to the first, and the map is always walked from its start. */
#include "multiboot.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"

static const char *text_at(bool given, uint32_t address) {
    if (!given || address == 0)
        return "";
    return (const char *)address;
}

static void forget(struct boot_info *info) {
    char *bytes = (char *)info;
    for (size_t i = 0; i < sizeof *info; i++)
        bytes[i] = 0;
    for (int i = 0; i < BOOT_MODULES; i++)
        info->modules[i].text = "";
    info->command_line = "";
    info->loader_name = "";
}

int boot_info_read(struct boot_info *info, uint32_t magic, const struct multiboot_info *from) {
    forget(info);
    if (magic != MULTIBOOT_BOOTED)
        return -EINVAL;
    uint32_t flags = from->flags;
    if (flags & MULTIBOOT_MAP)
        info->map = from->map, info->map_length = from->map_length;
    if (flags & MULTIBOOT_MODULES) {
        const struct multiboot_module *list = (const struct multiboot_module *)from->modules;
        uint32_t count = from->module_count;
        info->module_count = count = count > BOOT_MODULES ? BOOT_MODULES : count;
        while (count--) {
            info->modules[count].start = list[count].start;
            info->modules[count].end = list[count].end;
            info->modules[count].text = text_at(true, list[count].text);
        }
    }
    info->memory_lower = flags & MULTIBOOT_MEMORY ? from->memory_lower : 0;
    info->memory_upper = flags & MULTIBOOT_MEMORY ? from->memory_upper : 0;
    info->command_line = text_at(flags & MULTIBOOT_COMMAND_LINE, from->command_line);
    info->loader_name = text_at(flags & MULTIBOOT_LOADER_NAME, from->loader_name);
    return 0;
}

/* Returns the bytes that the entry at OFFSET takes up, 0 if there is no whole entry. */
static uint64_t step(const struct boot_info *info, uint64_t offset) {
    if (offset + 24 > info->map_length)
        return 0;
    const struct multiboot_map_entry *entry =
        (const struct multiboot_map_entry *)(info->map + (uint32_t)offset);
    uint64_t length = (uint64_t)entry->size + 4;
    return length < 24 || offset + length > info->map_length ? 0 : length;
}

const struct multiboot_map_entry *boot_map_next(const struct boot_info *info,
                                                const struct multiboot_map_entry *previous) {
    uint64_t offset = 0;
    for (uint64_t length; (length = step(info, offset)); offset += length) {
        const struct multiboot_map_entry *entry =
            (const struct multiboot_map_entry *)(info->map + (uint32_t)offset);
        if (!previous)
            return entry;
        if (entry == previous)
            previous = NULL;
    }
    return NULL;
}
