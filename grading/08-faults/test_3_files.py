"""Exercise 3: pages of files, and memory that several spaces share."""

import random

from miroir.check import check, equal, equal_bytes
from miroir.fault_world import World
from miroir.i18n import _
from miroir.mspaces import CAN_WRITE, COPY_ON_WRITE, EXEC, FILE, READ, RW, SHARED, VM_WRITE
from miroir.pagetables import PAGE_SIZE, SLOT_SIZE, USER_START, WRITE

PLACE = USER_START
DATA = FILE | READ | READ << 4 | CAN_WRITE | COPY_ON_WRITE
CODE = FILE | READ | EXEC


def read_private(world: World) -> None:
    """Reads pages of one file through two spaces, at two offsets."""
    file = world.file("data")
    for offset, flags in ((0, DATA), (2 * PAGE_SIZE, CODE), (PAGE_SIZE, FILE | RW)):
        space = world.space()
        place = world.map(space, PLACE, 3, flags, file, offset)
        for page in range(3):
            world.arrive(space, place + page * PAGE_SIZE + 7)
    world.agree()


@check(3, _("A read of a private file: the cache's own frame, with PAGE_COW"), read="exercise-3",
       why=_("Ten processes that run one program need its code in memory once."))
def test_private_read(world: World) -> None:
    read_private(world)


@check(1, _("Private files with `paging=eager`: what can be written to is copied at once"),
       read="exercise-8",
       why=_("Where no fault can be resolved, nothing may wait for one: neither a page, nor a "
             "copy."))
def test_private_eager(eager: World) -> None:
    read_private(eager)


@check(3, _("A first write to a private file: a copy at once, and no page in the cache"),
       read="exercise-3",
       why=_("Mapped first and copied then, a page costs two faults and a frame too many. And "
             "what one process writes must never be seen in the file."))
def test_private_write(world: World) -> None:
    file = world.file("data")
    space = world.space()
    place = world.map(space, PLACE, 4, DATA, file, PAGE_SIZE)
    world.fault(space, place, WRITE)
    world.poke(space, place, b"mine alone")
    # What the cache has is what is copied, be it changed.
    shared = world.map(space, PLACE + SLOT_SIZE, 4, FILE | RW | SHARED, file, PAGE_SIZE)
    world.fault(space, shared + PAGE_SIZE, WRITE)
    world.poke(space, shared + PAGE_SIZE, b"for all")
    world.fault(space, place + PAGE_SIZE, WRITE)
    world.fault(space, shared)
    world.agree()


def share(world: World) -> None:
    """Writes to shared memory and to a file through either of two spaces."""
    spaces = [world.space(), world.space()]
    for number, inode in enumerate((world.shared_memory(3 * PAGE_SIZE), world.file("data"))):
        places = [world.map(space, PLACE + (2 * number + i) * SLOT_SIZE, 3, FILE | RW | SHARED,
                            inode) for i, space in enumerate(spaces)]
        for writer, error in ((0, WRITE), (1, 0)):
            page = places[writer] + (1 + writer) * PAGE_SIZE
            for space, place in zip(spaces, places):
                world.arrive(space, place + (1 + writer) * PAGE_SIZE, error)
            world.poke(spaces[writer], page, b"written by %d" % writer)
    world.agree()
    world.close(spaces[0])
    world.agree()


@check(3, _("SHARED: both spaces show one frame, whoever touches it first"), read="exercise-3",
       why=_("Shared memory is the quickest way from one process to another: what one writes, the "
             "other reads, and the kernel never hears of it."))
def test_shared(world: World) -> None:
    share(world)


@check(1, _("Shared memory with `paging=eager`"), read="exercise-8",
       why=_("What is shared stays shared, under any policy: only private pages are copied."))
def test_shared_eager(eager: World) -> None:
    share(eager)


LIMITS = (0, -1, 1, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE + 100, 3 * PAGE_SIZE,
          3 * PAGE_SIZE + 1)
CUT = PAGE_SIZE + 9


