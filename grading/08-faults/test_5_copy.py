"""Exercise 5: copy on write."""

import random
from itertools import permutations

from miroir.check import check, equal
from miroir.fault_world import World
from miroir.i18n import _
from miroir.mspaces import ANON, CAN_WRITE, COPY_ON_WRITE, FILE, READ, RW, SHARED
from miroir.pagetables import PAGE_SIZE, PRESENT, SLOT_SIZE, USER_START, WRITE

PLACE = USER_START
DATA = FILE | READ | READ << 4 | CAN_WRITE | COPY_ON_WRITE
DENIED = PRESENT | WRITE


def written(world: World, pages: int = 3) -> int:
    """Returns a new space with an area in whose pages something is written."""
    space = world.space()
    world.map(space, PLACE, pages, ANON | RW)
    for page in range(PLACE, PLACE + pages * PAGE_SIZE, PAGE_SIZE):
        world.fault(space, page, WRITE)
        world.poke(space, page, page.to_bytes(4, "little"))
    return space


@check(4, _("A write copies the page that is written to, and no other"), read="exercise-5",
       why=_("A process of 100 MiB that starts another one writes to a few pages. Copied are "
             "these: that is why starting one is quick."))
def test_copy(world: World, rng: random.Random) -> None:
    first = written(world)
    second = world.clone(first)
    world.agree()
    for space in rng.sample((first, second), 2):
        page = PLACE + PAGE_SIZE * (space == first)
        world.fault(space, page + rng.randrange(PAGE_SIZE), DENIED)
        world.poke(space, page, b"changed")
        world.agree()
        world.normal(space, page)
    world.fault(first, PLACE + 2 * PAGE_SIZE)  # a read copies nothing
    world.agree()


@check(3, _("The last one who has a frame keeps it: nothing is copied"), read="exercise-5",
       why=_("A copy for somebody who is alone costs a frame for a moment, and 4096 bytes of "
             "work for nothing: for each page of each process that has had a child."))
def test_last_sharer(world: World) -> None:
    first = written(world)
    second = world.clone(first)
    world.fault(second, PLACE, DENIED)
    world.fault(first, PLACE, DENIED)
    world.fault(first, PLACE, DENIED)  # there is nothing to do any more
    world.agree()
    world.close(second)
    world.do("frames_hoard 0")
    world.fault(first, PLACE + PAGE_SIZE, DENIED)
    world.agree()


@check(4, _("Three spaces that write and are closed, in every order"), read="exercise-5",
       why=_("One reference dropped too many, and a frame is free that somebody still sees; one "
             "too few, and it is lost. Both are found days later, somewhere else."))
def test_three(world: World, rng: random.Random) -> None:
    for order in permutations(range(3)):
        spaces = [written(world, pages=2)]
        spaces.append(world.clone(spaces[0]))
        spaces.append(world.clone(spaces[rng.randrange(2)]))
        for turn, number in enumerate(order):
            world.fault(spaces[number], PLACE, DENIED)
            world.poke(spaces[number], PLACE, b"by %d" % number)
            if rng.randrange(2):
                world.close(spaces[number])
                spaces[number] = 0
            world.agree()
        world.close(*(space for space in spaces if space))


@check(2, _("A shared page in an area that has become read-only: EFAULT, as long as it is"),
       read="exercise-5",
       why=_("PAGE_COW says that there are others, not that writing is allowed."))
def test_copy_denied(world: World) -> None:
    first = written(world)
    second = world.clone(first)
    for rights in (READ, 0, RW):
        world.protect(second, PLACE + PAGE_SIZE, 1, rights)
        world.fault(second, PLACE + PAGE_SIZE, DENIED)
        world.agree()


@check(3, _("A page of a private file, read and then written to: the file stays as it is"),
       read="exercise-5",
       why=_("The frame that was mapped for reading is the cache's. The next one who reads the "
             "file must find there what the file says."))
def test_copy_file(world: World) -> None:
    file = world.file("data")
    spaces = [world.space(), world.space()]
    for space in spaces:
        world.map(space, PLACE, 3, DATA, file)
        world.fault(space, PLACE + PAGE_SIZE)
    world.fault(spaces[0], PLACE + PAGE_SIZE, DENIED)
    world.poke(spaces[0], PLACE + PAGE_SIZE, b"mine")
    world.close(spaces[1])
    world.agree()
    # Alone with the cache is not alone.
    other = world.space()
    world.map(other, PLACE, 3, DATA, file)
    world.fault(other, PLACE + PAGE_SIZE)
    world.fault(other, PLACE + PAGE_SIZE, DENIED)
    world.map(other, PLACE + SLOT_SIZE, 3, FILE | RW | SHARED, file)
    world.fault(other, PLACE + SLOT_SIZE + PAGE_SIZE, WRITE)
    world.fault(other, PLACE + SLOT_SIZE + PAGE_SIZE, DENIED)  # shared for good: nothing to do
    world.agree()


@check(2, _("Copying without a free frame: ENOMEM, and the page stays as it was"),
       read="exercise-5",
       why=_("Whoever fails to get a copy must not lose what he could read."))
def test_copy_no_memory(world: World) -> None:
    first = written(world)
    second = world.clone(first)
    world.do("frames_hoard 0")
    for space in (first, second):
        equal(world.machine.error(f"mspace_fault {space:#x} {PLACE:#x} 3"), "ENOMEM",
              _("error with {count} free frames").format(count=0))
    world.agree()


def write_now(world: World, space: int, address: int, value: int) -> None:
    """Writes a word in SPACE, which is in use, without help: the processor remembers how."""
    equal(world.machine.call(f"page_touch {address:#x} {value:#x}")[0], 0,
          _("faults of a write to {page}").format(page=f"{address:#x}"))
    content = world.models[space].frames[address // PAGE_SIZE * PAGE_SIZE].content
    content[address % PAGE_SIZE:address % PAGE_SIZE + 4] = value.to_bytes(4, "little")


def denied_now(world: World, address: int) -> None:
    """Checks that a write there faults, whatever the processor remembers."""
    equal(world.machine.call(f"page_touch {address:#x} 0xbad")[:2], [1, DENIED],
          _("faults of a write to {page}, and the error code").format(page=f"{address:#x}"))


@check(2, _("In the space in use, sharing, copying and rights are seen at once"),
       read="exercise-5",
       why=_("The processor remembers translations. One that it should have forgotten shows the "
             "old frame, and writes to it: into the memory of somebody else."))
def test_copy_seen(world: World) -> None:
    first = written(world)
    world.do(f"mspace_switch {first:#x}")
    words = [PLACE + 8, PLACE + PAGE_SIZE + 8]
    for word in words:
        write_now(world, first, word, 1)
    second = world.clone(first)
    for word in words:
        denied_now(world, word)
        if word == words[1]:
            world.close(second)  # the second time, nobody else has the frame
        world.machine.call(f"page_touch {word:#x}")
        world.fault(first, word, DENIED)
        world.poke(first, word, b"seen")
        equal(world.machine.call(f"page_touch {word:#x}")[:2],
              [0, int.from_bytes(b"seen", "little")],
              _("a read of {page}: faults, and the word").format(page=f"{word:#x}"))
        write_now(world, first, word, 2)
    world.protect(first, PLACE, 1, READ)
    denied_now(world, words[0])
    world.do("mspace_switch 0")
    world.agree()
