"""Exercise 5: unmapping, scavenging, sweeping."""

import random

from miroir.check import check, equal, true
from miroir.i18n import _
from miroir.model import Step
from miroir.mspace_play import Play, Spaces
from miroir.mspaces import (ANON, CAN, COPY_ON_WRITE, EXEC, FILE, FIXED, GROWSDOWN, HEAP,
                            MAX_SIZE, PAGE_SIZE, PHYS, READ, RW, SHARED, STACK, TYPE)
from miroir.pagetables import SLOT_SIZE, USER_END, USER_START

ANONYMOUS = ANON | RW
KINDS = ((HEAP | RW, 0), (STACK | RW, 0), (ANON | READ | CAN, 0),
         (FILE | READ | CAN | COPY_ON_WRITE, 5 * PAGE_SIZE + 100), (FILE | RW | SHARED, -1),
         (PHYS | RW, 0))
PARTS = ((0, 2), (3, 2), (6, 2), (0, 8), (4, 16), (1, 22))  # first page and pages, of 3 x 8
BAR = 4000  # instructions of a mspace_map() with a hint and an mspace_unmap(), at 256 areas


def some_slot(rng: random.Random, play: Play) -> int:
    """Returns an address in the space of PLAY with room around it, near the end of a slot."""
    return play.model.lower + rng.randrange(4, 60) * SLOT_SIZE - 12 * PAGE_SIZE


def three(play: Play, place: int, flags: int, limit: int = 0, inode: int = 0) -> list[Step]:
    """Maps three areas of eight pages in a row, with pages in them."""
    offset = 3 * PAGE_SIZE if flags & TYPE in (FILE, PHYS) else 0
    steps = [play.map(place + number * 8 * PAGE_SIZE, 8 * PAGE_SIZE, flags | FIXED, inode, offset,
                      limit) for number in range(3)]
    return steps + [play.fill(place + page * PAGE_SIZE, 2) for page in range(0, 24, 3)]


@check(4, _("Any part of any kind of area: start, middle, end, across three"), read="exercise-5",
       why=_("Unmapping the middle of an area leaves two. Everything has to be split: the length, "
             "the offset, the limit, the references of the inode, the pages."))
def test_unmap(spaces: Spaces, rng: random.Random) -> None:
    memory = spaces.shared_memory(24)
    for flags, limit in KINDS:
        play = spaces.kernel_play() if flags & TYPE == PHYS else spaces.play()
        inode = memory if flags & TYPE == FILE else 0
        place = some_slot(rng, play)
        for start, pages in PARTS:
            spaces.take(*three(play, place, flags, limit, inode),
                        play.unmap(place + start * PAGE_SIZE, pages * PAGE_SIZE))
            spaces.compare(play)
            live = sum(bool(area.ino) for area in play.model.live)
            equal(spaces.inode_references(memory), 1 + live, _("references of the inode"))
            spaces.take(play.sweep())
        spaces.compare(play)


@check(3, _("Holes, edges, overflow: refused as a whole; the last page and the whole space are "
            "not"), read="exercise-5",
       why=_("All or nothing: whoever gets an error has lost nothing. And an end that is compared "
             "with < instead of <= makes the last page immortal."))
