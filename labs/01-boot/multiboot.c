/* What the boot loader tells the kernel. Contract: kernel/01-boot/multiboot.h */
#include "multiboot.h"

#include <stddef.h>

#include "errno.h"
#include "string.h"
#include "todo.h"

int boot_info_read(struct boot_info *info, uint32_t magic, const struct multiboot_info *from) {
    TODO();
    memset(info, 0, sizeof *info);
    info->command_line = info->loader_name = "";
    return -ENOSYS;
}

const struct multiboot_map_entry *boot_map_next(const struct boot_info *info,
                                                const struct multiboot_map_entry *previous) {
    TODO();
    return NULL;
}
