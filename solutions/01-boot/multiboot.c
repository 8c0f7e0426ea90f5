/* What the boot loader tells the kernel. Contract: kernel/01-boot/multiboot.h */
#include "multiboot.h"

#include <stddef.h>

#include "errno.h"
#include "string.h"
#include "todo.h"

// BEGIN SOLUTION
/* Returns the string at ADDRESS if FLAG is among FLAGS, otherwise "". */
static const char *text_if(uint32_t flags, uint32_t flag, uint32_t address) {
    return flags & flag ? (const char *)address : "";
}

static void read_modules(struct boot_info *info, const struct multiboot_info *from) {
    const struct multiboot_module *module = (const struct multiboot_module *)from->modules;
    for (; info->module_count < from->module_count && info->module_count < BOOT_MODULES; module++)
        info->modules[info->module_count++] = (struct boot_module){
            module->start, module->end, module->text ? (const char *)module->text : ""};
}
// END SOLUTION

int boot_info_read(struct boot_info *info, uint32_t magic, const struct multiboot_info *from) {
    // BEGIN SOLUTION
    //| TODO();
    //| memset(info, 0, sizeof *info);
    //| info->command_line = info->loader_name = "";
    //| return -ENOSYS;
    memset(info, 0, sizeof *info);
    info->command_line = info->loader_name = "";
    if (magic != MULTIBOOT_BOOTED)
        return -EINVAL;
    info->command_line = text_if(from->flags, MULTIBOOT_COMMAND_LINE, from->command_line);
    info->loader_name = text_if(from->flags, MULTIBOOT_LOADER_NAME, from->loader_name);
    if (from->flags & MULTIBOOT_MEMORY) {
        info->memory_lower = from->memory_lower;
        info->memory_upper = from->memory_upper;
    }
    if (from->flags & MULTIBOOT_MODULES)
        read_modules(info, from);
    if (from->flags & MULTIBOOT_MAP) {
        info->map = from->map;
        info->map_length = from->map_length;
    }
    return 0;
    // END SOLUTION
}

const struct multiboot_map_entry *boot_map_next(const struct boot_info *info,
                                                const struct multiboot_map_entry *previous) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    const uint32_t smallest = offsetof(struct multiboot_map_entry, acpi);
    uint32_t next = previous ? (uint32_t)previous + 4 + previous->size : info->map;
    uint32_t left = info->map_length - (next - info->map);
    const struct multiboot_map_entry *entry = (const struct multiboot_map_entry *)next;
    if (left < smallest || entry->size < smallest - 4 || entry->size > left - 4)
        return NULL;
    return entry;
    // END SOLUTION
}
