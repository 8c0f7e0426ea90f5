/* Commands that reach the bare machine, for every stage: ports, memory, a place to write to. */
#include <stddef.h>

#include "errno.h"
#include "io.h"
#include "linker.h"
#include "probe.h"

/* Memory that nothing in the kernel uses: the grader writes structures here, from outside, for the
 * kernel's functions to read. */
#define SCRATCH_SIZE 0x10000
static char scratch[SCRATCH_SIZE] __attribute__((aligned(4096)));

PROBE(scratch, "", "address and size of memory that the kernel leaves alone") {
    probe_hex(call, (uint32_t)scratch);
    probe_hex(call, sizeof scratch);
    return 0;
}

PROBE(image, "", "where the kernel's image starts and ends") {
    probe_hex(call, (uint32_t)kernel_start);
    probe_hex(call, (uint32_t)kernel_end);
    return 0;
}

PROBE(in8, "port", "reads an 8-bit port") {
    if (call->number[0] > 0xffff)
        return -ERANGE;
    probe_hex(call, in8((uint16_t)call->number[0]));
    return 0;
}

PROBE(out8, "port value", "writes to an 8-bit port") {
    if (call->number[0] > 0xffff || call->number[1] > 0xff)
        return -ERANGE;
    out8((uint16_t)call->number[0], (uint8_t)call->number[1]);
    return 0;
}

PROBE(read32, "address [count]", "reads 32-bit words of memory") {
    const volatile uint32_t *word = (const volatile uint32_t *)(uint32_t)call->number[0];
    uint32_t count = call->count > 1 ? (uint32_t)call->number[1] : 1;
    if (call->number[0] % 4)
        return -EINVAL;
    while (count--)
        probe_hex(call, *word++);
    return 0;
}

PROBE(write32, "address value", "writes a 32-bit word to memory") {
    if (call->number[0] % 4)
        return -EINVAL;
    *(volatile uint32_t *)(uint32_t)call->number[0] = (uint32_t)call->number[1];
    return 0;
}

PROBE(spin, "cycles:64", "does nothing until the time stamp counter has advanced by that much") {
    uint64_t start = cpu_cycles();
    while (cpu_cycles() - start < call->number[0])
        continue;
    return 0;
}
