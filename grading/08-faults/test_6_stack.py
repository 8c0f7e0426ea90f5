"""Exercise 6: stacks that grow."""

import random

from miroir.check import check, equal
from miroir.fault_world import World
from miroir.faults import STACK_LIMIT, STACK_STEP
from miroir.i18n import _
from miroir.mspaces import ANON, FIXED, GROWSDOWN, READ, RW, STACK
from miroir.pagetables import PAGE_SIZE, USER, USER_END, USER_START, WRITE

GROWING = STACK | RW | GROWSDOWN
STEP = STACK_STEP * PAGE_SIZE
TOP = USER_END - 16 * PAGE_SIZE


def stack(world: World, space: int, pages: int = 2, top: int = TOP) -> int:
    """Maps a stack that ends at TOP; returns where it starts."""
    return world.map(space, top - pages * PAGE_SIZE, pages, GROWING | FIXED)


@check(3, _("A stack grows as far as the page that is touched, and no other page comes"),
       read="exercise-6",
       why=_("A function with a large array touches its far end first. The pages between belong "
             "to the stack, but cost nothing before they are touched."))
def test_grows(world: World, rng: random.Random) -> None:
    space = world.space()
    start = stack(world, space, top=USER_END)
    world.fault(space, USER_END - 1, WRITE)  # the last page of a space is as good as any
    for error in (USER | WRITE, USER, WRITE, 0):  # a read is a touch, too
        world.fault(space, start, USER)
        below = rng.randrange(2, 9)
        world.fault(space, start - below * PAGE_SIZE + rng.randrange(PAGE_SIZE), error)
        start -= below * PAGE_SIZE
        world.poke(space, start, b"deeper")
        world.fault(space, start + PAGE_SIZE)
        world.agree()
    plain = world.map(space, USER_START + 0x100000, 2, STACK | RW)
    world.fault(space, plain - PAGE_SIZE, WRITE)  # one that does not grow
    world.agree()


@check(3, _("By STACK_STEP pages at a time, to STACK_LIMIT pages in all, and no page further"),
       read="exercise-6",
       why=_("A recursion without end must not eat all memory, and a pointer gone astray must not "
             "be taken for a stack."))
def test_stack_limits(world: World) -> None:
    space = world.space()
    start = stack(world, space, pages=1)
    lowest = TOP - STACK_LIMIT * PAGE_SIZE
    while start - STEP >= lowest:
        world.fault(space, start - STEP - 1, WRITE)
        world.fault(space, start - STEP, WRITE)
        start -= STEP
    world.fault(space, lowest - 1, WRITE)
    world.fault(space, lowest, WRITE)
    world.fault(space, lowest - 1, WRITE)
    world.agree()


@check(3, _("One page below a stack stays empty: other areas, the end of the space, new areas"),
       read="exercise-6",
       why=_("Without a guard, a stack that overflows writes into the heap, in silence. With it, "
             "the process dies where the mistake is."))
def test_guard(world: World) -> None:
    space = world.space()
    start = stack(world, space)
    below = world.map(space, start - 6 * PAGE_SIZE, 2, ANON | RW)
    # Below the area, in it, its first neighbour, the first that may be, again.
    for page in (7, 5, 4, 3, 4):
        world.fault(space, start - page * PAGE_SIZE, WRITE)
    world.agree()
    start -= 3 * PAGE_SIZE
    world.map(space, start - PAGE_SIZE, 1, ANON | RW | FIXED)  # in the guard: refused
    # What is DEAD is in nobody's way.
    world.unmap(space, below, 2)
    world.fault(space, below, WRITE)
    world.agree()
    low = stack(world, space, pages=1, top=USER_START + 5 * PAGE_SIZE)
    world.fault(space, USER_START, WRITE)
    world.fault(space, USER_START + PAGE_SIZE, WRITE)
    world.fault(space, USER_START, WRITE)
    world.fault(space, low, WRITE)
    world.agree()


@check(2, _("A stack is as it was if the fault cannot be resolved"), read="exercise-6",
       why=_("A stack that has grown without getting its page has moved its guard into what is "
             "below, for nothing."))
def test_stack_undone(world: World) -> None:
    space = world.space()
    start = stack(world, space)
    world.protect(space, start, 2, READ)
    world.fault(space, start - PAGE_SIZE, WRITE)
    world.agree()
    world.protect(space, start, 2, RW)
    world.do("frames_hoard 0")
    page = start - 3 * PAGE_SIZE
    equal(world.machine.error(f"mspace_fault {space:#x} {page:#x} 2"), "ENOMEM",
          _("error with {count} free frames").format(count=0))
    equal(world.free(), 0, _("free frames"))
    world.agree()
    world.do("frames_release")
    world.fault(space, page, WRITE)
    world.agree()
