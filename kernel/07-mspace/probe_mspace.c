/* Commands for address spaces. A space is named by its address, 0 being the kernel's own; an inode by
 * its address, 0 being none. What changes a space answers with its counters: v_size, p_size, s_size
 * and phys_pg_count. */
#include <stddef.h>

#include "errno.h"
#include "mspace.h"
#include "pages.h"
#include "probe.h"
#include "probe_mspace.h"

mspace_t *probe_space(uint64_t number) {
    return number ? (mspace_t *)(uint32_t)number : kernel_mspace;
}

void probe_sizes(struct probe_call *call, const mspace_t *mspace) {
    probe_hex(call, mspace->v_size);
    probe_hex(call, mspace->p_size);
    probe_hex(call, mspace->s_size);
    probe_hex(call, mspace->phys_pg_count);
}

#define SPACE (probe_space(call->number[0]))
#define ADDRESS ((uint32_t)call->number[1])
#define LENGTH ((uint32_t)call->number[2])

PROBE(mspace_create, "", "makes a user space: where it is") {
    mspace_t *mspace = NULL;
    int error = mspace_create(&mspace);
    probe_hex(call, (uint32_t)mspace);
    return error && mspace ? -EFAULT : error;
}

PROBE(mspace_open, "space", "adds a user to a space") {
    mspace_open(SPACE);
    return 0;
}

PROBE(mspace_close, "space", "takes a user off a space") {
    return mspace_close(SPACE);
}

PROBE(mspace_switch, "space", "puts a space to use") {
    mspace_switch(SPACE);
    return 0;
}

PROBE(mspace_at, "space", "where the struct of a space is, and that of the one in use") {
    probe_hex(call, (uint32_t)SPACE);
    probe_hex(call, (uint32_t)mspace_current);
    return 0;
}

PROBE(mspace_map, "space address length inode offset limit:64 flags",
      "makes an area: its address, and the counters") {
    uint32_t place = ADDRESS;
    int error =
        mspace_map(SPACE, &place, LENGTH, (inode_t *)(uint32_t)call->number[3],
                   (uint32_t)call->number[4], (int32_t)call->number[5], (uint32_t)call->number[6]);
    if (error && place != ADDRESS)
        return -EFAULT;
    probe_hex(call, place);
    probe_sizes(call, SPACE);
    return error;
}

PROBE(mspace_unmap, "space address length", "unmaps a range: the counters") {
    int error = mspace_unmap(SPACE, ADDRESS, LENGTH);
    probe_sizes(call, SPACE);
    return error;
}

PROBE(mspace_protect, "space address length rights",
      "changes the rights of a range: the counters") {
    int error = mspace_protect(SPACE, ADDRESS, LENGTH, (uint32_t)call->number[3]);
    probe_sizes(call, SPACE);
    return error;
}

PROBE(mspace_scavenge, "space", "removes the areas that are DEAD: how many, and the counters") {
    int count = mspace_scavenge(SPACE);
    probe_hex(call, (uint32_t)count);
    probe_sizes(call, SPACE);
    return count < 0 ? count : 0;
}

PROBE(mspace_sweep, "space", "unmaps everything: the counters") {
    mspace_sweep(SPACE);
    probe_sizes(call, SPACE);
    return 0;
}

PROBE(mspace_search_vma, "space address", "the area that an address lies in: where it is, or 0") {
    probe_hex(call, (uint32_t)mspace_search_vma(SPACE, ADDRESS));
    return 0;
}

PROBE(mspace_clone, "space", "copies a space: where the copy is, and its counters") {
    mspace_t *copy = NULL;
    int error = mspace_clone(SPACE, &copy);
    if (error)
        return copy ? -EFAULT : error;
    probe_hex(call, (uint32_t)copy);
    probe_sizes(call, copy);
    return 0;
}

