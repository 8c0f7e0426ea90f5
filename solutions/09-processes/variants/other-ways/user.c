/* Different but right: the areas are asked first, whether the access is allowed, and then every page
 * is made to fault once, needed or not. */
#include "user.h"

#include "errno.h"
#include "faults.h"
#include "mapper.h"
#include "string.h"

static uint32_t page_of(uint32_t address) {
    return address & ~(PAGE_SIZE - 1);
}

static int fault(uint32_t address, bool write) {
    uint32_t flags, error = FAULT_USER | (write ? FAULT_WRITE : 0);
    bool present = !page_flags(mapper_current, address, &flags);
    const vma_t *vma = mspace_search_vma(mspace_current, address);
    if (vma && !vma_allows(vma, write))
        return -EFAULT;
    if (present && (!write || flags & PAGE_WRITE))
        return 0;
    int result = fault_resolver(mspace_current, address, error | (present ? FAULT_PRESENT : 0));
    if (result == -EAGAIN)
        return fault(address, write);
    return result && result != -ENOMEM ? -EFAULT : result;
}

int user_check(uint32_t address, uint32_t length, bool write) {
    uint64_t end = (uint64_t)address + length;
    if (length && (address < USER_START || end > USER_END))
        return -EFAULT;
    for (uint64_t place = address; place < end; place = page_of((uint32_t)place) + PAGE_SIZE) {
        int error = fault((uint32_t)place, write);
        if (error)
            return error;
    }
    return 0;
}

/* How many of LENGTH bytes from ADDRESS on are in its page. */
static uint32_t first_part(uint32_t address, uint32_t length) {
    uint32_t left = page_of(address) + PAGE_SIZE - address;
    return left < length ? left : length;
}

int copy_from_user(void *to, uint32_t from, uint32_t length) {
    if (!length)
        return 0;
    uint32_t part = first_part(from, length);
    int error = user_check(from, part, false);
    if (error)
        return error;
    memcpy(to, (const void *)from, part);
    return copy_from_user((char *)to + part, from + part, length - part);
}

int copy_to_user(uint32_t to, const void *from, uint32_t length) {
    if (!length)
        return 0;
    uint32_t part = first_part(to, length);
    int error = user_check(to, part, true);
    if (error)
        return error;
    memcpy((void *)to, from, part);
    return copy_to_user(to + part, (const char *)from + part, length - part);
}

int copy_text_from_user(char *buffer, uint32_t from, uint32_t size) {
    for (uint32_t length = 0; length < size; length++) {
        int error = copy_from_user(buffer + length, from + length, 1);
        if (error)
            return error;
        if (!buffer[length])
            return (int)length;
    }
    return -E2BIG;
}
