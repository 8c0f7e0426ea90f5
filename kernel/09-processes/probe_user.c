/* Commands for what is checked before a program runs: its file, and the pointers that it passes. */
#include "dispatch.h"
#include "elf.h"
#include "errno.h"
#include "exec.h"
#include "faults.h"
#include "mspace.h"
#include "probe.h"
#include "string.h"
#include "user.h"

#define ADDRESS ((uint32_t)call->number[0])
#define LENGTH ((uint32_t)call->number[1])

static int read_file(const char *name, struct elf_image *image, inode_t **file) {
    int error = inode_find(name, file);
    if (error)
        return error;
    error = elf_read(*file, image);
    if (error)
        inode_close(*file);
    return error;
}

PROBE(elf_read, "file:word", "what an executable says: entry, end, number of segments") {
    static struct elf_image image;
    inode_t *file;
    int error = read_file(call->word[0], &image, &file);
    if (error)
        return error;
    inode_close(file);
    probe_hex(call, image.entry);
    probe_hex(call, image.end);
    probe_hex(call, image.count);
    return 0;
}

PROBE(elf_map, "space file:word", "maps the segments of an executable") {
    static struct elf_image image;
    inode_t *file;
    int error = read_file(call->word[1], &image, &file);
    if (error)
        return error;
    error = elf_map((mspace_t *)ADDRESS, file, &image);
    inode_close(file);
    return error;
}

PROBE(user_check, "address length write", "whether ring 3 may read or write there, now") {
    return user_check(ADDRESS, LENGTH, call->number[2]);
}

static fault_resolver_fn usual_resolver;

static int resolve_later(mspace_t *mspace, uint32_t address, uint32_t error) {
    fault_resolver = usual_resolver;
    return -EAGAIN;
}

PROBE(user_check_again, "address length write",
      "user_check() when the first fault says that it is to be tried again") {
    usual_resolver = fault_resolver;
    fault_resolver = resolve_later;
    int result = user_check(ADDRESS, LENGTH, call->number[2]);
    fault_resolver = usual_resolver;
    return result;
}

PROBE(copy_from_user, "address length to", "copies from the space in use to kernel memory") {
    return copy_from_user((void *)(uint32_t)call->number[2], ADDRESS, LENGTH);
}

PROBE(copy_to_user, "address length from", "copies kernel memory to the space in use") {
    return copy_to_user(ADDRESS, (const void *)(uint32_t)call->number[2], LENGTH);
}

PROBE(copy_text_from_user, "address size to", "copies a text to kernel memory: its length") {
    int result = copy_text_from_user((char *)(uint32_t)call->number[2], ADDRESS, LENGTH);
    if (result < 0)
        return result;
    probe_hex(call, (uint32_t)result);
    return 0;
}

PROBE(arguments_from_user, "argv", "the arguments at an address of the space in use") {
    struct arguments arguments;
    int error = arguments_from_user(&arguments, ADDRESS);
    if (error)
        return error;
    for (uint32_t at = 0; at < arguments.size; at += strlen(arguments.text + at) + 1)
        probe_text(call, arguments.text + at);
    return 0;
}

PROBE(arguments_add, "count length",
      "adds so many words of LENGTH letters to none: the last result, how many, bytes of texts") {
    static struct arguments arguments;
    static char word[2 * ARGUMENTS_SIZE];
    int result = 0;
    if (LENGTH >= sizeof word)
        return -EINVAL;
    memset(word, 'x', LENGTH);
    word[LENGTH] = '\0';
    arguments.count = arguments.size = 0;
    for (uint32_t i = 0; i < call->number[0]; i++)
        result = arguments_add(&arguments, word);
    probe_decimal(call, result);
    probe_decimal(call, (int32_t)arguments.count);
    probe_decimal(call, (int32_t)arguments.size);
    return 0;
}

static struct syscall seen;

static int32_t see(const struct syscall *call) {
    if (call->number == SYS_exit)
        return syscall_direct(call);
    seen = *call;
    return (int32_t)(call->number ^ 0x5a5a5a5a);
}

PROBE(syscall_watch, "on", "has calls but exit noted instead of carried out; the last one so far") {
    syscall_dispatch = call->number[0] ? see : syscall_direct;
    probe_hex(call, seen.number);
    for (uint32_t i = 0; i < SYSCALL_ARGUMENTS; i++)
        probe_hex(call, seen.argument[i]);
    return 0;
}