PROBE(kmap, "length inode offset flags", "maps anywhere in the kernel's own space: where") {
    uint32_t address = 0xbad; /* nothing that kmap() should look at */
    int error = kmap(&address, (uint32_t)call->number[0], (inode_t *)(uint32_t)call->number[1],
                     (uint32_t)call->number[2], (uint32_t)call->number[3]);
    probe_hex(call, address);
    return error;
}

PROBE(kunmap, "address length", "unmaps a range of the kernel's own space") {
    return kunmap((uint32_t)call->number[0], (uint32_t)call->number[1]);
}

/* ---- In words ---- */

struct text {
    char characters[PROBE_ANSWER_SIZE / 2];
    uint32_t length;
};

static void put_to_text(void *context, char c) {
    struct text *text = context;
    if (text->length + 1 < sizeof text->characters)
        text->characters[text->length++] = c;
}

PROBE(mspace_display_to, "space", "a space in words") {
    static struct text text;
    text.length = 0;
    mspace_display_to(SPACE, (struct sink){put_to_text, &text});
    text.characters[text.length] = '\0';
    probe_text(call, text.characters);
    return 0;
}

PROBE(mspace_display, "", "prints the space in use and the kernel's own on the console") {
    mspace_display();
    return 0;
}

/* ---- The hooks of later stages, played by the kit ---- */

static struct hook { uint32_t calls, fails_after, out_of_order, unlocked, last; } hook;

/* Puts a frame at PAGE, as a page fault would. */
static int resolve(vma_t *vma, uint32_t page) {
    hook.out_of_order += hook.calls && page != hook.last + PAGE_SIZE;
    hook.unlocked += !vma->mspace->lock.locked;
    hook.last = page;
    if (hook.calls++ == hook.fails_after)
        return -EIO;
    return probe_page_fill(vma, page, false);
}

PROBE(mspace_resolve_hook, "[fails_after]",
      "sets a hook that puts frames, and fails with EIO after so many; without an argument, none") {
    hook = (struct hook){.fails_after = (uint32_t)call->number[0]};
    mspace_resolve_hook = call->count ? resolve : NULL;
    return 0;
}

PROBE(mspace_resolved, "",
      "calls of the hook since it was set, those out of order, and those without the lock") {
    probe_hex(call, hook.calls);
    probe_hex(call, hook.out_of_order);
    probe_hex(call, hook.unlocked);
    return 0;
}

PROBE(mspace_eager, "on", "whether every area is mapped as with RESOLVE") {
    mspace_eager = call->number[0];
    return 0;
}

static struct {
    uint32_t forgotten, copies, wrong, pages;
    int clone_error;
} hooked;

static void note_forgotten(vma_t *vma) {
    bool is_file = (vma->flags & VMA_TYPE) == VMA_FILE;
    hooked.forgotten++;
    hooked.wrong += vma->flags & VMA_DEAD || !vma->mspace->lock.locked || is_file != !!vma->ino;
    for (uint32_t page = vma->node.value; page < vma_end(vma); page += PAGE_SIZE)
        hooked.pages += !vma_page_find(vma, page, &(paddr_t){0}, &(uint32_t){0});
}

static int note_copy(mspace_t *mspace, mspace_t *copy) {
    hooked.copies++;
    hooked.wrong += mspace->lock.locked || copy->lock.locked || copy->v_size != mspace->v_size;
    return hooked.clone_error;
}

PROBE(mspace_hooks, "error",
      "sets hooks that count areas forgotten and copies; the latter fails so") {
    hooked.forgotten = hooked.copies = hooked.wrong = hooked.pages = 0;
    hooked.clone_error = -(int)call->number[0];
    mspace_forget_hook = note_forgotten;
    mspace_clone_hook = note_copy;
    return 0;
}

PROBE(mspace_hooked, "",
      "areas forgotten and copies since then, calls at a wrong moment, pages of those areas") {
    probe_hex(call, hooked.forgotten);
    probe_hex(call, hooked.copies);
    probe_hex(call, hooked.wrong);
    probe_hex(call, hooked.pages);
    return 0;
}
