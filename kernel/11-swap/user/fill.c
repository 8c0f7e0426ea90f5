/* Fills more memory than there is, and looks whether it is all still there.
 *
 *     fill MEBIBYTES SEED          writes to every page, then reads them all in another order
 *     fill MEBIBYTES SEED WRITES   then forks: both read all, write to one page in WRITES, read again
 *     fill MEBIBYTES SEED WRITES NAME    in shared memory of that name: each writes to other pages; it is also
 *                                    read like a file
 *
 * What is written depends on SEED. Prints `SEED: intact`, or `SEED: broken`. */
#include "lib.h"

#define MEBIBYTE 0x100000u
#define PAGE 4096u
#define WORDS (PAGE / sizeof(uint32_t))
#define STEP 7919 /* a prime: i * STEP goes through all pages, and looks like chance */

static uint32_t *memory;
static uint32_t pages, seed;

/* Returns what belongs into word PLACE of page NUMBER, of which version VERSION is there. */
static uint32_t content(uint32_t number, uint32_t place, uint32_t version) {
    uint32_t mixed = (seed + number * 2654435761u) ^ (place * 40503 + version * 69069);
    mixed ^= mixed >> 15;
    return mixed * 2246822519u ^ mixed << 7;
}

/* Places in a page: its first word, its last, and one in between. */
static const uint32_t places[] = {0, 517, WORDS - 1};
#define PLACES (sizeof places / sizeof *places)

static void write_page(uint32_t number, uint32_t version) {
    for (uint32_t i = 0; i < PLACES; i++)
        memory[number * WORDS + places[i]] = content(number, places[i], version);
}

/* Returns whether PAGE is page NUMBER in that version. */
static bool is_intact(const uint32_t *page, uint32_t number, uint32_t version) {
    for (uint32_t i = 0; i < PLACES; i++)
        if (page[places[i]] != content(number, places[i], version))
            return false;
    return true;
}

/* Which version of page NUMBER is there when one in WRITES has been changed by WHO, 1 or 2, each his
 * own; in shared memory both have. */
static uint32_t version_of(uint32_t number, uint32_t writes, uint32_t who, bool shared) {
    if (!writes)
        return 0;
    if (shared)
        return number % writes < 2 ? number % writes + 1 : 0;
    return number % writes ? 0 : who;
}

/* Reads every page; returns how many are broken. */
static uint32_t read_all(uint32_t writes, uint32_t who, bool shared) {
    uint32_t broken = 0;
    for (uint32_t i = 0; i < pages; i++) {
        uint32_t number = (i * STEP + seed) % pages;
        broken +=
            !is_intact(memory + number * WORDS, number, version_of(number, writes, who, shared));
    }
    return broken;
}

/* The same of shared memory, read like a file. */
static uint32_t read_file(int file, uint32_t writes) {
    static uint32_t page[WORDS];
    uint32_t broken = 0;
    for (uint32_t number = 0; number < pages; number++) {
        for (uint32_t done = 0; done < PAGE; done += SYSCALL_TRANSFER)
            read(file, (char *)page + done, SYSCALL_TRANSFER);
        broken += !is_intact(page, number, version_of(number, writes, 1, true));
    }
    return broken;
}

static void change(uint32_t writes, uint32_t who, bool shared) {
    for (uint32_t number = shared ? who - 1 : 0; number < pages; number += writes)
        write_page(number, who);
}

/* What parent and child do: 1 and 2. */
static uint32_t live(uint32_t writes, uint32_t who, bool shared) {
    uint32_t broken = shared ? 0 : read_all(0, who, shared);
    change(writes, who, shared);
    return broken + (shared ? 0 : read_all(writes, who, shared));
}

static uint32_t live_twice(uint32_t writes, bool shared) {
    int32_t status = 0;
    int child = fork();
    if (child < 0)
        return 1;
    if (!child)
        exit(live(writes, 2, shared) != 0);
    uint32_t broken = live(writes, 1, shared);
    wait(&status);
    return broken + (status != 0) + (shared ? read_all(writes, 1, shared) : 0);
}

int main(int argc, char **argv) {
    uint32_t size = (argc > 1 ? number(argv[1]) : 1) * MEBIBYTE;
    uint32_t writes = argc > 3 ? number(argv[3]) : 0;
    bool shared = argc > 4;
    int file = shared ? shm_open(argv[4], size) : -1;
    seed = argc > 2 ? number(argv[2]) : 1;
    pages = size / PAGE;
    memory = mmap(NULL, size, MAP_READ | MAP_WRITE | (shared ? MAP_SHARED : 0), file, 0);
    if (SYSCALL_IS_ERROR(memory))
        return 2;
    for (uint32_t i = 0; i < pages; i++)
        write_page(i, 0);
    uint32_t broken = writes ? live_twice(writes, shared) : read_all(0, 1, shared);
    if (shared)
        broken += read_file(file, writes);
    printf(broken ? "%u: broken\n" : "%u: intact\n", seed);
    return broken != 0;
}