def limits(world: World, rng: random.Random) -> None:
    """Touches all pages of areas of each limit, some of them split before."""
    file = world.file("data")
    space = world.space()
    kinds = [rng.choice((DATA, CODE, FILE | RW | SHARED)) for _unused in LIMITS]
    for number, (limit, flags) in enumerate([*zip(LIMITS, kinds), (CUT, FILE | RW | SHARED)]):
        place = world.map(space, PLACE + 8 * number * PAGE_SIZE, 4, flags, file,
                          rng.choice((0, PAGE_SIZE)), limit)
        world.protect(space, place + rng.randrange(4) * PAGE_SIZE, 1, READ)
        for page in range(place, place + 4 * PAGE_SIZE, PAGE_SIZE):
            area = world.models[space].at(page)
            writable = area and area.flags & (VM_WRITE | COPY_ON_WRITE)
            world.arrive(space, page, rng.choice((0, WRITE)) if writable else 0)
    world.agree()


@check(5, _("`limit`: the inode's bytes up to there, then blank, at every place in a page"),
       read="exercise-3",
       why=_("A program's data is followed by variables that start as 0 and are not in its file. "
             "Off by one, the first of them holds a byte of something else."))
def test_limit(world: World, rng: random.Random) -> None:
    limits(world, rng)


@check(1, _("`limit` with `paging=eager`"), read="exercise-8",
       why=_("The same program must find the same bytes, whatever the policy."))
def test_limit_eager(eager: World, rng: random.Random) -> None:
    limits(eager, rng)


@check(3, _("The end of the file: blank in its last page, EIO after it"), read="exercise-3",
       why=_("A file ends in the middle of a page, as a rule. What was behind it in memory is "
             "nobody's business."))
def test_end_of_file(world: World) -> None:
    file = world.file("data")
    space = world.space()
    for place, flags in ((PLACE, DATA), (PLACE + SLOT_SIZE, FILE | RW | SHARED)):
        world.map(space, place, 4, flags, file, 4 * PAGE_SIZE)
        for page, error in ((1, 0), (0, WRITE), (2, 0), (3, WRITE)):
            world.fault(space, place + page * PAGE_SIZE, error)
    copied = world.map(space, PLACE + 3 * SLOT_SIZE, 4, DATA, file, 4 * PAGE_SIZE)
    world.fault(space, copied + PAGE_SIZE, WRITE)
    # What the limit makes blank needs no file; what it cuts in two does.
    blank = world.map(space, PLACE + 2 * SLOT_SIZE, 4, DATA, file, 4 * PAGE_SIZE,
                      2 * PAGE_SIZE + 1)
    for page in range(4):
        world.fault(space, blank + page * PAGE_SIZE)
    # An end between two pages.
    whole = world.shared_memory(2 * PAGE_SIZE)
    for number, flags in ((4, FILE | RW | SHARED), (5, DATA)):
        place = world.map(space, PLACE + number * SLOT_SIZE, 3, flags, whole)
        for page, error in ((1, WRITE), (2, 0), (2, WRITE)):
            world.fault(space, place + page * PAGE_SIZE, error)
    world.agree()


@check(2, _("Files without free frames: ENOMEM, and nothing is lost"), read="exercise-3",
       why=_("When memory is short, the wrong way out of a function is a leak, and makes it "
             "shorter."))
def test_file_no_memory(world: World) -> None:
    file = world.file("data")
    space = world.space()
    place = world.map(space, PLACE, 3, DATA, file, PAGE_SIZE)
    for left, error in ((0, 0), (0, WRITE), (1, WRITE)):
        world.do(f"frames_hoard {left}")
        equal(world.machine.error(f"mspace_fault {space:#x} {place:#x} {error}"), "ENOMEM",
              _("error with {count} free frames").format(count=left))
        equal(world.free(), left, _("free frames"))
        world.do("frames_release")
    # With one frame, a read fills the cache and finds none for the page table.
    before = world.free()
    world.do("frames_hoard 1")
    equal(world.machine.error(f"mspace_fault {space:#x} {place:#x} 0"), "ENOMEM",
          _("error with {count} free frames").format(count=1))
    cached = world.do("frames_release", f"inode_page {file:#x} 1")[1].value
    equal(world.free(), before - 1, _("free frames"))
    equal(world.references(cached), [1], _("references of the frame in the cache"))
    equal_bytes(world.ram.read(cached, PAGE_SIZE), world.files["data"][PAGE_SIZE:2 * PAGE_SIZE],
                _("what is in the cache"))
    world.agree()
