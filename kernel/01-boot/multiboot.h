/* What the boot loader tells the kernel. Graded: exercises 5 and 6.
 *
 * The loader leaves a struct multiboot_info, of which only those fields mean anything whose bit in
 * `flags` is set: the others hold whatever was in memory. boot_info_read() turns it into a struct
 * boot_info, in which every field always has a meaning.
 */
#ifndef MIROIR_MULTIBOOT_H
#define MIROIR_MULTIBOOT_H

#include <stdint.h>

#define MULTIBOOT_BOOTED 0x2badb002 /* in EAX, says that a multiboot loader started us */

enum multiboot_flags {
    MULTIBOOT_MEMORY = 1 << 0, /* memory_lower, memory_upper */
    MULTIBOOT_COMMAND_LINE = 1 << 2,
    MULTIBOOT_MODULES = 1 << 3,
    MULTIBOOT_MAP = 1 << 6,
    MULTIBOOT_LOADER_NAME = 1 << 9,
};

/* As the loader writes it; addresses are physical. */
struct multiboot_info {
    uint32_t flags;
    uint32_t memory_lower, memory_upper; /* KiB from 0, and from 1 MiB */
    uint32_t boot_device;
    uint32_t command_line; /* C string */
    uint32_t module_count, modules;
    uint32_t symbols[4];
    uint32_t map_length, map; /* bytes; struct multiboot_map_entry */
    uint32_t drives_length, drives;
    uint32_t configuration;
    uint32_t loader_name; /* C string */
};

struct multiboot_module {
    uint32_t start, end; /* first byte, and first one after it */
    uint32_t text;       /* C string; 0: none */
    uint32_t reserved;
};

/* One entry of the memory map. The next one starts SIZE + 4 bytes after this one: an entry may be
 * longer than this struct. */
struct multiboot_map_entry {
    uint32_t size; /* of the entry without this field: 20 or more */
    uint64_t base, length;
    uint32_t type; /* 1: free memory, 3: ACPI tables (free once read), others: not to be used */
    uint32_t acpi; /* extended attributes; there only if SIZE is 24 or more */
} __attribute__((packed));

#define BOOT_MODULES 16

struct boot_module {
    uint32_t start, end; /* physical; END is the first byte after it */
    const char *text;    /* as the loader gives it, "" if it gives none; never NULL */
};

/* What is known, in a form that needs no flags. The strings and the map stay in the loader's
 * memory. */
struct boot_info {
    const char *command_line;            /* "" if not given */
    const char *loader_name;             /* "" if not given */
    uint32_t memory_lower, memory_upper; /* KiB from 0, and from 1 MiB; 0 if not given */
    uint32_t module_count;               /* in MODULES: BOOT_MODULES at most, later ones left out */
    struct boot_module modules[BOOT_MODULES];
    uint32_t map, map_length; /* physical address and bytes; both 0 if not given */
};

/* Fills INFO with what is at FROM, given the MAGIC that came with it.
 * Returns 0, or -EINVAL if MAGIC is not MULTIBOOT_BOOTED: INFO then tells of nothing, and FROM has
 * not been read. */
int boot_info_read(struct boot_info *info, uint32_t magic, const struct multiboot_info *from);

/* Goes through the memory map of INFO: returns the entry after PREVIOUS, the first one for NULL,
 * and NULL after the last. An entry that does not lie in the map as a whole (its size and type
 * included), or whose SIZE is under 20, is the end. */
const struct multiboot_map_entry *boot_map_next(const struct boot_info *info,
                                                const struct multiboot_map_entry *previous);

/* What the boot loader said at boot. */
extern struct boot_info boot_info;

#endif
