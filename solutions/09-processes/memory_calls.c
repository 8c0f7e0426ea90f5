/* The system calls of memory. Contract: kernel/09-processes/syscall.h, memory_calls.h */
#include "memory_calls.h"

#include <stdbool.h>

#include "errno.h"
#include "process.h"
#include "syscall.h"
#include "todo.h"

// BEGIN SOLUTION
/* LENGTH in whole pages; 0, which is refused, if that would be over 4 GiB. */
static uint32_t in_pages(uint32_t length) {
    return (length + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

/* Turns FLAGS, MAP_ values, into those of an area of INO, or of ANON memory if that is NULL. */
static int vma_flags_of(uint32_t flags, const inode_t *ino, uint32_t *result) {
    bool shared = flags & MAP_SHARED;
    if (flags & ~(VMA_RIGHTS | MAP_SHARED | MAP_FIXED) || (shared && !ino))
        return -EINVAL;
    if (shared && flags & MAP_WRITE && ino->data)
        return -EPERM;
    uint32_t rights = flags & VMA_RIGHTS;
    uint32_t can = shared ? rights << 4 | VMA_CAN_READ : VMA_CAN;
    *result = rights | can | (ino ? VMA_FILE : VMA_ANON) | (shared ? VMA_SHARED : 0) |
              (flags & MAP_FIXED ? VMA_MAP_FIXED : 0);
    return 0;
}

/* Stores in *INO what file NUMBER of the caller shows; NULL if NUMBER is -1. */
static int mapped_inode(uint32_t number, inode_t **ino) {
    *ino = NULL;
    if (number == (uint32_t)-1)
        return 0;
    struct file *file = file_at(current_process, number);
    if (!file)
        return -EBADF;
    *ino = file->ino;
    return file->ino ? 0 : -EINVAL;
}
// END SOLUTION

int32_t call_mmap(const uint32_t *argument) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    uint32_t address = argument[0], flags;
    inode_t *ino;
    int error = mapped_inode(argument[3], &ino);
    if (!error)
        error = vma_flags_of(argument[2], ino, &flags);
    if (!error)
        error = mspace_map(current_process->mspace, &address, in_pages(argument[1]), ino,
                           argument[4], 0, flags);
    return error ? error : (int32_t)address;
    // END SOLUTION
}

int32_t call_munmap(const uint32_t *argument) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    return mspace_unmap(current_process->mspace, argument[0], in_pages(argument[1]));
    // END SOLUTION
}

int32_t call_mprotect(const uint32_t *argument) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    return mspace_protect(current_process->mspace, argument[0], in_pages(argument[1]), argument[2]);
    // END SOLUTION
}

// BEGIN SOLUTION
/* Makes the heap's pages end at TO instead of FROM, both multiples of 4096. */
static int move_end(uint32_t from, uint32_t to) {
    mspace_t *mspace = current_process->mspace;
    if (to > from)
        return mspace_map(mspace, &from, to - from, NULL, 0, 0, VMA_FG_HEAP | VMA_MAP_FIXED);
    return to < from ? mspace_unmap(mspace, to, from - to) : 0;
}
// END SOLUTION

int32_t call_brk(const uint32_t *argument) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct process *self = current_process;
    uint32_t end = argument[0];
    if (end >= self->heap && end <= USER_END && !move_end(in_pages(self->brk), in_pages(end)))
        self->brk = end;
    return (int32_t)self->brk;
    // END SOLUTION
}
