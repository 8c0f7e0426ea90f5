/* Files, and memory that several share: what can be mapped page by page. Given by the kit.
 *
 * The files are the modules that the boot loader has loaded. An inode without a file is shared
 * memory: blank at first.
 *
 * Each has a cache: one frame for each of its pages, filled when it is first asked for. A shared
 * mapping shows these very frames, so whoever writes there writes for all. The loader's own copy of
 * a file is never written to. There is no disk to write back to: when the last reference goes, the
 * cache goes, and with it whatever was written.
 *
 * Not to be called by interrupt handlers.
 */
#ifndef MIROIR_INODE_H
#define MIROIR_INODE_H

#include "list.h"
#include "page.h"

typedef struct inode {
    uint32_t references; /* how many use it: mappings and others */
    uint32_t size;       /* bytes, at least 1 */
    const char *name;    /* "" if it has none */
    const uint8_t *data; /* a file: its first byte; NULL: shared memory */
    paddr_t *pages;      /* the cache: the frame of each page, 0: not filled. NULL: none filled */
    struct list link;    /* in `inodes` */
    uint32_t number;     /* greater than those of all that were made before */
} inode_t;

/* All inodes, in the order in which they were made. */
extern struct list inodes;

/* Called when the last reference of INO goes, just before its cache does. For a later stage, which
 * has pages of the cache somewhere else. NULL at first: nothing is done. */
extern void (*inode_forget_hook)(inode_t *ino);

/* Stores the file called NAME in *INO, and takes a reference. A file's name is the last word of its
 * module's text, without the folders before it: "hello" for "/boot/hello" and for "module0 hello".
 * Among equal names, the first module is meant. Returns 0, or -ENOENT. */
int inode_find(const char *name, inode_t **ino);

/* Makes shared memory of SIZE bytes, with one reference: the caller's. Returns 0; -EINVAL if SIZE
 * is 0 or over 128 MiB; -ENOMEM. No frame is taken for its pages yet. */
int inode_create(uint32_t size, inode_t **ino);

/* Takes one more reference of INO. */
void inode_open(inode_t *ino);

/* Drops a reference of INO. With the last one goes its cache, and if it is shared memory, INO
 * itself. */
void inode_close(inode_t *ino);

/* Stores in *FRAME the frame of page number INDEX of INO, from its cache; bytes after the end of a
 * file are 0. The cache has one reference of it; the caller gets none, and need not give one back.
 * Returns 0; -ERANGE if the page begins at or after the end; -ENOMEM. */
int inode_page(inode_t *ino, uint32_t index, paddr_t *frame);

/* Copies up to SIZE bytes from OFFSET on into BUFFER, as many as there are up to the end; what was
 * written to the cache is seen. BUFFER may lie in the frame view (mapper.h), which shows the same
 * frame afterwards as before. Takes no frame. Returns how many bytes were copied. */
uint32_t inode_read(const inode_t *ino, void *buffer, uint32_t size, uint32_t offset);

#endif
