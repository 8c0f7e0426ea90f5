/* Address spaces in words. Contract: kernel/07-mspace/mspace.h */
#include "console.h"
#include "mspace.h"
#include "todo.h"

// BEGIN SOLUTION
#define KIB_PER_PAGE (PAGE_SIZE / 1024)

static void __attribute__((format(printf, 2, 3))) say(struct sink sink, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    format_to(sink, format, arguments);
    va_end(arguments);
}

static char share_letter(uint32_t flags) {
    if (flags & VMA_SHARED)
        return 'S';
    return flags & VMA_COPY_ON_WRITE ? 'w' : 'p';
}

static void say_content(struct sink sink, const vma_t *vma) {
    switch (vma->flags & VMA_TYPE) {
    case VMA_HEAP:
        say(sink, "[heap]\n");
        break;
    case VMA_STACK:
        say(sink, "[stack]\n");
        break;
    case VMA_ANON:
        say(sink, "[anon]\n");
        break;
    case VMA_PHYS:
        say(sink, "PHYS=%08x\n", vma->offset);
        break;
    default:
        say(sink, "%s @%08x\n", *vma->ino->name ? vma->ino->name : "(inode)", vma->offset);
    }
}

static void say_area(struct sink sink, const vma_t *vma) {
    say(sink, "%08x-%08x %c%c%c%c ", vma->node.value, vma_end(vma),
        vma->flags & VMA_READ ? 'r' : '-', vma->flags & VMA_WRITE ? 'w' : '-',
        vma->flags & VMA_EXEC ? 'x' : '-', share_letter(vma->flags));
    say_content(sink, vma);
}
// END SOLUTION

void mspace_display_to(const mspace_t *mspace, struct sink sink) {
    // BEGIN SOLUTION
    //| TODO();
    say(sink, "%08x-%08x mapped: %u KiB, private: %u KiB, shared: %u KiB\n", mspace->lower_bound,
        mspace->upper_bound, mspace->v_size * KIB_PER_PAGE, mspace->p_size * KIB_PER_PAGE,
        mspace->s_size * KIB_PER_PAGE);
    for (int i = 0; i < 64; i++)
        say(sink, "-");
    say(sink, "\n");
    for (bbnode_t *node = bbtree_first(&mspace->tree); node; node = bbtree_next(node))
        if (!(vma_of(node)->flags & VMA_DEAD))
            say_area(sink, vma_of(node));
    // END SOLUTION
}

void mspace_display(void) {
    // BEGIN SOLUTION
    //| TODO();
    if (mspace_current != kernel_mspace)
        mspace_display_to(mspace_current, console_sink());
    mspace_display_to(kernel_mspace, console_sink());
    // END SOLUTION
}
