/* Four levels of tables with 64-bit entries, in software. Contract: kernel/04-paging/table4.h */
#include "table4.h"

#include <stdbool.h>
#include <stddef.h>

#include "errno.h"
#include "paging.h"
#include "string.h"
#include "todo.h"

// BEGIN SOLUTION
#define LEVELS 4
#define TABLE_FLAGS (TABLE4_PRESENT | TABLE4_WRITABLE | TABLE4_USER)
#define FLAGS_ALLOWED (0x1ffull | TABLE4_NO_EXECUTE)

/* The way from the root towards a page: the entry gone through at each level. */
struct path {
    uint32_t level; /* of the last entry: lower levels were not reached */
    uint64_t *entry[LEVELS + 1];
};

static bool is_canonical(uint64_t address) {
    uint64_t top = address >> 47;
    return top == 0 || top == 0x1ffff;
}

static bool is_page(uint64_t address) {
    return address % PAGE_SIZE == 0 && is_canonical(address);
}

/* Returns how many bits of an address lie below those that choose an entry at LEVEL. */
static uint32_t shift(uint32_t level) {
    return 12 + 9 * (level - 1);
}

static uint64_t *table_at(uint64_t entry) {
    return (uint64_t *)(uint32_t)(entry & TABLE4_ADDRESS);
}

/* Follows ADDRESS as far as there are tables. */
static struct path follow(const struct table4 *space, uint64_t address) {
    struct path path = {.level = LEVELS};
    path.entry[LEVELS] = space->root + table4_index(address, LEVELS);
    while (path.level > 1) {
        uint64_t entry = *path.entry[path.level];
        if (!(entry & TABLE4_PRESENT) || entry & TABLE4_HUGE)
            break;
        path.level--;
        path.entry[path.level] = table_at(entry) + table4_index(address, path.level);
    }
    return path;
}

/* The free tables of the pool are a list: NEXT is the first one's number, and each holds the
 * number of the one after it. */
static void put_table(struct table4 *space, uint64_t *table) {
    *table = space->next;
    space->next = (uint32_t)(table - space->pool) / TABLE4_ENTRIES;
    space->free++;
}

static uint64_t *take_table(struct table4 *space) {
    uint64_t *table = space->pool + space->next * TABLE4_ENTRIES;
    space->next = (uint32_t)*table;
    space->free--;
    memset(table, 0, PAGE_SIZE);
    return table;
}

static bool is_empty(const uint64_t *table) {
    for (uint32_t i = 0; i < TABLE4_ENTRIES; i++)
        if (table[i] & TABLE4_PRESENT)
            return false;
    return true;
}
// END SOLUTION

int table4_init(struct table4 *space, void *pool, uint32_t tables) {
    // BEGIN SOLUTION
    //| TODO();
    //| *space = (struct table4){0};
    //| return -ENOSYS;
    *space = (struct table4){.pool = pool, .tables = tables};
    if ((uint32_t)pool % PAGE_SIZE)
        return -EINVAL;
    if (!tables)
        return -ENOMEM;
    for (uint32_t i = 0; i < tables; i++)
        put_table(space, space->pool + i * TABLE4_ENTRIES);
    space->root = take_table(space);
    return 0;
    // END SOLUTION
}

uint32_t table4_index(uint64_t address, uint32_t level) {
    // BEGIN SOLUTION
    //| TODO();
    //| return 0;
    return (uint32_t)(address >> shift(level)) % TABLE4_ENTRIES;
    // END SOLUTION
}

int table4_map(struct table4 *space, uint64_t page, uint64_t frame, uint64_t flags) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!is_page(page) || frame & ~TABLE4_ADDRESS || flags & ~FLAGS_ALLOWED || flags & TABLE4_HUGE)
        return -EINVAL;
    struct path path = follow(space, page);
    uint64_t *entry = path.entry[path.level];
    if (*entry & TABLE4_PRESENT)
        return -EEXIST;
    if (space->free < path.level - 1)
        return -ENOMEM;
    for (uint32_t level = path.level; level > 1; level--) {
        uint64_t *table = take_table(space);
        *entry = (uint32_t)table | TABLE_FLAGS;
        entry = table + table4_index(page, level - 1);
    }
    *entry = frame | flags | TABLE4_PRESENT;
    return 0;
    // END SOLUTION
}

int table4_translate(const struct table4 *space, uint64_t address, uint64_t *physical) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!is_canonical(address))
        return -EINVAL;
    struct path path = follow(space, address);
    uint64_t entry = *path.entry[path.level];
    if (!(entry & TABLE4_PRESENT))
        return -ENOENT;
    uint64_t inside = ((uint64_t)1 << shift(path.level)) - 1;
    *physical = (entry & TABLE4_ADDRESS & ~inside) | (address & inside);
    return 0;
    // END SOLUTION
}

int table4_unmap(struct table4 *space, uint64_t page) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    if (!is_page(page))
        return -EINVAL;
    struct path path = follow(space, page);
    if (!(*path.entry[path.level] & TABLE4_PRESENT))
        return -ENOENT;
    if (path.level > 1)
        return -EINVAL;
    *path.entry[1] = 0;
    for (uint32_t level = 2; level <= LEVELS; level++) {
        uint64_t *table = table_at(*path.entry[level]);
        if (!is_empty(table))
            break;
        *path.entry[level] = 0;
        put_table(space, table);
    }
    return 0;
    // END SOLUTION
}
