/* Bytes and C strings. Plain loops, but for the two that clear and copy whole pages. */
#include "string.h"

void *memcpy(void *to, const void *from, size_t count) {
    void *target = to;
    size_t words = count / 4, bytes = count % 4;
    __asm__ volatile("rep movsl" : "+D"(target), "+S"(from), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(target), "+S"(from), "+c"(bytes) : : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t count) {
    if (to <= from)
        return memcpy(to, from, count);
    char *target = to;
    const char *source = from;
    while (count--)
        target[count] = source[count];
    return to;
}

void *memset(void *to, int byte, size_t count) {
    void *target = to;
    size_t words = count / 4, bytes = count % 4;
    uint32_t pattern = (uint8_t)byte * 0x01010101u;
    __asm__ volatile("rep stosl" : "+D"(target), "+c"(words) : "a"(pattern) : "memory");
    __asm__ volatile("rep stosb" : "+D"(target), "+c"(bytes) : "a"(pattern) : "memory");
    return to;
}

int memcmp(const void *left, const void *right, size_t count) {
    const uint8_t *a = left, *b = right;
    for (; count--; a++, b++)
        if (*a != *b)
            return *a - *b;
    return 0;
}

size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

int strcmp(const char *left, const char *right) {
    return strncmp(left, right, (size_t)-1);
}

int strncmp(const char *left, const char *right, size_t count) {
    for (; count--; left++, right++)
        if (*left != *right || !*left)
            return (uint8_t)*left - (uint8_t)*right;
    return 0;
}

size_t strcopy(char *to, const char *from, size_t size) {
    size_t length = strlen(from);
    size_t kept = length < size ? length : size - 1;
    memcpy(to, from, kept);
    to[kept] = '\0';
    return length;
}

/* Returns what the digit C is worth, or 16 when it is no digit. */
static unsigned digit_value(char c) {
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a' + 10);
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A' + 10);
    return 16;
}

bool parse_number(const char *text, uint64_t *value) {
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    unsigned radix = hexadecimal ? 16 : 10;
    uint64_t sum = 0;
    if (hexadecimal)
        text += 2;
    if (!*text)
        return false;
    for (; *text; text++) {
        unsigned digit = digit_value(*text);
        uint64_t next;
        if (digit >= radix || __builtin_mul_overflow(sum, (uint64_t)radix, &next) ||
            __builtin_add_overflow(next, (uint64_t)digit, &sum))
            return false;
    }
    *value = sum;
    return true;
}
