/* Device IDs and the device table. Contract: kernel/10-requests/device.h */
#include "device.h"

#include <stddef.h>

#include "errno.h"
#include "todo.h"

struct device *device_table[DEVICE_KINDS][DEVICE_NUMBERS];

int device_id_make(uint32_t kind, uint32_t number, device_id_t *id) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (kind >= DEVICE_KINDS || number < 1 || number > DEVICE_NUMBERS)
        return -EINVAL;
    id->raw = (uint8_t)(kind << 4 | (number - 1));
    return 0;
    // END SOLUTION
}

uint32_t device_id_kind(device_id_t id) {
    // BEGIN SOLUTION
    //| TODO();
    //| return DEVICE_KINDS;
    return id.raw >> 4;
    // END SOLUTION
}

uint32_t device_id_number(device_id_t id) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return (id.raw & 15) + 1;
    // END SOLUTION
}

bool device_id_equal(device_id_t left, device_id_t right) {
    // BEGIN SOLUTION
    //| TODO();
    //| return false;
    return left.raw == right.raw;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Returns the table's entry for ID: every ID has one. Its kind and number are the row and the column,
 * so its byte is the index in the whole table. */
static struct device **entry_of(device_id_t id) {
    return &device_table[0][0] + id.raw;
}
// END SOLUTION

int device_register(struct device *device) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!device)
        return -EINVAL;
    struct device **entry = entry_of(device->id);
    if (*entry)
        return -EEXIST;
    *entry = device;
    return 0;
    // END SOLUTION
}

struct device *device_find(device_id_t id) {
    // BEGIN SOLUTION
    //| TODO();
    //| return NULL;
    return *entry_of(id);
    // END SOLUTION
}

int device_remove(device_id_t id) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    struct device **entry = entry_of(id);
    if (!*entry)
        return -ENOENT;
    *entry = NULL;
    return 0;
    // END SOLUTION
}
