/* Devices: what they are called, and the table in which they are found. Graded: exercises 1 and 2.
 *
 * A device is known by its ID: its kind, and a number from 1 to 16 that no other device of that
 * kind has. Both fit into one byte:
 *
 *      7     4 3      0
 *     +-------+--------+      Sixteen numbers need four bits, but 16 itself needs five: what is
 *     | kind  | number |      stored is the number less 1. So every byte is an ID, and no two IDs
 *     |       |  - 1   |      are the same byte.
 *     +-------+--------+
 */
#ifndef MIROIR_DEVICE_H
#define MIROIR_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#define DEVICE_KINDS 16
#define DEVICE_NUMBERS 16 /* devices of one kind: numbers 1 to 16 */

/* Kinds are 0 to 15; those not named here are free. */
enum device_kind {
    DEVICE_MEMORY = 0,    /* page frames; number 1 is all of RAM (memory.h) */
    DEVICE_CONSOLE = 1,   /* what people read and type, and files */
    DEVICE_TIMER = 2,     /* the clock */
    DEVICE_PROCESSOR = 3, /* what runs on it: processes */
    DEVICE_DISK = 4,
    DEVICE_TEST = 15, /* for trying out the manager */
};

typedef struct {
    uint8_t raw; /* kind << 4 | (number - 1) */
} device_id_t;

/* ---- IDs ---- */

/* Stores the ID of the device of KIND with NUMBER in *ID. Returns 0; -EINVAL, *ID untouched, if
 * KIND is over 15 or NUMBER is not in 1 .. 16. */
int device_id_make(uint32_t kind, uint32_t number, device_id_t *id);

/* Returns the kind in ID, 0 .. 15. */
uint32_t device_id_kind(device_id_t id);

/* Returns the number in ID, 1 .. 16. */
uint32_t device_id_number(device_id_t id);

/* Returns whether LEFT and RIGHT are the same device: the same kind and the same number. */
bool device_id_equal(device_id_t left, device_id_t right);

/* ---- The table ---- */

struct device;
struct request;
struct request_result;

/* What a driver's developer writes: carries out REQUEST, which is for DEVICE, and returns its
 * status, 0 or more, or a negative errno. RESULT->value and RESULT->pages are 0 at first, and the
 * handler's to fill in; the rest of *RESULT is the manager's. Called with interrupts off. May wait
 * by letting other processes run; must not submit requests (request.h). */
typedef int (*request_handler)(struct device *device, const struct request *request,
                               struct request_result *result);

struct device {
    device_id_t id;
    const char *name;
    request_handler handle; /* NULL: nobody carries out its requests */
};

/* Every device, by kind and by number less 1; NULL where there is none. Found through
 * device_find(), changed by the next two functions alone. Defined by device.c; every entry is NULL
 * at first. */
extern struct device *device_table[DEVICE_KINDS][DEVICE_NUMBERS];

/* Puts DEVICE, which must stay where it is until it is removed, into the table under its ID.
 * Returns 0; -EINVAL if DEVICE is NULL; -EEXIST if a device, be it this one, has that ID. After an
 * error nothing is changed. */
int device_register(struct device *device);

/* Returns the device that has ID, NULL if there is none. Changes nothing. */
struct device *device_find(device_id_t id);

/* Takes the device that has ID out of the table. Returns 0, or -ENOENT if there is none. */
int device_remove(device_id_t id);

#endif
