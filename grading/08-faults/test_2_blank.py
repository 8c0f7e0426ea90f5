"""Exercise 2: pages that start blank, and faults that are mistakes."""

import random

from miroir.check import check, equal
from miroir.fault_world import World
from miroir.i18n import _
from miroir.mspace_memory import lock_taken
from miroir.mspaces import ANON, EXEC, HEAP, KSPACE_START, READ, RW, STACK, VM_WRITE
from miroir.pagetables import PAGE_SIZE, PRESENT, SLOT_SIZE, USER, USER_END, USER_START, WRITE

PLACE = USER_START
KINDS = (HEAP, STACK, ANON)


def blank(world: World, rng: random.Random) -> None:
    """Touches pages of each kind, in any order, for reading and writing."""
    space = world.space()
    places = [world.map(space, PLACE + i * SLOT_SIZE, 6, kind | RW) for i, kind in enumerate(KINDS)]
    touched = [(place + page * PAGE_SIZE, error) for place in places for page, error in
               zip(rng.sample(range(6), 4), (0, WRITE, USER, USER | WRITE))]
    for page, error in rng.sample(touched, len(touched)):
        world.arrive(space, page + rng.randrange(PAGE_SIZE), error)
    world.agree()
    world.normal(space, touched[0][0])
    world.unmap(space, places[0], 6)
    world.agree()


@check(4, _("mspace_fault(): a blank frame for a page of a heap, a stack, anonymous memory"),
       read="exercise-2",
       why=_("A frame still holds what its last owner wrote: passwords, for instance. And a page "
             "is worth a frame only once somebody touches it."))
def test_blank(world: World, rng: random.Random) -> None:
    blank(world, rng)


@check(1, _("The same with `paging=eager`: there when they are mapped"), read="exercise-8",
       why=_("Eager or lazy, a page has the same content. When it comes is a matter of policy."))
def test_blank_eager(eager: World, rng: random.Random) -> None:
    blank(eager, rng)


def refusals(world: World) -> tuple[int, list[tuple[int, int]]]:
    """Returns a new space, and faults in it that cannot be resolved: address, error."""
    space = world.space()
    none = world.map(space, PLACE, 2, ANON | (RW << 4))
    read_only = world.map(space, PLACE + 4 * PAGE_SIZE, 2, ANON | READ | EXEC)
    dead = world.map(space, PLACE + 8 * PAGE_SIZE, 2, ANON | RW)
    world.unmap(space, dead, 1)
    gap = read_only + 2 * PAGE_SIZE
    nowhere = (0, PLACE - 1, USER_END, KSPACE_START, 0xFFFFFFFF, gap, gap + PAGE_SIZE, dead,
               PLACE + 4 * PAGE_SIZE - 1, dead + 2 * PAGE_SIZE)
    rows = [(address, error) for address in nowhere for error in (0, WRITE, USER)]
    return space, rows + [
        (none, 0), (none, WRITE), (read_only, WRITE), (read_only, PRESENT | WRITE),
        (dead + PAGE_SIZE, PRESENT), (dead + PAGE_SIZE, PRESENT | USER),
        (dead + PAGE_SIZE, 8), (dead + PAGE_SIZE, WRITE | 16)]


@check(4, _("mspace_fault(): EFAULT without an area, without the right, for any other kind"),
       read="exercise-2",
       why=_("This is what protects memory: whoever strays gets no page, and nothing else of the "
             "kernel notices."))
def test_refused(world: World) -> None:
    space, rows = refusals(world)
    for address, error in rows:
        world.fault(space, address, error)
    world.agree()


@check(2, _("A fault at a page that is there already: nothing happens"), read="exercise-2",
       why=_("A fault that comes twice must not cost a frame, nor what was written meanwhile."))
def test_again(world: World) -> None:
    space = world.space()
    page = world.map(space, PLACE, 2, ANON | RW)
    world.fault(space, page)
    world.poke(space, page, b"written")
    for error in (0, USER):
        world.fault(space, page, error)
    write_only = world.map(space, PLACE + SLOT_SIZE, 1, ANON | VM_WRITE)
    world.fault(space, write_only)  # what can be written to can be read, on this processor
    world.agree()
    # A write was denied, and the page has gone meanwhile: the access can be tried again.
    command = f"mspace_fault {space:#x} {page + PAGE_SIZE:#x} {PRESENT | WRITE}"
    equal(world.machine.error(command), "", _("error of `{command}`, no page being there").format(
        command=command))


@check(2, _("In the space in use, in another, and in the kernel's own"), read="exercise-2",
       why=_("The kernel fills pages of a process that does not run: to pass arguments to a new "
             "one, for instance."))
def test_spaces(world: World) -> None:
    spaces = [world.space(), world.space(), world.kernel]
    world.do(f"mspace_switch {spaces[0]:#x}")
    for space in spaces:
        place = world.map(space, 0, 3, ANON | RW)
        with lock_taken(world.machine, space, "mspace_fault"):
            world.fault(space, place + PAGE_SIZE, WRITE)
        world.poke(space, place + PAGE_SIZE, space.to_bytes(4, "little"))
    world.do("mspace_switch 0")
    world.agree()


@check(3, _("ENOMEM: nothing has changed, and no frame is lost"), read="exercise-2",
       why=_("A page may cost two frames: its own, and one for the page table. The first must come "
             "back when there is no second."))
def test_no_memory(world: World) -> None:
    space = world.space()
    page = world.map(space, PLACE, 2, ANON | RW)
    for left in (0, 1):
        world.do(f"frames_hoard {left}")
        equal(world.machine.error(f"mspace_fault {space:#x} {page:#x} 2"), "ENOMEM",
              _("error with {count} free frames").format(count=left))
        equal(world.free(), left, _("free frames"))
        world.agree()
        world.do("frames_release")
    world.do("frames_hoard 2")
    world.fault(space, page, WRITE)
    world.agree()


@check(1, _("page_absent_hook is asked first about a page that is missing"), read="exercise-2",
       why=_("A page that was swapped out is missing, but not blank. A later stage plugs itself in "
             "here."))
def test_absent_hook(world: World) -> None:
    space = world.space()
    page = world.map(space, PLACE, 2, ANON | RW)
    area = world.do(f"mspace_search_vma {space:#x} {page:#x}")[0].value
    world.do("page_absent_hook 0", f"mspace_fault {space:#x} {page:#x} 2")
    world.agree()  # it is told that all is well, and puts no page of its own
    answers = world.run(["page_absent_hook 11", f"mspace_fault {space:#x} {page:#x} 2",
                         "page_absent_hook 2"])
    equal(answers[1].error, "EAGAIN", _("error of mspace_fault(), being the hook's"))
    equal(answers[2].values, [1, area, page, 1], _("calls of the hook, area, page and write"))
    world.agree()
    world.fault(space, page, WRITE)  # ENOENT: the hook knows nothing of it
    world.fault(space, page)
    equal(world.do("page_absent_hook")[0].value, 1, _("calls of the hook"))
    world.agree()
