/* Two processes that play: each answers the other's number by one more, through shared memory. */
#include "lib.h"

#define SIZE 4096

/* Plays ROUNDS rounds: it is our turn when the number on BALL is odd or even as SIDE is. */
static void play(volatile uint32_t *ball, uint32_t side, uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++) {
        while (*ball % 2 != side)
            yield();
        ++*ball;
    }
}

/* Maps the memory called NAME at a place of its own. */
static volatile uint32_t *table(const char *name, void *hint) {
    int file = shm_open(name, SIZE);
    void *place = mmap(hint, SIZE, MAP_READ | MAP_WRITE | MAP_SHARED, file, 0);
    if (file < 0 || SYSCALL_IS_ERROR(place))
        exit(1);
    close(file);
    return place;
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "table";
    uint32_t rounds = argc > 2 ? number(argv[2]) : 1000;
    volatile uint32_t *ball = table(name, NULL);
    int child = fork();
    if (!child) {
        play(table(name, (void *)0x70000000), 1, rounds);
        return 0;
    }
    play(ball, 0, rounds);
    wait(NULL);
    printf("%u\n", *ball);
    return 0;
}
