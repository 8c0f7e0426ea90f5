/* Touches memory, then forks: who copies what, and when? The parent and the child wait for a line
 * of input each time, so that somebody can look.
 *
 *     touch MEBIBYTES PAGES    the child writes to PAGES of the pages */
#include "lib.h"

#define MEBIBYTE 0x100000u
#define PAGE 4096u
#define LARGEST 16 /* mebibytes */

static uint32_t memory[LARGEST * MEBIBYTE / sizeof(uint32_t)] __attribute__((aligned(4096)));

static void pause(const char *what) {
    char line[16];
    printf("%s\n", what);
    read(0, line, sizeof line);
}

static void write_pages(uint32_t pages, uint32_t value) {
    for (uint32_t i = 0; i < pages; i++)
        ((volatile uint32_t *)memory)[i * PAGE / sizeof *memory] = value + i;
}

static bool is_intact(uint32_t pages, uint32_t value) {
    for (uint32_t i = 0; i < pages; i++)
        if (((volatile uint32_t *)memory)[i * PAGE / sizeof *memory] != value + i)
            return false;
    return true;
}

int main(int argc, char **argv) {
    uint32_t size = (argc > 1 ? number(argv[1]) : 8) * MEBIBYTE;
    uint32_t pages = argc > 2 ? number(argv[2]) : 1;
    if (size > sizeof memory || pages > size / PAGE)
        return 1;
    write_pages(size / PAGE, 1000);
    pause("touched");
    int child = fork();
    if (child < 0)
        return 2;
    if (!child) {
        pause("forked");
        write_pages(pages, 2000);
        pause("written");
        return is_intact(pages, 2000) ? 0 : 3;
    }
    int32_t status;
    wait(&status);
    bool intact = is_intact(size / PAGE, 1000);
    printf(intact && !status ? "intact\n" : "broken\n");
    return !intact;
}
