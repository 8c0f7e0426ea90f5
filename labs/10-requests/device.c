/* Device IDs and the device table. Contract: kernel/10-requests/device.h */
#include "device.h"

#include <stddef.h>

#include "errno.h"
#include "todo.h"

struct device *device_table[DEVICE_KINDS][DEVICE_NUMBERS];

int device_id_make(uint32_t kind, uint32_t number, device_id_t *id) {
    TODO();
    return -ENOSYS;
}

uint32_t device_id_kind(device_id_t id) {
    TODO();
    return DEVICE_KINDS;
}

uint32_t device_id_number(device_id_t id) {
    TODO();
    return 0;
}

bool device_id_equal(device_id_t left, device_id_t right) {
    TODO();
    return false;
}

int device_register(struct device *device) {
    TODO();
    return -ENOSYS;
}

struct device *device_find(device_id_t id) {
    TODO();
    return NULL;
}

int device_remove(device_id_t id) {
    TODO();
    return -ENOSYS;
}
