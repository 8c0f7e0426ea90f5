/* From the entry code to the probe: every stage says what it adds by an initcall. */
#include "main.h"

#include "initcall.h"
#include "probe.h"

extern const initcall_fn initcalls_start[], initcalls_end[];

uint32_t boot_magic;
uint32_t boot_information;

void kernel_main(uint32_t magic, uint32_t information) {
    boot_magic = magic;
    boot_information = information;
    for (const initcall_fn *call = initcalls_start; call < initcalls_end; call++)
        (*call)();
    probe_serve();
}
