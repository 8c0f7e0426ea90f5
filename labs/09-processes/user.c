/* The memory of user programs, looked at before it is touched. Contract: kernel/09-processes/user.h
 */
#include "user.h"

#include "errno.h"
#include "faults.h"
#include "mapper.h"
#include "string.h"
#include "todo.h"

int user_check(uint32_t address, uint32_t length, bool write) {
    TODO();
    return -ENOSYS;
}

int copy_from_user(void *to, uint32_t from, uint32_t length) {
    TODO();
    return -ENOSYS;
}

int copy_to_user(uint32_t to, const void *from, uint32_t length) {
    TODO();
    return -ENOSYS;
}

int copy_text_from_user(char *buffer, uint32_t from, uint32_t size) {
    TODO();
    return -ENOSYS;
}
