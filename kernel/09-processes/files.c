/* Open files. See files.h. */
#include "files.h"

#include <stdbool.h>
#include <stddef.h>

#include "console.h"
#include "errno.h"
#include "process.h"
#include "slabs.h"
#include "string.h"
#include "terminal.h"

#define DISPLAY_SIZE 8192 /* bytes of /proc/<pid>/mmap at most */

/* Shared memory that has a name. */
struct shared {
    struct list link;
    inode_t *ino; /* with a reference: when that is the last one, it is forgotten */
    char name[FILE_NAME_SIZE];
};
static struct list shared_memory = LIST_EMPTY(shared_memory);

static void write_console(const char *text, uint32_t size) {
    for (uint32_t i = 0; i < size; i++)
        console_put(text[i]);
}
void (*console_writer)(const char *text, uint32_t size) = write_console;

/* Puts a new file into the lowest free place of PROCESS. Returns its number. */
static int add(struct process *process, const struct file *content) {
    int number = 0;
    while (number < FILES_LIMIT && process->files[number])
        number++;
    if (number == FILES_LIMIT)
        return -EBADF;
    struct file *file = alloc(sizeof *file);
    if (!file)
        return -ENOMEM;
    *file = *content;
    file->references = 1;
    process->files[number] = file;
    return number;
}

int files_open_console(struct process *process) {
    int result = add(process, &(struct file){0});
    if (result < 0)
        return result;
    process->files[1] = process->files[2] = process->files[0];
    process->files[0]->references = 3;
    return 0;
}

/* Prints to a text of DISPLAY_SIZE bytes. */
static void put_text(void *context, char c) {
    struct file *file = context;
    if (file->size < DISPLAY_SIZE)
        file->text[file->size++] = c;
}

/* Returns the number in "/proc/<number>/mmap", -1 if NAME is nothing of the kind. */
static int pid_of(const char *name) {
    static const char before[] = "/proc/", after[] = "/mmap";
    uint32_t pid = 0;
    if (strncmp(name, before, sizeof before - 1))
        return -1;
    for (name += sizeof before - 1; *name >= '0' && *name <= '9'; name++)
        pid = pid * 10 + (uint32_t)(*name - '0');
    return strcmp(name, after) ? -1 : (int)(pid & 0x7fffffff);
}

static int open_display(struct process *process, int pid) {
    struct process *shown = process_find((uint32_t)pid);
    struct file file = {0};
    if (!shown)
        return -ENOENT;
    file.text = alloc(DISPLAY_SIZE);
    if (!file.text)
        return -ENOMEM;
    mspace_display_to(shown->mspace, (struct sink){put_text, &file});
    int result = add(process, &file);
    if (result < 0)
        free(file.text);
    return result;
}

static int open_inode(struct process *process, inode_t *ino) {
    int result = add(process, &(struct file){.ino = ino, .size = ino->size});
    if (result < 0)
        inode_close(ino);
    return result;
}

int file_open(struct process *process, const char *name) {
    int pid = pid_of(name);
    inode_t *ino;
    if (pid >= 0)
        return open_display(process, pid);
    int error = inode_find(name, &ino);
    return error ? error : open_inode(process, ino);
}

struct file *file_at(const struct process *process, uint32_t number) {
    return number < FILES_LIMIT ? process->files[number] : NULL;
}

static void drop(struct file *file) {
    if (--file->references)
        return;
    if (file->ino)
        inode_close(file->ino);
    free(file->text);
    free(file);
}

static void shared_free(struct shared *shared) {
    list_remove(&shared->link);
    inode_close(shared->ino);
    free(shared);
}

static void forget_unused(void) {
    for (struct list *link = shared_memory.next, *next; link != &shared_memory; link = next) {
        struct shared *shared = list_element(link, struct shared, link);
        next = link->next;
        if (shared->ino->references == 1)
            shared_free(shared);
    }
}

int file_close(struct process *process, uint32_t number) {
    struct file *file = file_at(process, number);
    if (!file)
        return -EBADF;
    process->files[number] = NULL;
    drop(file);
    forget_unused();
    return 0;
}

void files_close(struct process *process) {
    for (uint32_t number = 0; number < FILES_LIMIT; number++)
        file_close(process, number);
    forget_unused();
}

static struct shared *shared_find(const char *name) {
    list_each (link, &shared_memory) {
        struct shared *shared = list_element(link, struct shared, link);
        if (!strcmp(shared->name, name))
            return shared;
    }
    return NULL;
}

static int shared_create(const char *name, uint32_t size, struct shared **result) {
    struct shared *made = alloc(sizeof *made);
    int error = made ? inode_create(size, &made->ino) : -ENOMEM;
    if (error) {
        free(made);
        return error;
    }
    strcopy(made->name, name, sizeof made->name);
    list_append(&shared_memory, &made->link);
    *result = made;
    return 0;
}

int shared_open(struct process *process, const char *name, uint32_t size) {
    struct shared *shared = shared_find(name);
    int error = shared ? 0 : shared_create(name, size, &shared);
    if (error || !size || size > shared->ino->size)
        return error ? error : -EINVAL;
    inode_open(shared->ino);
    int result = open_inode(process, shared->ino);
    forget_unused();
    return result;
}

void files_share(struct process *child, const struct process *parent) {
    for (uint32_t number = 0; number < FILES_LIMIT; number++) {
        child->files[number] = parent->files[number];
        if (child->files[number])
            child->files[number]->references++;
    }
}

int (*file_bring_hook)(inode_t *ino, uint32_t offset, uint32_t size);

/* Has SIZE bytes from FILE's position on in the cache, which may move while others run: processes
 * share open files. */
static int bring(const struct file *file, uint32_t size) {
    uint32_t position;
    int error = 0;
    do {
        position = file->position;
        if (file->ino && file_bring_hook)
            error = file_bring_hook(file->ino, position, size);
    } while (!error && position != file->position);
    return error;
}

int file_read(struct file *file, char *buffer, uint32_t size) {
    if (!file->ino && !file->text)
        return terminal_read(buffer, size);
    int error = bring(file, size);
    if (error)
        return error;
    if (size > file->size - file->position)
        size = file->size - file->position;
    if (file->ino)
        size = inode_read(file->ino, buffer, size, file->position);
    else
        memcpy(buffer, file->text + file->position, size);
    file->position += size;
    return (int)size;
}

int file_write(struct file *file, const char *buffer, uint32_t size) {
    if (file->ino || file->text)
        return -EPERM;
    console_writer(buffer, size);
    return (int)size;
}
