/* Different but right: recursive, and a table of the pool is free if its first entry says so. */
#include "table4.h"

#include <stdbool.h>

#include "errno.h"
#include "paging.h"

#define UNUSED_TABLE (1ull << 62) /* in the first entry: bits 62..52 are nobody's */
#define USED_FLAGS (TABLE4_PRESENT | TABLE4_WRITABLE | TABLE4_USER)

static bool valid(uint64_t address) {
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

static uint64_t *grab(struct table4 *space) {
    for (uint32_t i = 0; i < space->tables; i++) {
        uint64_t *table = space->pool + i * TABLE4_ENTRIES;
        if (table[0] == UNUSED_TABLE) {
            table[0] = 0;
            space->free--;
            return table;
        }
    }
    return 0;
}

static void release(struct table4 *space, uint64_t *table) {
    for (uint32_t i = 0; i < TABLE4_ENTRIES; i++)
        table[i] = 0;
    table[0] = UNUSED_TABLE;
    space->free++;
}

int table4_init(struct table4 *space, void *pool, uint32_t tables) {
    space->root = 0;
    space->pool = pool;
    space->tables = tables;
    space->free = 0;
    if ((uint32_t)pool & (PAGE_SIZE - 1))
        return -EINVAL;
    for (uint32_t i = tables; i > 0; i--)
        release(space, space->pool + (i - 1) * TABLE4_ENTRIES);
    space->root = grab(space);
    return space->root ? 0 : -ENOMEM;
}

uint32_t table4_index(uint64_t address, uint32_t level) {
    while (level-- > 1)
        address >>= 9;
    return (address >> 12) & (TABLE4_ENTRIES - 1);
}

static uint64_t *next_table(uint64_t entry) {
    return (uint64_t *)(uint32_t)(entry & TABLE4_ADDRESS);
}

/* How many tables are missing below TABLE, of LEVEL, on the way to PAGE. */
static int missing(uint64_t *table, uint64_t page, uint32_t level) {
    uint64_t entry = table[table4_index(page, level)];
    if (!(entry & TABLE4_PRESENT))
        return (int)level - 1;
    if (level == 1 || entry & TABLE4_HUGE)
        return -EEXIST;
    return missing(next_table(entry), page, level - 1);
}

int table4_map(struct table4 *space, uint64_t page, uint64_t frame, uint64_t flags) {
    const uint64_t known = (0x1ff & ~(uint64_t)TABLE4_HUGE) | TABLE4_NO_EXECUTE;
    if (!valid(page) || page % PAGE_SIZE || (frame & TABLE4_ADDRESS) != frame || flags & ~known)
        return -EINVAL;
    int count = missing(space->root, page, 4);
    if (count < 0)
        return count;
    if ((uint32_t)count > space->free)
        return -ENOMEM;
    uint64_t *table = space->root;
    for (uint32_t level = 4; level > 1; level--) {
        uint64_t *entry = &table[table4_index(page, level)];
        if (!(*entry & TABLE4_PRESENT))
            *entry = (uint32_t)grab(space) + USED_FLAGS;
        table = next_table(*entry);
    }
    table[table4_index(page, 1)] = frame + (flags | TABLE4_PRESENT);
    return 0;
}

static int translate(uint64_t *table, uint64_t address, uint32_t level, uint64_t *physical) {
    uint64_t entry = table[table4_index(address, level)];
    uint64_t size = (uint64_t)PAGE_SIZE << 9 * (level - 1);
    if (!(entry & TABLE4_PRESENT))
        return -ENOENT;
    if (level > 1 && !(entry & TABLE4_HUGE))
        return translate(next_table(entry), address, level - 1, physical);
    *physical = (entry & TABLE4_ADDRESS & ~(size - 1)) + (address & (size - 1));
    return 0;
}

int table4_translate(const struct table4 *space, uint64_t address, uint64_t *physical) {
    return valid(address) ? translate(space->root, address, 4, physical) : -EINVAL;
}

static bool has_entries(const uint64_t *table) {
    for (uint32_t i = 0; i < TABLE4_ENTRIES; i++)
        if (table[i])
            return true;
    return false;
}

static int unmap(struct table4 *space, uint64_t *table, uint64_t page, uint32_t level) {
    uint64_t *entry = &table[table4_index(page, level)];
    if (!(*entry & TABLE4_PRESENT))
        return -ENOENT;
    if (level > 1 && *entry & TABLE4_HUGE)
        return -EINVAL;
    uint64_t *below = next_table(*entry);
    int error = level > 1 ? unmap(space, below, page, level - 1) : 0;
    if (error)
        return error;
    if (level == 1 || !has_entries(below)) {
        *entry = 0;
        if (level > 1)
            release(space, below);
    }
    return 0;
}

int table4_unmap(struct table4 *space, uint64_t page) {
    return valid(page) && page % PAGE_SIZE == 0 ? unmap(space, space->root, page, 4) : -EINVAL;
}