def test_unmap_refused(spaces: Spaces, rng: random.Random) -> None:
    play = spaces.play()
    place, last = some_slot(rng, play), USER_END - PAGE_SIZE
    spaces.take(*three(play, place, ANONYMOUS))
    spaces.take(play.map(last, PAGE_SIZE, ANONYMOUS), play.map(USER_START, PAGE_SIZE, ANONYMOUS),
                play.unmap(place + 10 * PAGE_SIZE, 2 * PAGE_SIZE))
    page = PAGE_SIZE
    for address, length in ((place, 24 * page), (place - page, 2 * page), (place, 25 * page),
                            (place + 23 * page, 2 * page), (place + 10 * page, page),
                            (place + 1, page), (place, page + 1), (place, 0), (last, 2 * page),
                            (USER_START - page, 2 * page), (0, page), (USER_END, page),
                            (last, 0x40001000), (place, 0xFFFFF000), (0xFFFFF000, 2 * page),
                            (USER_START, USER_END - USER_START)):
        spaces.take(play.unmap(address, length))
        spaces.compare(play)
    spaces.take(play.unmap(last, page))
    full = spaces.play()
    spaces.take(*(full.map(0, MAX_SIZE, ANONYMOUS) for _unused in range(24)))
    spaces.take(full.map(0, 0x07C00000, ANONYMOUS), full.fill(last, 1), full.fill(USER_START, 1),
                full.unmap(USER_START, USER_END - USER_START))
    spaces.compare(play)
    spaces.compare(full)


@check(4, _("The life of a DEAD area: gone at once, buried when its place is needed"),
       read="exercise-5",
       why=_("Unmapping must be quick and cannot fail half-way; tidying up can wait. But nobody "
             "may be refused a place because of what is only waiting."))
def test_dead(spaces: Spaces, rng: random.Random) -> None:
    play = spaces.play()
    place, page = some_slot(rng, play), PAGE_SIZE
    spaces.take(*three(play, place, FILE | RW | SHARED, 0, spaces.shared_memory(24)))
    steps = [play.unmap(place + 2 * page, 20 * page), play.protect(place + 2 * page, page, READ),
             play.map(0, page, ANONYMOUS), play.scavenge(), play.scavenge(),
             play.unmap(place, page), play.map(place, page, ANONYMOUS),
             play.unmap(place, page), play.map(place, page, ANONYMOUS | FIXED),
             play.unmap(place, page), play.map(place, 3 * page, ANONYMOUS),
             play.unmap(place, 2 * page), play.map(place, 3 * page, ANONYMOUS | FIXED)]
    spaces.take(*steps)
    spaces.take_locked(play, play.unmap(place, page), play.scavenge())
    spaces.compare(play)
    gone = place + 100 * page
    spaces.take(play.map(gone, page, ANONYMOUS), play.unmap(gone, page))
    equal(spaces.do(f"mspace_search_vma {play.space} {gone:#x}")[0].value, 0,
          _("the area found at an address that is DEAD"))
    more = spaces.play()
    spaces.do("mspace_hooks 0")
    spaces.take(*three(more, place, FILE | RW | SHARED, 0, spaces.shared_memory(24)))
    present = len(more.model.pages)
    spaces.take(more.unmap(place + 2 * page, 8 * page), more.unmap(place, 24 * page), more.sweep())
    equal(spaces.do("mspace_hooked")[0].values, [5, 0, 0, present],
          _("calls of the hooks: areas forgotten, copies, calls at a wrong moment; pages that the "
            "areas had"))
    stack = STACK | RW | GROWSDOWN
    spaces.take(play.map(place + 64 * page, page, stack), play.unmap(place + 64 * page, page),
                play.map(place + 63 * page, page, ANONYMOUS | FIXED))
    full = spaces.play()
    spaces.take(*(full.map(0, MAX_SIZE, ANONYMOUS) for _unused in range(24)))
    spaces.take(full.map(0, 0x07C00000, ANONYMOUS), full.unmap(place, 8 * page),
                full.unmap(place + 8 * page, page), full.map(0, 9 * page, ANONYMOUS),
                full.unmap(place + page, 3 * page), full.map(0, 4 * page, ANONYMOUS),
                full.map(0, 2 * page, ANONYMOUS), full.map(USER_START, page, ANONYMOUS))
    spaces.compare(play)
    spaces.compare(full)


@check(2, _("Without memory for the descriptors of a split, nothing is changed"), read="exercise-5",
       why=_("A split in the middle takes two descriptors. If the second is missing, the first "
             "must go back, and the area must be whole."))
