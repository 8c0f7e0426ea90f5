/* Commands for device IDs and the device table. An ID is given as its byte. */
#include "device.h"
#include "errno.h"
#include "probe.h"
#include "probe_test.h"

#define ID(i) ((device_id_t){(uint8_t)call->number[i]})
#define UNTOUCHED 0xa5

PROBE(device_id_make, "kind number", "the ID of a device: its byte") {
    /* The bytes around it are nobody's: an ID has one. */
    device_id_t id[3] = {{UNTOUCHED}, {UNTOUCHED}, {UNTOUCHED}};
    int error = device_id_make((uint32_t)call->number[0], (uint32_t)call->number[1], &id[1]);
    if (id[0].raw != UNTOUCHED || id[2].raw != UNTOUCHED || (error && id[1].raw != UNTOUCHED))
        return -EFAULT;
    probe_hex(call, id[1].raw);
    return error;
}

PROBE(device_id_kind, "id", "the kind in an ID") {
    probe_hex(call, device_id_kind(ID(0)));
    return 0;
}

PROBE(device_id_number, "id", "the number in an ID") {
    probe_hex(call, device_id_number(ID(0)));
    return 0;
}

PROBE(device_id_equal, "left right", "whether two IDs are the same device") {
    probe_hex(call, device_id_equal(ID(0), ID(1)));
    return 0;
}

PROBE(device_register, "id [copy] [handler]",
      "registers a test device (copy 0 or 1), with a handler unless handler is 0; its address") {
    bool without = call->count > 2 && !call->number[2];
    struct device *device = test_device((uint8_t)call->number[0], call->number[1]);
    device->handle = without ? 0 : test_handle;
    probe_hex(call, (uint32_t)device);
    return device_register(device);
}

PROBE(device_register_null, "", "registers no device at all") {
    return device_register(0);
}

PROBE(device_find, "id", "the device that has an ID: its address, 0 if there is none") {
    probe_hex(call, (uint32_t)device_find(ID(0)));
    return 0;
}

PROBE(device_remove, "id", "takes a device out of the table") {
    return device_remove(ID(0));
}

PROBE(devices, "", "every device: kind, number and name") {
    for (uint32_t raw = 0; raw < DEVICE_KINDS * DEVICE_NUMBERS; raw++) {
        const struct device *device = device_find((device_id_t){(uint8_t)raw});
        if (!device)
            continue;
        probe_hex(call, device_id_kind(device->id));
        probe_hex(call, device_id_number(device->id));
        probe_text(call, device->name);
    }
    return 0;
}
