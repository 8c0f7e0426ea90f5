/* Different but right: IDs by arithmetic, the table as one row of 256. */
#include "device.h"

#include <stddef.h>

#include "errno.h"

struct device *device_table[DEVICE_KINDS][DEVICE_NUMBERS];

static struct device **row(void) {
    return &device_table[0][0];
}

int device_id_make(uint32_t kind, uint32_t number, device_id_t *id) {
    if (kind > 15 || number - 1 > 15)
        return -EINVAL;
    id->raw = (uint8_t)(16 * kind + number - 1);
    return 0;
}

uint32_t device_id_kind(device_id_t id) {
    return id.raw / 16;
}

uint32_t device_id_number(device_id_t id) {
    return id.raw % 16 + 1;
}

bool device_id_equal(device_id_t left, device_id_t right) {
    return !(left.raw ^ right.raw);
}

int device_register(struct device *device) {
    if (!device)
        return -EINVAL;
    if (device_find(device->id))
        return -EEXIST;
    row()[device->id.raw] = device;
    return 0;
}

struct device *device_find(device_id_t id) {
    return row()[id.raw];
}

int device_remove(device_id_t id) {
    int error = device_find(id) ? 0 : -ENOENT;
    row()[id.raw] = NULL;
    return error;
}
