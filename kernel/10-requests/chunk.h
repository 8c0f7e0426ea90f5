/* Chunks: the memory that a program asks for, uses and gives back. Graded: exercise 6.
 *
 * All that a program shares with the memory system is the chunk (a page, says the French document,
 * but here that is something else): a range of memory that the memory device has given to one
 * process.
 *
 *     address                    address + size            a multiple of 4096
 *        |      the program's         |       red zone           |
 *        +----------------------------+--------------------------+
 *        |                            | fd fd fd fd fd fd ... fd |
 *        +----------------------------+--------------------------+
 *
 * What comes after a chunk's last byte, as far as its pages go, is its red zone, at least CHUNK_RED
 * bytes, each CHUNK_RED_BYTE. A byte there that has another value, or is not there any more, says
 * that somebody has written, or unmapped, what is not his: the chunk is corrupted, and remains so.
 * What counts is what is in the page, whatever the rights of the area.
 */
#ifndef MIROIR_CHUNK_H
#define MIROIR_CHUNK_H

#include <stdbool.h>
#include <stdint.h>

#include "list.h"
#include "mspace.h"
#include "request.h"

#define CHUNK_RED 16
#define CHUNK_RED_BYTE 0xfd

typedef struct chunk {
    struct list link; /* in `chunks` */
    uint32_t owner;   /* a process's number */
    mspace_t *space;  /* of the owner */
    uint32_t address; /* its first byte, a multiple of 4096 */
    uint32_t size;    /* bytes that were asked for */
    bool corrupted;   /* as far as it is known by now */
} chunk_t;

/* All chunks of all processes, in any order; from alloc() (slabs.h). Defined by chunk.c. */
extern struct list chunks;

/* Returns how many bytes are mapped for a chunk of SIZE bytes, 1 .. CHUNK_MAX: those, and CHUNK_RED
 * more, rounded up to pages. */
uint32_t chunk_length(uint32_t size);

/* Makes a chunk of SIZE bytes, 1 .. CHUNK_MAX, for OWNER in SPACE, the kernel's own or a user's, in
 * use or not: an area of its own (VMA_FG_ANON), of chunk_length(SIZE) bytes, wherever mspace_map()
 * puts it; its red zone is filled, so that these pages are present, the others come when they are
 * touched. Stores where it is in *ADDRESS. Returns 0; -EINVAL for another SIZE; -ENOMEM, or another
 * error of mspace_map() or mspace_fault(): nothing is changed then, and nothing is lost. */
int chunk_alloc(uint32_t owner, mspace_t *space, uint32_t size, uint32_t *address);

/* Stores in *FOUND the chunk of OWNER that starts at ADDRESS, and looks at its red zone: *FOUND's
 * `corrupted` is up to date. Returns 0; -EPERM if there is none, but one of another owner starts at
 * ADDRESS; -ENOENT if there is none at all. */
int chunk_info(uint32_t owner, uint32_t address, const chunk_t **found);

/* Looks at the red zone of the chunk of OWNER that starts at ADDRESS, stores in *CORRUPTED whether
 * it is corrupted, and gives it back: unmaps its pages, all of them, or none if one of them is mapped
 * no more (the program has unmapped it; what it has left there is its own from then on). Returns as
 * chunk_info(); or an error of mspace_unmap() but -ENOENT: the chunk stays then. */
int chunk_free(uint32_t owner, uint32_t address, bool *corrupted);

/* Forgets the chunks of OWNER, who has ended, or has another space now (exec); the space that they
 * were in is not touched any more. */
void chunks_forget(uint32_t owner);

#endif
