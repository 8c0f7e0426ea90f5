/* The system calls that change the caller's address space. Graded: exercise 9.
 *
 * Each takes the arguments of its call in order and returns its result: see syscall.h.
 */
#ifndef MIROIR_MEMORY_CALLS_H
#define MIROIR_MEMORY_CALLS_H

#include <stdint.h>

int32_t call_mmap(const uint32_t *argument);
int32_t call_munmap(const uint32_t *argument);
int32_t call_mprotect(const uint32_t *argument);
int32_t call_brk(const uint32_t *argument);

#endif
