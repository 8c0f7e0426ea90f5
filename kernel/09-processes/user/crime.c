/* One crime for each word; each must end this process, and nothing else. */
#include "lib.h"

#define KERNEL_ADDRESS 0x00100000
#define POINTER(address) ((volatile uint32_t *)(address))

static volatile uint32_t nothing; /* 0, but the compiler does not know */

static void read_null(void) {
    *POINTER(nothing);
}

static void write_null(void) {
    *POINTER(nothing) = 1;
}

static void read_kernel(void) {
    *POINTER(KERNEL_ADDRESS);
}

static void write_kernel(void) {
    *POINTER(KERNEL_ADDRESS) = 0;
}

static void write_mirror(void) {
    *POINTER(0xfffff000) = 0;
}

static void write_code(void) {
    *POINTER(write_code) = 0;
}

static int descend(int depth) {
    volatile char room[1024];
    room[0] = (char)depth;
    return depth < 0 ? 0 : descend(depth + 1) + room[0];
}

static void overflow(void) {
    descend(0);
}

static void divide(void) {
    nothing = 7 / nothing;
}

static void privileged(void) {
    __asm__ volatile("cli");
}

static void port(void) {
    __asm__ volatile("outb %%al, $0x64" : : "a"(0xfe));
}

static void invalid(void) {
    __asm__ volatile("ud2");
}

static void jump(void) {
    ((void (*)(void))0x30000000)();
}

static void interrupt(void) {
    __asm__ volatile("int $0x20");
}

static void loop(void) {
    for (;;)
        ;
}

static const struct {
    const char *name;
    void (*commit)(void);
} crimes[] = {
    {"null", read_null},        {"write-null", write_null},
    {"kernel", read_kernel},    {"write-kernel", write_kernel},
    {"mirror", write_mirror},   {"code", write_code},
    {"stack", overflow},        {"divide", divide},
    {"privileged", privileged}, {"port", port},
    {"invalid", invalid},       {"jump", jump},
    {"interrupt", interrupt},   {"loop", loop},
};

int main(int argc, char **argv) {
    for (uint32_t i = 0; i < sizeof crimes / sizeof *crimes; i++) {
        if (argc < 2)
            printf("%s\n", crimes[i].name);
        else if (!strcmp(argv[1], crimes[i].name))
            crimes[i].commit();
    }
    return argc < 2 ? 0 : 2;
}
