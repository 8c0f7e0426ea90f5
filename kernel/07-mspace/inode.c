/* Files and shared memory: the boot loader's modules, and a cache of their pages. See inode.h. */
#include "inode.h"

#include "errno.h"
#include "initcall.h"
#include "mapper.h"
#include "multiboot.h"
#include "panic.h"
#include "slabs.h"
#include "string.h"
#include "vma.h"

#define CHUNK 256 /* bytes that are copied at a time, through the stack */

static inode_t files[BOOT_MODULES];

struct list inodes = LIST_EMPTY(inodes);
void (*inode_forget_hook)(inode_t *ino);

static void add_to_list(inode_t *ino) {
    static uint32_t last_number;
    ino->number = ++last_number;
    list_append(&inodes, &ino->link);
}

/* Returns the last word of TEXT without the folders before it. */
static const char *last_word(const char *text) {
    const char *word = text;
    for (; *text; text++)
        if ((*text == ' ' || *text == '/') && text[1])
            word = text + 1;
    return word;
}

static void find_files(void) {
    for (uint32_t i = 0; i < boot_info.module_count; i++) {
        const struct boot_module *module = &boot_info.modules[i];
        if (module->end <= module->start)
            continue;
        files[i] = (inode_t){.size = module->end - module->start,
                             .name = last_word(module->text),
                             .data = (const uint8_t *)module->start};
        add_to_list(&files[i]);
    }
}
INITCALL(find_files);

int inode_find(const char *name, inode_t **ino) {
    for (uint32_t i = 0; i < BOOT_MODULES; i++)
        if (files[i].data && !strcmp(files[i].name, name)) {
            *ino = &files[i];
            inode_open(*ino);
            return 0;
        }
    return -ENOENT;
}

int inode_create(uint32_t size, inode_t **ino) {
    if (!size || size > VMA_CFG_MAXSIZE)
        return -EINVAL;
    inode_t *made = alloc_zeroed(sizeof *made);
    if (!made)
        return -ENOMEM;
    made->references = 1;
    made->size = size;
    made->name = "";
    add_to_list(made);
    *ino = made;
    return 0;
}

static uint32_t page_count(const inode_t *ino) {
    return (ino->size + PAGE_SIZE - 1) / PAGE_SIZE;
}

static void drop_cache(inode_t *ino) {
    for (uint32_t i = 0; ino->pages && i < page_count(ino); i++)
        if (ino->pages[i])
            frame_free(ino->pages[i], 1);
    free(ino->pages);
    ino->pages = NULL;
}

void inode_open(inode_t *ino) {
    ino->references++;
}

void inode_close(inode_t *ino) {
    ASSERT_LT(0, ino->references);
    if (--ino->references)
        return;
    if (inode_forget_hook)
        inode_forget_hook(ino);
    drop_cache(ino);
    if (ino->data)
        return;
    list_remove(&ino->link);
    free(ino);
}

/* Returns the frame that the frame view shows, so that it can be shown again. */
static paddr_t viewed(void) {
    paddr_t frame = 0;
    page_translate(mapper_current, FRAME_VIEW, &frame);
    return frame;
}

/* Copies COUNT bytes of FRAME, from OFFSET in it on, to BUFFER, which may lie in the frame view. */
static void copy_from_frame(uint8_t *buffer, paddr_t frame, uint32_t offset, uint32_t count) {
    uint8_t chunk[CHUNK];
    paddr_t before = viewed();
    for (uint32_t done = 0, part; done < count; done += part) {
        part = count - done < CHUNK ? count - done : CHUNK;
        memcpy(chunk, (uint8_t *)frame_view(frame) + offset + done, part);
        frame_view(before);
        memcpy(buffer + done, chunk, part);
    }
}

/* Copies COUNT bytes of page number INDEX, from OFFSET in it on, to BUFFER. */
static void read_page(const inode_t *ino, uint32_t index, uint8_t *buffer, uint32_t offset,
                      uint32_t count) {
    if (ino->pages && ino->pages[index])
        copy_from_frame(buffer, ino->pages[index], offset, count);
    else if (ino->data)
        memcpy(buffer, ino->data + index * PAGE_SIZE + offset, count);
    else
        memset(buffer, 0, count);
}

uint32_t inode_read(const inode_t *ino, void *buffer, uint32_t size, uint32_t offset) {
    uint32_t end = offset < ino->size ? ino->size : offset;
    if (size > end - offset)
        size = end - offset;
    for (uint32_t done = 0, part; done < size; done += part) {
        uint32_t place = (offset + done) % PAGE_SIZE;
        part = size - done < PAGE_SIZE - place ? size - done : PAGE_SIZE - place;
        read_page(ino, (offset + done) / PAGE_SIZE, (uint8_t *)buffer + done, place, part);
    }
    return size;
}

/* Fills FRAME with page number INDEX; what is after the end is blank. */
static void fill(const inode_t *ino, uint32_t index, paddr_t frame) {
    paddr_t before = viewed();
    uint8_t *bytes = frame_view(frame);
    uint32_t count = inode_read(ino, bytes, PAGE_SIZE, index * PAGE_SIZE);
    memset(bytes + count, 0, PAGE_SIZE - count);
    frame_view(before);
}

int inode_page(inode_t *ino, uint32_t index, paddr_t *frame) {
    paddr_t fresh;
    if (index >= page_count(ino))
        return -ERANGE;
    if (!ino->pages && !(ino->pages = alloc_zeroed(page_count(ino) * sizeof *ino->pages)))
        return -ENOMEM;
    if (!ino->pages[index]) {
        int error = frame_alloc(1, ZONE_NORMAL, &fresh);
        if (error)
            return error;
        fill(ino, index, fresh);
        ino->pages[index] = fresh;
    }
    *frame = ino->pages[index];
    return 0;
}
