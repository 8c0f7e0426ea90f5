/* Stage 01 joins the kernel: a console on COM1, and the boot loader's information. */
#include "console.h"
#include "format.h"
#include "initcall.h"
#include "main.h"
#include "multiboot.h"
#include "serial.h"

struct serial serial_console;
struct boot_info boot_info;

static void put(char c) {
    serial_put(&serial_console, (uint8_t)c);
}

static int get(void) {
    return serial_get(&serial_console);
}

static void init_console(void) {
    static const struct console console = {put, get};
    if (serial_init(&serial_console, SERIAL_COM1, SERIAL_CLOCK) == 0)
        console_register(&console);
}
INITCALL(init_console);

static void init_boot_info(void) {
    if (boot_info_read(&boot_info, boot_magic, (const struct multiboot_info *)boot_information))
        kprintf("boot: no multiboot loader (magic 0x%x)\n", boot_magic);
    else
        kprintf("boot: by %s, command line \"%s\"\n", boot_info.loader_name,
                boot_info.command_line);
}
INITCALL(init_boot_info);
