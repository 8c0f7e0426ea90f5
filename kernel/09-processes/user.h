/* Memory of user programs, touched by the kernel on their behalf. Graded: exercise 6.
 *
 * An address that came from ring 3 may be anything: not mapped, read-only, the kernel's own, or
 * near 4 GiB. Nothing may be touched before it is known that the program itself could touch it, and
 * that the page is there. All functions are about the address space in use, which is a user's.
 */
#ifndef MIROIR_USER_H
#define MIROIR_USER_H

#include <stdbool.h>
#include <stdint.h>

/* Makes sure that each of LENGTH bytes from ADDRESS on could be read, or with WRITE written, by ring
 * 3 at this moment: as its own access would, this may bring pages in, copy them and let a stack grow
 * (through fault_resolver, faults.h; after its -EAGAIN, that is tried again). Returns 0; -EFAULT if
 * part of the range is outside user space or the access is not allowed; -ENOMEM if there is no frame
 * for a page. LENGTH 0 is always allowed. */
int user_check(uint32_t address, uint32_t length, bool write);

/* Copies LENGTH bytes from user memory at FROM, or to user memory at TO. Return as user_check();
 * after an error, a part may have been copied. */
int copy_from_user(void *to, uint32_t from, uint32_t length);
int copy_to_user(uint32_t to, const void *from, uint32_t length);

/* Copies the text at FROM, up to and with its 0, into BUFFER of SIZE bytes; touches no byte after the
 * 0. Returns its length, without the 0; -E2BIG if it is not shorter than SIZE, -EFAULT, -ENOMEM. */
int copy_text_from_user(char *buffer, uint32_t from, uint32_t size);

#endif
