/* Page faults, resolved: a page comes when it is touched. Graded: exercises 1, 2, 6 and 7.
 *
 *     fault --> page_fault() --> fault_handle() --> fault_resolver --> vma_resolve()
 *               (stage 04)       which space?       area? allowed?     what lies there?
 *                                      |                               (resolve.h)
 *                                      | not resolved
 *                                      v
 *                                fault_end_hook: "Segmentation Fault", the context is ended
 *
 * A fault is no mistake as such. It is one if nothing is mapped at the address, or if the access is
 * not allowed there; then the context that caused it is ended, and the kernel goes on.
 *
 * ERROR is the processor's error code (enum page_fault_error, page_fault.h).
 */
#ifndef MIROIR_FAULTS_H
#define MIROIR_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "mspace.h"
#include "page_fault.h"

/* ---- What happened: exercise 1 ---- */

enum fault_kind {
    FAULT_MISSING,      /* no page is present */
    FAULT_WRITE_DENIED, /* a write, to a page that is present and cannot be written to now */
    FAULT_OTHER,        /* anything else: it can never be resolved */
};

/* Returns what ERROR tells. With any bit other than PRESENT, WRITE and USER it is FAULT_OTHER. */
enum fault_kind fault_decode(uint32_t error);

/* Returns whether VMA's flags allow to write (WRITE true: vma_may_write()), or to read or execute:
 * that is, whether it has any right at all, COPY_ON_WRITE being one. */
bool vma_allows(const vma_t *vma, bool write);

/* ---- What is done about it: exercise 2, and for stacks exercise 6 ---- */

/* Resolves a fault at ADDRESS, any byte, of MSPACE, which may be in use or not. Takes the lock of
 * the space, and gives it back. (So the kernel must not touch pages that may be missing while it
 * holds that lock, or while a directory is open. What frame_view() shows is lost by a fault.)
 *
 * Returns 0 when the access can be tried again: also if there was nothing to do. Otherwise nothing
 * has changed (but that what is DEAD may have been scavenged, and an inode's cache may hold more
 * pages), no frame is lost, and it returns
 *   -EFAULT  the kind of the fault is FAULT_OTHER; no area is there, and no stack can grow that
 *            far; the area does not allow the access; or mspace_eager is set, and there is
 *            something to do
 *   -EIO, -ENOMEM  from vma_resolve() (resolve.h)
 *   -EAGAIN  a later stage's: the page is on its way, and the access shall be tried again */
int mspace_fault(mspace_t *mspace, uint32_t address, uint32_t error);

/* A stack with GROWSDOWN grows when a page below it is touched, so that its first page is then the
 * one that was touched; the pages between are part of it, and come when they are touched. It grows
 *   - by STACK_STEP pages at a time at most: further below, a touch is a pointer gone astray;
 *   - to STACK_LIMIT pages in all at most;
 *   - never so far that the page below it, its guard, is in another area or outside the space.
 * If the fault cannot be resolved, the stack is as it was. */
#define STACK_STEP 32
#define STACK_LIMIT 256

/* Returns the stack of MSPACE that may grow as far as PAGE (a multiple of 4096), in which no area
 * is; NULL if there is none. What is DEAD is scavenged first, so that it is in nobody's way. With
 * the lock. */
vma_t *stack_reaching(mspace_t *mspace, uint32_t page);

/* Makes STACK start at START, a multiple of 4096 below its end, instead of where it starts now: its
 * length, its place in the tree and v_size with it. No page of it is present below START, and no
 * other area is in the way. With the lock. */
void stack_move_start(vma_t *stack, uint32_t start);

/* ---- Who is asked, and the end: exercise 7 ---- */

/* Resolves a fault as mspace_fault() does, which it is at first; a later stage may put another in
 * its place. */
typedef int (*fault_resolver_fn)(mspace_t *mspace, uint32_t address, uint32_t error);
extern fault_resolver_fn fault_resolver;

/* Ends the context that FRAME is of, which has faulted at ADDRESS. Returns whether there was one to
 * end: the trap then returns to where FRAME says. At first it is context_fault() (context.h). */
typedef bool (*fault_end_fn)(struct trap_frame *frame, uint32_t address);
extern fault_end_fn fault_end_hook;

/* Handles a page fault at ADDRESS; the kit makes it the page_fault_hook. Whether it is ring 3 or
 * the kernel that touched ADDRESS is told by frame->error. The space that it belongs to is
 *
 *     address                     | ring 3            | the kernel
 *     USER_START .. USER_END      | mspace_current    | mspace_current
 *     KSPACE_START .. KSPACE_END  | none              | kernel_mspace
 *     anywhere else               | none              | false is returned at once
 *
 * and fault_resolver is called with it. Returns true if that returns 0 or -EAGAIN: the instruction
 * is tried again. In every other case, and if there is no such space, returns what fault_end_hook
 * returns; but if it was the kernel that touched ADDRESS, prints to the console before that
 *
 *     Segmentation Fault: ACCESS ADDRESS at EIP (FUNCTION)
 *
 * where ACCESS is `write to` or `read of`, as the error code says, ADDRESS and EIP are printed by
 * %p, and FUNCTION is what symbol_name() (backtrace.h) says of EIP. Of ring 3 nothing is printed
 * here: a later stage, which knows whose program it is, says it in one line when it ends that. */
bool fault_handle(struct trap_frame *frame, uint32_t address);

#endif
