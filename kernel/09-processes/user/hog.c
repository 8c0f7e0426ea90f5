/* Takes memory, a mebibyte at a time, and writes to every page of it; says how much it has got. With
 * no number, takes all there is: the kernel ends it then. */
#include "lib.h"

#define MEBIBYTE 0x100000u
#define PAGE 4096

int main(int argc, char **argv) {
    uint32_t wanted = argc > 1 ? number(argv[1]) : ~0u, got = 0;
    for (; got < wanted; got++) {
        volatile char *block = malloc(MEBIBYTE);
        if (!block)
            break;
        for (uint32_t at = 0; at < MEBIBYTE; at += PAGE)
            block[at] = (char)at;
    }
    printf("%u MiB\n", got);
    return got < wanted;
}
