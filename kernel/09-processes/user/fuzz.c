/* A fuzzer of system calls: several processes at a time call with random numbers and arguments,
 * while their parent keeps a block of memory that nobody may touch.
 *
 *     fuzz CALLS SEED
 *
 * A worker makes LIFE calls, unless it happens to unmap its own code; then another one follows. */
#include "lib.h"

#define WORKERS 4
#define LIFE 1000
#define CANARY 16384 /* bytes */
#define ARENA 0x50000000u
#define ARENA_SIZE 0x100000u
#define COUNTER ((void *)0x60000000)
#define PAGE 4096u

static uint32_t state;
static uint32_t canary[CANARY / sizeof(uint32_t)];
static volatile uint32_t *calls; /* made so far by all, in shared memory */

static uint32_t chance(uint32_t bound) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % bound;
}

/* Returns a random address: in the arena, at an edge, or anywhere. */
static uint32_t address(void) {
    static const uint32_t edges[] = {0,          1,          PAGE,       0x00100000, 0x003ff000,
                                     0x00400000, 0xbffffffc, 0xbfffffff, 0xc0000000, 0xe0000000,
                                     0xffbff000, 0xfffff000, 0xffffffff};
    switch (chance(4)) {
    case 0:
        return state;
    case 1:
        return edges[chance(sizeof edges / sizeof *edges)];
    default:
        return ARENA + chance(ARENA_SIZE / PAGE) * PAGE + (chance(4) ? 0 : chance(PAGE));
    }
}

/* Returns a random argument of any kind. */
static uint32_t argument(void) {
    switch (chance(4)) {
    case 0:
        return chance(32);
    case 1:
        return chance(16) * PAGE;
    case 2:
        return chance(2) ? (uint32_t)-1 - chance(8) : state;
    default:
        return address();
    }
}

/* In a child that a worker has forked: its end, or another program. */
static void __attribute__((noreturn)) be_child(void) {
    char *const argv[] = {"echo", "fuzz", NULL};
    if (chance(4) == 0)
        exec(argv[0], argv);
    exit((int)chance(1000));
}

/* What is called now and then on purpose, so that random calls find something to work on. */
static void furnish(void) {
    mmap((void *)(ARENA + chance(ARENA_SIZE / PAGE) * PAGE), (1 + chance(16)) * PAGE, chance(32),
         chance(2) ? -1 : (int)chance(16), 0);
    if (chance(8) == 0)
        shm_open(chance(2) ? "one" : "two", 1 + chance(16 * PAGE));
    if (chance(8) == 0)
        open(chance(2) ? "echo" : "/proc/1/mmap");
}

static void random_call(void) {
    uint32_t call = chance(16) ? chance(20) : state;
    if (call == SYS_exit || (call == SYS_fork && chance(8)) || (call == SYS_sleep && chance(256)))
        call = SYS_getpid;
    uint32_t first = call == SYS_sleep ? chance(20) : argument();
    if (syscall(call, first, argument(), argument(), argument(), argument()) == 0 &&
        call == SYS_fork)
        be_child();
    ++*calls;
}

static void __attribute__((noreturn)) be_worker(uint32_t seed) {
    state = seed;
    for (int file = 0; file < 3; file++)
        close(file);
    for (uint32_t i = 0; i < LIFE; i++) {
        if (i % 8 == 0)
            furnish();
        random_call();
    }
    exit(0);
}

static void start_worker(void) {
    uint32_t seed = chance(0xffffffff) | 1;
    if (fork() == 0)
        be_worker(seed);
}

static bool is_intact(void) {
    for (uint32_t i = 0; i < sizeof canary / sizeof *canary; i++)
        if (canary[i] != i * 2654435761u)
            return false;
    return true;
}

int main(int argc, char **argv) {
    uint32_t wanted = argc > 1 ? number(argv[1]) : 10000;
    state = argc > 2 ? number(argv[2]) | 1 : 1;
    int file = shm_open("calls", PAGE);
    calls = mmap(COUNTER, PAGE, MAP_READ | MAP_WRITE | MAP_SHARED, file, 0);
    close(file);
    for (uint32_t i = 0; i < sizeof canary / sizeof *canary; i++)
        canary[i] = i * 2654435761u;
    for (int i = 0; i < WORKERS; i++)
        start_worker();
    while (wait(NULL) > 0)
        if (*calls < wanted)
            start_worker();
    printf("%u calls, %s\n", *calls, is_intact() ? "intact" : "broken");
    return !is_intact();
}