def test_unmap_no_memory(spaces: Spaces, rng: random.Random) -> None:
    play = spaces.play()
    place, page = some_slot(rng, play), PAGE_SIZE
    spaces.take(*(play.map(place + number * 8 * page, 8 * page, ANONYMOUS) for number in range(3)))
    spaces.do("frames_hoard 0", "vma_hoard 1")
    for verb, rights in (("unmap", ""), ("protect", f" {READ}")) * 2:
        command = f"mspace_{verb} {play.space} {place + page:#x} {page:#x}{rights}"
        equal(spaces.machine.error(command), "ENOMEM",
              _("`{command}`, with memory for one descriptor").format(command=command))
        spaces.compare(play)
    spaces.take(play.unmap(place, page))  # takes the descriptor that was left
    play.model.scavenge()  # what is DEAD makes room
    spaces.take(play.protect(place + 23 * page, page, READ))
    spaces.compare(play)
    command = f"mspace_unmap {play.space} {place + 5 * page:#x} {page:#x}"
    equal(spaces.machine.error(command), "ENOMEM", _("`{command}`, with memory for none").format(
          command=command))
    # What needs no descriptor needs no memory; and what is wrong is told before what is missing.
    spaces.take(play.unmap(place + 5 * page, 20 * page), play.protect(place + 5 * page, page, EXEC),
                play.unmap(place + 8 * page, 8 * page))
    spaces.compare(play)
    # One descriptor is free, another one DEAD: enough for two splits.
    spaces.take(play.scavenge(), play.unmap(place + 23 * page, page))
    play.model.scavenge()
    spaces.take(play.protect(place + 18 * page, page, READ))
    spaces.compare(play)


@check(1, _("A space swept is as new; a space closed gives back what it had"), read="exercise-5",
       why=_("When a program ends, all that it had comes back, whatever it was doing."))
def test_sweep(spaces: Spaces, rng: random.Random) -> None:
    free = 0
    inode = spaces.shared_memory(24)
    for sweep in (True, False, True):
        play = spaces.play()
        place = some_slot(rng, play)
        places = [place + 3 * number * PAGE_SIZE for number in range(60)]
        spaces.take(*(play.map(at, 2 * PAGE_SIZE, FILE | RW | SHARED, inode) for at in places),
                    *(play.fill(at, 2) for at in places))
        spaces.take(play.unmap(place, PAGE_SIZE))
        if sweep:
            spaces.take_locked(play, play.sweep())
            spaces.compare(play)
            spaces.take(play.map(place, PAGE_SIZE, ANONYMOUS))
        spaces.do(f"mspace_close {play.space}")
        equal(spaces.inode_references(inode), 1, _("references of the inode"))
        if not free:
            free = spaces.free()
    equal(spaces.free(), free, _("free frames, as after the first such space"))


@check(3, _("mspace_map() and mspace_unmap(): cheap at 256 areas, hardly more at 10,000"),
       read="exercise-5",
       why=_("A program that asks for memory, uses it and gives it back does this pair thousands "
             "of times. Who sorts a list anew for each has lost."))
def test_costs(boot) -> None:
    spaces, pairs, costs = Spaces(boot(icount=True)), 200, []
    for count in (100, 256, 10000):
        crowd = spaces.create()
        spaces.do(f"mspace_crowd {crowd:#x} {count}", f"mspace_switch {crowd:#x}")
        hint = USER_START + count * PAGE_SIZE + PAGE_SIZE
        costs.append(spaces.do(f"mspace_bench {crowd:#x} {hint:#x} {pairs}")[0].value // pairs)
    true(costs[1] <= BAR, _("at most {bar} instructions for a pair, at 256 areas").format(bar=BAR),
         costs[1])
    true(costs[2] <= 2.5 * costs[0],
         _("at 10,000 areas at most 2.5 times the instructions at 100, {few}").format(
             few=costs[0]), costs[2])
