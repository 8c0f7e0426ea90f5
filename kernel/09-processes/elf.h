/* Executables: what an ELF file says, and whether it can be believed. Graded: exercise 4.
 *
 *     file                                        address space
 *     +-------------+
 *     | struct elf_header                         08048000 +-----------+
 *     | struct elf_segment [0] ---- code -------> 08049000 | r-x file  |
 *     | struct elf_segment [1] ---- data -------> 0804b000 | rw- file, then blank
 *     | ...         |                             0804c000 | blank     | <- what is past file_size
 *     +-------------+                                      +-----------+
 *
 * Nothing is copied and no frame is taken: each segment becomes an area of the address space, whose
 * pages come when they are touched.
 */
#ifndef MIROIR_ELF_H
#define MIROIR_ELF_H

#include <stdint.h>

#include "inode.h"
#include "mspace.h"

#define ELF_MAGIC 0x464c457f /* 0x7f, "ELF" */
#define ELF_SEGMENTS 16      /* program headers at most */
#define ELF_END 0xb0000000u  /* segments end here or below: above is the stack's */

enum elf_values {
    ELF_CLASS_32 = 1,
    ELF_LITTLE_ENDIAN = 1,
    ELF_VERSION = 1,
    ELF_EXECUTABLE = 2,
    ELF_MACHINE_386 = 3,
};

struct elf_header {
    uint32_t magic;
    uint8_t class, encoding, ident_version, padding[9];
    uint16_t type, machine;
    uint32_t version;
    uint32_t entry;    /* address of the first instruction */
    uint32_t segments; /* where in the file the struct elf_segments are */
    uint32_t sections, flags;
    uint16_t header_size;
    uint16_t segment_size, segment_count;
    uint16_t section_size, section_count, section_names;
};
_Static_assert(sizeof(struct elf_header) == 52, "the format's layout");

enum elf_segment_type { ELF_LOAD = 1, ELF_INTERPRETER = 3 };
enum elf_segment_flags { ELF_EXECUTE = 1, ELF_WRITE = 2, ELF_READ = 4 };

struct elf_segment {
    uint32_t type;
    uint32_t offset; /* where in the file it starts */
    uint32_t address;
    uint32_t physical;    /* of no meaning here */
    uint32_t file_size;   /* bytes that are in the file, */
    uint32_t memory_size; /* and bytes in memory: those past file_size are 0 */
    uint32_t flags;
    uint32_t alignment;
};
_Static_assert(sizeof(struct elf_segment) == 32, "the format's layout");

/* What is known of an executable: its segments of type ELF_LOAD that are not empty in memory. */
struct elf_image {
    uint32_t entry;
    uint32_t end; /* first page boundary after all segments */
    uint32_t count;
    struct elf_segment segment[ELF_SEGMENTS]; /* in the order of the file */
};

/* Reads what FILE says into *IMAGE, and believes nothing. Returns 0; -ENOEXEC if
 *   - the file is shorter than the header, or than the header says that its table of segments is;
 *   - magic, class (32 bits), encoding (little endian), either of the versions (1), type
 *     (executable) or machine (386) is not as above; segment_size is not that of struct elf_segment;
 *     segment_count is 0 or over ELF_SEGMENTS;
 *   - a segment of type ELF_LOAD with memory_size over 0 (the others mean nothing)
 *       - has a file_size over its memory_size, or bytes that are not in the file;
 *       - lies not wholly between USER_START and ELF_END, or has pages of more than VMA_CFG_MAXSIZE
 *         bytes in all;
 *       - differs from its offset modulo PAGE_SIZE, so that pages of the file are no pages of memory;
 *       - shares a page with another one;
 *   - there is no such segment, or there is one of type ELF_INTERPRETER;
 *   - no segment with ELF_EXECUTE has the byte at `entry`. */
int elf_read(inode_t *file, struct elf_image *image);

/* Maps the segments of IMAGE, which elf_read() made of FILE, in MSPACE, each as one private area of
 * FILE at its pages: with the rights that its flags say, each right its own capability, and
 * COPY_ON_WRITE for ELF_WRITE. `limit` of the area is such that bytes past file_size are blank; but
 * for a segment without ELF_WRITE all of which is in the file, it is 0, so that all who run it share
 * its pages. Returns 0, or an error of mspace_map(): part of it may be mapped then. */
int elf_map(mspace_t *mspace, inode_t *file, const struct elf_image *image);

#endif
