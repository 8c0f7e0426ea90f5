"""Exercise 8: pages that are there before they are touched."""

from miroir.check import check, equal, true
from miroir.fault_world import World
from miroir.i18n import _
from miroir.mspace_memory import knows_taker
from miroir.mspaces import (ANON, CAN_WRITE, COPY_ON_WRITE, EXEC, FILE, GROWSDOWN, HEAP, PHYS,
                            READ, RESOLVE, RW, SHARED, STACK)
from miroir.pagetables import PAGE_SIZE, PRESENT, USER_END, WRITE

DATA = FILE | READ | READ << 4 | CAN_WRITE | COPY_ON_WRITE
CODE = FILE | READ | EXEC
LATER = FILE | READ | READ << 4 | CAN_WRITE  # may be made writable


def map_all(world: World, space: int, flags: int) -> list[int]:
    """Maps an area of every kind, with FLAGS besides."""
    file = world.file("data")
    places = [world.map(space, 0, 2, kind | RW | flags) for kind in (HEAP, STACK, ANON)]
    places += [world.map(space, 0, 3, kind | flags, file, PAGE_SIZE, limit)
               for kind, limit in ((DATA, 0), (DATA, PAGE_SIZE + 9), (CODE, 0), (LATER, 0),
                                   (FILE | RW | SHARED, 0))]
    return places


@check(2, _("RESOLVE: every page at once, and all or nothing"), read="exercise-8",
       why=_("Code that must not fault while it runs (a driver's, for instance) has its pages put "
             "in place before."))
def test_resolve(world: World) -> None:
    space = world.space()
    map_all(world, space, RESOLVE)
    world.map(world.kernel, 0, 2, PHYS | RW | RESOLVE, offset=0xB8000)
    world.agree()
    file = world.file("data")
    with world.unchanged():
        world.map(space, 0, 5, DATA | RESOLVE, file, 3 * PAGE_SIZE)  # longer than the file
    world.agree()
    world.do("frames_hoard 5")
    equal(world.machine.error(f"mspace_map {space:#x} 0 0x8000 0 0 0 {ANON | RW | RESOLVE:#x}"),
          "ENOMEM", _("error with {count} free frames").format(count=5))
    equal(world.free(), 5, _("free frames"))
    world.agree()


@check(2, _("`paging=eager`: no access faults that is allowed, and any other one is fatal"),
       read="exercise-8",
       why=_("Real-time systems choose so: an access takes as long as an access, always. And a "
             "kernel that never resolves a fault has one thing less that can go wrong."))
def test_eager(eager: World) -> None:
    equal(eager.ram.u32(eager.machine.symbol("mspace_eager")) & 0xFF, 1, "`mspace_eager`")
    space = eager.space()
    places = map_all(eager, space, 0)
    eager.agree()
    stack = eager.map(space, USER_END - 0x8000, 2, STACK | RW | GROWSDOWN)
    for place in [*places, stack]:
        eager.access(space, place + PAGE_SIZE)
        eager.access(space, place + PAGE_SIZE + 4, 1)
    eager.protect(space, places[6], 1, RW)
    eager.access(space, places[6], 2)
    eager.remove(space, places[2])  # as nobody should
    for address, error in ((stack - PAGE_SIZE, WRITE), (places[2], WRITE), (places[5], WRITE),
                           (places[0], 0), (places[0], PRESENT | WRITE), (USER_END - 8, 0)):
        eager.fault(space, address, error)
    eager.agree()


@check(2, _("mspace_clone() with `paging=eager`: copies at once, or ENOMEM and all as before"),
       read="exercise-8",
       why=_("A page that waits for a write to be copied waits for a fault: the one thing that "
             "must not come."))
def test_eager_clone(eager: World) -> None:
    first = eager.space()
    places = map_all(eager, first, 0)
    eager.access(first, places[0], 1)
    eager.do("frames_hoard 8")
    equal(eager.machine.error(f"mspace_clone {first:#x}"), "ENOMEM",
          _("error with {count} free frames").format(count=8))
    eager.do("slabs_trim")
    equal(eager.free(), 8, _("free frames"))
    eager.agree()
    eager.do("frames_release")
    second = eager.clone(first)
    true(knows_taker(eager.machine, second),
         _("mspace_unshare() takes the lock of the copy, too"))
    eager.agree()
    for space in (first, second):
        for place in (*places[:5], places[7]):
            eager.access(space, place, space)
    eager.agree()
    eager.close(first)
    eager.agree()
