/* Asks for a chunk, uses it and gives it back, as its arguments say: for seeing what each step
 * does.
 *
 *     chunk a 5000 w 4999 i w 5000 i f
 */
#include "chunk_calls.h"
#include "lib.h"

static uint8_t *chunk; /* the last one */
static char **left;    /* the last argument that was looked at, and those that are left */

static int32_t show_info(void) {
    uint32_t info[2] = {0, 0};
    int32_t error = syscall(SYS_chunk_info, (uint32_t)chunk, (uint32_t)info, 0, 0, 0);
    if (!error)
        printf("size %u corrupted %u\n", info[0], info[1]);
    return error;
}

/* The child goes on with the arguments that are left, before its parent does. */
static int32_t split(void) {
    int child = fork();
    if (child <= 0)
        return child;
    wait(NULL);
    return child;
}

/* Does what the letter WHAT says, with NUMBER. Returns the result. */
static int32_t act(char what, uint32_t number) {
    switch (what) {
    case 'a': /* asks for so many bytes */
        chunk = (uint8_t *)syscall(SYS_chunk_alloc, number, 0, 0, 0, 0);
        return (int32_t)chunk;
    case 'w': /* writes the byte with that number */
        chunk[number] = 1;
        return 1;
    case 'r': /* reads it */
        return chunk[number];
    case 'o': /* has the console print its first bytes, that many */
        return write(1, chunk, number);
    case 'i': /* asks what is known of the chunk */
        return show_info();
    case 'f': /* gives it back */
        return syscall(SYS_chunk_free, (uint32_t)chunk, 0, 0, 0, 0);
    case 'c': /* says that the chunk is at that address */
        chunk = (uint8_t *)number;
        return 0;
    case 's': /* sleeps so many milliseconds */
        sleep(number);
        return 0;
    case 'k': /* makes a child */
        return split();
    case 'e': /* becomes the program that comes next, with what is left */
        return exec(left[1], left + 1);
    case 'm': /* maps a page at that address */
        return (int32_t)mmap((void *)number, 4096, MAP_READ | MAP_WRITE, -1, 0);
    case 'u': /* unmaps so many bytes from the chunk's first on */
        return munmap(chunk, number);
    }
    return -EINVAL;
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        char what = argv[i][0];
        bool alone = what == 'i' || what == 'f' || what == 'k' || what == 'e';
        uint32_t given = !alone && i + 1 < argc ? number(argv[++i]) : 0;
        left = &argv[i];
        printf("%c %u: %x\n", what, given, act(what, given));
    }
    return 0;
}
