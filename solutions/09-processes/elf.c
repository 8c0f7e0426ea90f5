/* ELF files, believed only as far as they can be checked. Contract: kernel/09-processes/elf.h */
#include "elf.h"

#include <stdbool.h>

#include "errno.h"
#include "todo.h"

// BEGIN SOLUTION
/* Copies SIZE bytes of FILE from OFFSET on; returns whether they are there. */
static bool read_all(const inode_t *file, void *to, uint32_t size, uint32_t offset) {
    return inode_read(file, to, size, offset) == size;
}

static bool is_ours(const struct elf_header *header) {
    return header->magic == ELF_MAGIC && header->class == ELF_CLASS_32 &&
           header->encoding == ELF_LITTLE_ENDIAN && header->ident_version == ELF_VERSION &&
           header->type == ELF_EXECUTABLE && header->machine == ELF_MACHINE_386 &&
           header->version == ELF_VERSION && header->segment_size == sizeof(struct elf_segment) &&
           header->segment_count && header->segment_count <= ELF_SEGMENTS;
}

static uint32_t first_page(const struct elf_segment *segment) {
    return segment->address & ~(PAGE_SIZE - 1);
}

static uint32_t end_page(const struct elf_segment *segment) {
    return (segment->address + segment->memory_size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

/* Nothing here is added that could go round 4 GiB before it has been compared. */
static bool fits(const struct elf_segment *segment, uint32_t file_end) {
    return segment->file_size <= segment->memory_size && segment->offset <= file_end &&
           segment->file_size <= file_end - segment->offset && segment->address >= USER_START &&
           segment->address < ELF_END && segment->memory_size <= ELF_END - segment->address &&
           end_page(segment) - first_page(segment) <= VMA_CFG_MAXSIZE &&
           segment->address % PAGE_SIZE == segment->offset % PAGE_SIZE;
}

static bool overlaps(const struct elf_image *image, const struct elf_segment *segment) {
    for (uint32_t i = 0; i < image->count; i++)
        if (first_page(segment) < end_page(&image->segment[i]) &&
            first_page(&image->segment[i]) < end_page(segment))
            return true;
    return false;
}

/* Adds SEGMENT to IMAGE, if it means anything. */
static int add(struct elf_image *image, const struct elf_segment *segment, const inode_t *file) {
    if (segment->type == ELF_INTERPRETER)
        return -ENOEXEC;
    if (segment->type != ELF_LOAD || !segment->memory_size)
        return 0;
    if (!fits(segment, file->size) || overlaps(image, segment))
        return -ENOEXEC;
    image->segment[image->count++] = *segment;
    if (end_page(segment) > image->end)
        image->end = end_page(segment);
    return 0;
}

static bool entry_is_code(const struct elf_image *image) {
    for (uint32_t i = 0; i < image->count; i++) {
        const struct elf_segment *segment = &image->segment[i];
        if (segment->flags & ELF_EXECUTE && image->entry >= segment->address &&
            image->entry - segment->address < segment->memory_size)
            return true;
    }
    return false;
}
// END SOLUTION

int elf_read(inode_t *file, struct elf_image *image) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct elf_header header;
    struct elf_segment segment;
    if (!read_all(file, &header, sizeof header, 0) || !is_ours(&header) ||
        header.segments > file->size)
        return -ENOEXEC;
    *image = (struct elf_image){.entry = header.entry};
    for (uint32_t i = 0; i < header.segment_count; i++) {
        uint32_t place = header.segments + i * sizeof segment;
        if (!read_all(file, &segment, sizeof segment, place) || add(image, &segment, file))
            return -ENOEXEC;
    }
    return entry_is_code(image) ? 0 : -ENOEXEC;
    // END SOLUTION
}

// BEGIN SOLUTION
static uint32_t flags_of(const struct elf_segment *segment) {
    uint32_t flags = 0;
    if (segment->flags & ELF_EXECUTE)
        flags |= VMA_EXEC | VMA_CAN_EXEC;
    if (segment->flags & ELF_READ)
        flags |= VMA_READ | VMA_CAN_READ;
    if (segment->flags & ELF_WRITE)
        flags |= VMA_COPY_ON_WRITE | VMA_CAN_WRITE;
    return flags | VMA_FILE | VMA_MAP_FIXED;
}

/* How much of the area is the file's (vma.h). */
static int32_t limit_of(const struct elf_segment *segment) {
    if (!segment->file_size)
        return -1;
    if (!(segment->flags & ELF_WRITE) && segment->file_size == segment->memory_size)
        return 0;
    return (int32_t)(segment->address % PAGE_SIZE + segment->file_size);
}
// END SOLUTION

int elf_map(mspace_t *mspace, inode_t *file, const struct elf_image *image) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    for (uint32_t i = 0; i < image->count; i++) {
        const struct elf_segment *segment = &image->segment[i];
        uint32_t address = first_page(segment);
        int error =
            mspace_map(mspace, &address, end_page(segment) - address, file,
                       segment->offset & ~(PAGE_SIZE - 1), limit_of(segment), flags_of(segment));
        if (error)
            return error;
    }
    return 0;
    // END SOLUTION
}
