/* Open files: what the numbers 0, 1, 2... of a process stand for. Given by the kit.
 *
 * A file is the console, an inode (a file of the boot loader's, or shared memory), or a text that
 * the kernel has written when the file was opened. fork shares open files: so parent and child have
 * one position in it.
 */
#ifndef MIROIR_FILES_H
#define MIROIR_FILES_H

#include <stdint.h>

#include "inode.h"

#define FILES_LIMIT 16 /* of one process */
#define FILE_NAME_SIZE 64

struct process;

struct file {
    uint32_t references; /* tables that it is in, each place counted */
    inode_t *ino;        /* with a reference; NULL: the console, or a text */
    char *text;          /* alloc()ed, `size` bytes; NULL: the console, or an inode */
    uint32_t size;
    uint32_t position;
};

/* Opens numbers 0, 1 and 2 of PROCESS, whose table is empty, as the console. Returns 0 or
 * -ENOMEM. */
int files_open_console(struct process *process);

/* Opens the file NAME for PROCESS, at the lowest number that is free: a file of the boot loader's
 * (inode_find()), or /proc/<pid>/mmap, what mspace_display_to() prints of that process when it is
 * opened. Returns the number; -ENOENT; -EBADF if all numbers are taken; -ENOMEM. */
int file_open(struct process *process, const char *name);

/* Opens the shared memory called NAME, which is made, SIZE bytes long and blank, if there is none.
 * It and its content are forgotten when a file is closed or a process ends, and no process has it
 * open or mapped any more. Returns as file_open(); -EINVAL
 * also if SIZE is 0 or over 128 MiB, or if the memory exists and is smaller. */
int shared_open(struct process *process, const char *name, uint32_t size);

/* Returns the open file NUMBER of PROCESS; NULL if there is none, whatever NUMBER is. */
struct file *file_at(const struct process *process, uint32_t number);

/* Closes NUMBER. Returns 0, or -EBADF. */
int file_close(struct process *process, uint32_t number);

/* Closes all files of PROCESS. */
void files_close(struct process *process);

/* Has CHILD, whose table is empty, share all files of PARENT. */
void files_share(struct process *child, const struct process *parent);

/* Reads up to SIZE bytes into BUFFER, kernel memory, from the file's position on, which moves on.
 * From the console: a line, or as much of it as fits, with its '\n'; blocks until there is one,
 * unless SIZE is 0. Returns how many bytes; 0 at the end. Of an inode: what file_bring_hook returns,
 * if that is an error; nothing has been read then. */
int file_read(struct file *file, char *buffer, uint32_t size);

/* Called before SIZE bytes of INO's cache are read, from OFFSET on, or as many as there are. For a
 * later stage, which has pages of the cache somewhere else. May block; but when it has returned 0,
 * the bytes are read before anybody else runs. NULL at first: nothing is done. */
extern int (*file_bring_hook)(inode_t *ino, uint32_t offset, uint32_t size);

/* Writes SIZE bytes of BUFFER, kernel memory, to the console, through console_writer. Returns SIZE;
 * -EPERM if FILE is not the console. */
int file_write(struct file *file, const char *buffer, uint32_t size);

/* Prints SIZE bytes of TEXT on the console. A later stage may put its own way in its place. */
extern void (*console_writer)(const char *text, uint32_t size);

#endif
