/* The memory of user programs, looked at before it is touched. Contract: kernel/09-processes/user.h
 */
#include "user.h"

#include "errno.h"
#include "faults.h"
#include "mapper.h"
#include "string.h"
#include "todo.h"

// BEGIN SOLUTION
/* Brings the page of ADDRESS in, until ring 3 could access it: what its own access would do. */
static int reach(uint32_t address, bool write) {
    uint32_t needed = PAGE_PRESENT | PAGE_USER | (write ? PAGE_WRITE : 0), flags;
    while (page_flags(mapper_current, address, &flags) || (flags & needed) != needed) {
        uint32_t error = FAULT_USER | (write ? FAULT_WRITE : 0);
        if (!page_flags(mapper_current, address, &flags))
            error |= FAULT_PRESENT;
        int result = fault_resolver(mspace_current, address, error);
        if (result && result != -EAGAIN)
            return result == -ENOMEM ? -ENOMEM : -EFAULT;
    }
    return 0;
}

static uint32_t left_in_page(uint32_t address) {
    return PAGE_SIZE - address % PAGE_SIZE;
}
// END SOLUTION

int user_check(uint32_t address, uint32_t length, bool write) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!length)
        return 0;
    if (address < USER_START || address >= USER_END || length > USER_END - address)
        return -EFAULT;
    for (uint32_t page = address & ~(PAGE_SIZE - 1); page < address + length; page += PAGE_SIZE) {
        int error = reach(page < address ? address : page, write);
        if (error)
            return error;
    }
    return 0;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Copies between USER and KERNEL, page by page: one that was brought in a while ago might be gone
 * again. */
static int copy(uint32_t user, void *kernel, uint32_t length, bool write) {
    for (uint32_t part; length; length -= part) {
        part = left_in_page(user) < length ? left_in_page(user) : length;
        int error = user_check(user, part, write);
        if (error)
            return error;
        memcpy(write ? (void *)user : kernel, write ? kernel : (void *)user, part);
        user += part;
        kernel = (char *)kernel + part;
    }
    return 0;
}
// END SOLUTION

int copy_from_user(void *to, uint32_t from, uint32_t length) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    return copy(from, to, length, false);
    // END SOLUTION
}

int copy_to_user(uint32_t to, const void *from, uint32_t length) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    return copy(to, (void *)from, length, true);
    // END SOLUTION
}

int copy_text_from_user(char *buffer, uint32_t from, uint32_t size) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    for (uint32_t i = 0; i < size; i++) {
        int error = i && left_in_page(from + i) != PAGE_SIZE ? 0 : user_check(from + i, 1, false);
        if (error)
            return error;
        buffer[i] = *(const char *)(from + i);
        if (!buffer[i])
            return (int)i;
    }
    return -E2BIG;
    // END SOLUTION
}
