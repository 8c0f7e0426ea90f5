/* A program in the place of another. Contract: kernel/09-processes/exec.h */
#include "exec.h"

#include "elf.h"
#include "errno.h"
#include "faults.h"
#include "panic.h"
#include "process.h"
#include "string.h"
#include "todo.h"
#include "user.h"

int arguments_add(struct arguments *arguments, const char *word) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    uint32_t size = strlen(word) + 1;
    if (arguments->count >= ARGUMENTS_LIMIT || size > ARGUMENTS_SIZE - arguments->size)
        return -E2BIG;
    memcpy(arguments->text + arguments->size, word, size);
    arguments->size += size;
    arguments->count++;
    return 0;
    // END SOLUTION
}

int arguments_from_user(struct arguments *arguments, uint32_t argv) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    arguments->count = arguments->size = 0;
    for (uint32_t word; argv; argv += sizeof word) {
        int result = copy_from_user(&word, argv, sizeof word);
        if (result || !word)
            return result;
        if (arguments->count >= ARGUMENTS_LIMIT)
            return -E2BIG;
        char *place = arguments->text + arguments->size;
        result = copy_text_from_user(place, word, ARGUMENTS_SIZE - arguments->size);
        if (result < 0)
            return result;
        arguments->size += (uint32_t)result + 1;
        arguments->count++;
    }
    return 0;
    // END SOLUTION
}

// BEGIN SOLUTION
/* Lays ARGUMENTS on the stack of the space in use, which is new; stores its pointer in *ESP. */
static int push_arguments(const struct arguments *arguments, uint32_t *esp) {
    uint32_t words[ARGUMENTS_LIMIT + 3], count = 0;
    uint32_t texts = USER_END - arguments->size;
    uint32_t size = (3 + arguments->count) * sizeof *words;
    *esp = (texts - size) & ~15u;
    words[count++] = arguments->count;
    words[count++] = *esp + 2 * sizeof *words;
    for (uint32_t at = 0; at < arguments->size; at += strlen(arguments->text + at) + 1)
        words[count++] = texts + at;
    words[count++] = 0;
    int error = copy_to_user(texts, arguments->text, arguments->size);
    return error ? error : copy_to_user(*esp, words, size);
}

static int map_stack(mspace_t *mspace) {
    uint32_t size = mspace_eager ? STACK_LIMIT * PAGE_SIZE : EXEC_STACK_SIZE;
    uint32_t address = USER_END - size;
    return mspace_map(mspace, &address, size, NULL, 0, 0,
                      VMA_FG_STACK | VMA_GROWSDOWN | VMA_MAP_FIXED);
}

/* Fills MSPACE, which is new, for the program FILE. Leaves the space in use as it was. */
static int fill(mspace_t *mspace, inode_t *file, const struct elf_image *image,
                const struct arguments *arguments, uint32_t *esp) {
    int error = elf_map(mspace, file, image);
    if (!error)
        error = map_stack(mspace);
    if (error)
        return error;
    mspace_t *before = mspace_current;
    mspace_switch(mspace);
    error = push_arguments(arguments, esp);
    mspace_switch(before);
    return error;
}

/* From here on nothing can fail: the current process becomes the program. */
static void become(mspace_t *mspace, inode_t *file, const struct elf_image *image) {
    struct process *self = current_process;
    mspace_t *old = self->mspace;
    self->mspace = mspace;
    mspace_switch(mspace);
    if (old != kernel_mspace)
        ASSERT_EQ(mspace_close(old), 0);
    if (self->program)
        inode_close(self->program);
    self->program = file;
    self->heap = self->brk = image->end;
    strcopy(self->name, file->name, sizeof self->name);
}

static int load(inode_t *file, const struct arguments *arguments) {
    struct elf_image image;
    mspace_t *mspace;
    uint32_t esp;
    int error = elf_read(file, &image);
    if (!error)
        error = mspace_create(&mspace);
    if (error)
        return error;
    error = fill(mspace, file, &image, arguments, &esp);
    if (error) {
        mspace_close(mspace);
        return error;
    }
    become(mspace, file, &image);
    user_frame(process_frame(current_process), image.entry, esp);
    return 0;
}
// END SOLUTION

int process_exec(const char *name, const struct arguments *arguments) {
    // BEGIN SOLUTION
    //| TODO();
    //| return -ENOSYS;
    inode_t *file;
    int error = inode_find(name, &file);
    if (error)
        return error;
    error = load(file, arguments);
    if (error)
        inode_close(file);
    return error;
    // END SOLUTION
}
