/* Why a process was killed, for whoever is at the console. See dispatch.h. */
#include "dispatch.h"
#include "elf.h"
#include "format.h"
#include "page_fault.h"
#include "process.h"
#include "string.h"

#define SYMBOL_FUNCTION 2 /* type, in bits 0..3 of info */
#define SECTION_SYMBOLS 2

struct elf_section {
    uint32_t name, type, flags, address, offset, size, link, info, alignment, entry_size;
};

struct elf_symbol {
    uint32_t name, address, size;
    uint8_t info, other;
    uint16_t section;
};

/* Reads the header number INDEX of FILE's sections. */
static bool read_section(const inode_t *file, uint32_t index, struct elf_section *section) {
    struct elf_header header;
    return inode_read(file, &header, sizeof header, 0) == sizeof header &&
           header.section_size == sizeof *section && index < header.section_count &&
           inode_read(file, section, sizeof *section, header.sections + index * sizeof *section) ==
               sizeof *section;
}

/* Reads into *SYMBOLS the section of FILE that has its table of symbols. */
static bool find_symbols(const inode_t *file, struct elf_section *symbols) {
    for (uint32_t i = 0; read_section(file, i, symbols); i++)
        if (symbols->type == SECTION_SYMBOLS)
            return true;
    return false;
}

/* Copies the name of the function of FILE that ADDRESS lies in to NAME, "" if there is none. */
static void function_name(const inode_t *file, uint32_t address, char *name, uint32_t size) {
    struct elf_section symbols, names;
    struct elf_symbol symbol;
    name[0] = '\0';
    if (!file || !find_symbols(file, &symbols) || !read_section(file, symbols.link, &names))
        return;
    for (uint32_t at = 0; at + sizeof symbol <= symbols.size; at += sizeof symbol) {
        if (inode_read(file, &symbol, sizeof symbol, symbols.offset + at) != sizeof symbol)
            return;
        if ((symbol.info & 0xf) == SYMBOL_FUNCTION && address - symbol.address < symbol.size) {
            name[inode_read(file, name, size - 1, names.offset + symbol.name)] = '\0';
            return;
        }
    }
}

void process_report(const struct trap_frame *frame, uint32_t address) {
    char what[48], name[32];
    const struct process *self = current_process;
    format_buffer(what, sizeof what, "%s", trap_name(frame->vector));
    if (frame->vector == TRAP_PAGE_FAULT)
        format_buffer(what, sizeof what, "Segmentation Fault: %s %p",
                      frame->error & FAULT_WRITE ? "write to" : "read of", (void *)address);
    function_name(self->program, frame->eip, name, sizeof name);
    kprintf("pid %u (%s): killed: %s at %p", self->pid, self->name, what, (void *)frame->eip);
    kprintf(*name ? " <%s>\n" : "\n", name);
}
