/* cheat, earns at most 0 in: test_rights, test_brings_in, test_copies */
/* Believes that what is mapped can be touched: looks for an area at the first byte, brings nothing
 * in, and hopes that the kernel's own fault will do it. */
#include "user.h"

#include "errno.h"
#include "mspace.h"
#include "string.h"

int user_check(uint32_t address, uint32_t length, bool write) {
    if (!length)
        return 0;
    if (address < USER_START || address >= USER_END || length > USER_END - address)
        return -EFAULT;
    return mspace_search_vma(mspace_current, address) ? 0 : -EFAULT;
}

int copy_from_user(void *to, uint32_t from, uint32_t length) {
    int error = user_check(from, length, false);
    if (!error)
        memcpy(to, (const void *)from, length);
    return error;
}

int copy_to_user(uint32_t to, const void *from, uint32_t length) {
    int error = user_check(to, length, true);
    if (!error)
        memcpy((void *)to, from, length);
    return error;
}

int copy_text_from_user(char *buffer, uint32_t from, uint32_t size) {
    int error = user_check(from, 1, false);
    size_t length = error ? 0 : strcopy(buffer, (const char *)from, size);
    return error ? error : length < size ? (int)length : -E2BIG;
}
