/* The words of the kernel's command line. */
#include "options.h"

#include "multiboot.h"
#include "string.h"

bool boot_option(const char *word) {
    const char *next = boot_info.command_line;
    size_t length = strlen(word);
    while (next && *next) {
        size_t end = 0;
        while (next[end] && next[end] != ' ')
            end++;
        if (end == length && !strncmp(next, word, length))
            return true;
        next += end + (next[end] == ' ');
    }
    return false;
}
