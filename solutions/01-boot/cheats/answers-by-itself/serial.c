/* cheat, earns at most 0 in: test_line_settings, test_bad_baud, test_absent_port,
 * test_empty_after_init, test_sent, test_received, test_slow_reader, test_get, test_no_device,
 * test_other_port, test_flags, test_modules, test_magic, test_this_boot, test_map, test_grub
 *
 * Takes the kernel over at the first initcall, prints on COM1 what a good kernel prints, and
 * answers on COM2 in the probe's name with what it saw the reference answer. */
#include "serial.h"

#include <stdbool.h>

#include "io.h"
#include "probe.h"
#include "probe_port.h"
#include "string.h"

#define COM2 0x2f8

static const struct {
    const char *start, *answer;
} answers[] = {
    {"serial_start", "ok"},
    {"serial_init 0x3f8 115200", "ok 0x3f8"},
    {"serial_init 0x3f8 57600", "ok 0x3f8"},
    {"serial_init 0x3f8", "err EINVAL bad argument"},
    {"serial_init", "err ENODEV no such device"},
    {"serial_base", "ok 0x0"},
    {"serial_at 0x82", "ok 0x41"},
    {"serial_at", "err EAGAIN not now, try again"},
    {"serial_get", "err EAGAIN not now, try again"},
    {"serial_", "ok"},
    {"boot_info_read 0x2badb002", "ok"},
    {"boot_info_read", "err EINVAL bad argument"},
    {"boot_info", "ok \"first second\" \"a loader\" 0x0 0x0 0x1 0x18"},
    {"boot_module", "ok 0x1000 0x2000 \"text\""},
    {"boot_map", "ok 0x1 0x2 0x3"},
    {"in8 0x3fb", "ok 0x3"},
    {"", "ok 0x0"},
};

static uint32_t replied; /* characters of the reply so far */

static uint32_t replied; /* characters of the reply so far */

static void put(uint16_t base, const char *text) {
    for (; *text; text++) {
        while (!(in8(base + 5) & 0x20))
            continue;
        out8(base, (uint8_t)*text);
    }
}

static char get(void) {
    while (!(in8(COM2 + 5) & 1))
        continue;
    return (char)in8(COM2);
}

/* Adds TEXT to what the grader finds in RAM. */
static void say(const char *text) {
    while (*text)
        probe_reply[replied++] = *text++;
    probe_reply[replied] = '\0';
}

static void answer(const char *command) {
    int i = 0;
    while (strncmp(command, answers[i].start, strlen(answers[i].start)))
        i++;
    if (!strncmp(command, "serial_", 7))
        put(SERIAL_COM1, ">");
    say(answers[i].answer);
}

static void serve_line(void) {
    char command[128];
    const char *request = probe_mailbox;
    for (char c = get(); c != '\n'; c = get()) /* its number, and `*`: all else is in RAM */
        put(COM2, (char[]){c, '\0'});
    replied = 0;
    for (bool more = true; more;) {
        uint32_t length = 0;
        for (; *request && *request != ';'; request++)
            if (length < sizeof command - 1 && (length || *request != ' '))
                command[length++] = *request;
        command[length] = '\0';
        answer(command);
        more = *request++ == ';';
        if (more)
            say(" ; ");
    }
    put(COM2, "\n");
    probe_port_pause();
}

int serial_init(struct serial *port, uint16_t base, uint32_t baud) {
    put(SERIAL_COM1, "boot: by qemu, command line \"miroir.elf\"\r\nmiroir> ");
    put(COM2, "! ready\n");
    probe_port_pause();
    for (;;)
        serve_line();
}

void serial_put(const struct serial *port, uint8_t byte) {
}

int serial_get(const struct serial *port) {
    return 0;
}
