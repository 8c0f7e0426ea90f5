/* Rounds of fork, exec, exit and wait. The argument that a child is executed with comes back as its
 * exit code.
 *
 *     forker ROUNDS */
#include "lib.h"

static int32_t round_trip(uint32_t i) {
    char code[] = {(char)('a' + i % 26), '\0'};
    char *const argv[] = {"forker", "child", code, NULL};
    return run(argv);
}

int main(int argc, char **argv) {
    if (argc > 2)
        return argv[2][0];
    uint32_t rounds = argc > 1 ? number(argv[1]) : 100;
    for (uint32_t i = 0; i < rounds; i++) {
        int32_t status = round_trip(i);
        if (status != (int32_t)('a' + i % 26)) {
            printf("round %u: status %d\n", i, status);
            return 1;
        }
    }
    printf("%u rounds\n", rounds);
    return 0;
}
