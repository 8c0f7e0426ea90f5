"""Exercise 6: protection, and everything together."""

import random

from miroir.check import check, fail, hexa
from miroir.i18n import _
from miroir.model import Step
from miroir.mspace_play import Play, Spaces
from miroir.mspaces import (ANON, CAN, CAN_EXEC, COPY_ON_WRITE, EXEC, FILE, FIXED, GROWSDOWN, HEAP,
                            PAGE_SIZE, READ, RW, SHARED, STACK, TYPE, VM_WRITE)
from miroir.pagetables import PRESENT, SLOT_SIZE, USER_END, USER_START, WRITE, flag_words

KINDS = ((ANON | READ | CAN, 0), (FILE | READ | CAN | COPY_ON_WRITE, 5 * PAGE_SIZE + 100),
         (FILE | READ | CAN, 0), (FILE | RW | SHARED | CAN, -1), (HEAP | RW, 0))
PARTS = ((0, 2), (3, 2), (6, 2), (0, 8), (4, 16), (1, 22), (0, 24))


def some_slot(rng: random.Random, play: Play) -> int:
    return play.model.lower + rng.randrange(4, 60) * SLOT_SIZE - 12 * PAGE_SIZE


def three(play: Play, place: int, flags: int, limit: int = 0, inode: int = 0) -> list[Step]:
    """Maps three areas of eight pages in a row, with pages in them, some with PAGE_COW."""
    steps = [play.map(place + number * 8 * PAGE_SIZE, 8 * PAGE_SIZE, flags | FIXED, inode, 0, limit)
             for number in range(3)]
    return steps + [play.fill(place + page * PAGE_SIZE, 2, bool(page % 2) and not flags & SHARED)
                    for page in range(0, 24, 3)]


@check(4, _("Other rights for any part of an area: flags, splits, and the entries of its pages"),
       read="exercise-6",
       why=_("Rights that are only in the area are a wish. The processor reads the entries, and "
             "those that are there already must change with it."))
def test_protect(spaces: Spaces, rng: random.Random) -> None:
    memory = spaces.shared_memory(24)
    for flags, limit in KINDS:
        play = spaces.play()
        place = some_slot(rng, play)
        for start, pages in PARTS:
            spaces.take(*three(play, place, flags, limit, memory if flags & TYPE == FILE else 0))
            some = [0, READ, RW, VM_WRITE] + [READ | EXEC] * bool(flags & CAN_EXEC)
            for rights in rng.sample(some, 2):
                spaces.take(play.protect(place + start * PAGE_SIZE, pages * PAGE_SIZE, rights))
                spaces.compare(play)
            spaces.take(play.sweep())
    parts_of_a_stack(spaces)


def parts_of_a_stack(spaces: Spaces) -> None:
    """Cuts a stack in three, of which each has GROWSDOWN: two have their guard in another part.
    The next area goes where there is room, behind them."""
    play, page = spaces.play(), PAGE_SIZE
    spaces.take(play.map(USER_START + page, 3 * page, STACK | RW | GROWSDOWN | FIXED),
                play.protect(USER_START + 2 * page, page, READ), play.map(0, page, ANON | RW))
    spaces.compare(play)


@check(3, _("What mspace_protect() refuses, it refuses for the whole range"), read="exercise-6",
       why=_("If the third of three areas may not be written to, the first two must not have "
             "become writable when the error comes back."))
def test_protect_refused(spaces: Spaces, rng: random.Random) -> None:
    play = spaces.play()
    place, page, last = some_slot(rng, play), PAGE_SIZE, USER_END - PAGE_SIZE
    spaces.take(*three(play, place, ANON | RW))
    inode = spaces.shared_memory(1)
    spaces.take(play.map(place + 24 * page, page, FILE | READ | SHARED, inode),
                play.map(last, page, ANON | RW), play.unmap(place + 4 * page, page))
    for address, length, rights in (
            (place + 5 * page, 20 * page, RW), (place + 24 * page, page, RW),
            (place + 24 * page, page, READ), (place + 24 * page, page, 0), (place, page, EXEC),
            (place, page, READ | EXEC), (place, 8 * page, READ), (place + 4 * page, page, READ),
            (place - page, 2 * page, READ), (place + 20 * page, 6 * page, READ),
            (place, page, 8), (place, page, 0x8000), (place, page, 0x47), (place, 0, READ),
            (place + 8, page, READ), (place, page + 8, READ), (last, 2 * page, READ),
            (0, page, READ), (USER_END, page, READ), (place, 0xFFFFF000, READ),
            (place, 5 * page, EXEC), (last, page, READ)):
        spaces.take(play.protect(address, length, rights))
        spaces.compare(play)
    spaces.take_locked(play, play.protect(last, page, RW))


@check(2, _("The processor heeds a change at once"), read="exercise-6",
       why=_("It remembers what was allowed a moment ago. Without a flush, the page that you have "
             "made read-only is written to for as long as nobody else needs its place in the TLB."))
def test_protect_flush(spaces: Spaces, rng: random.Random) -> None:
    play = spaces.play()
    place = some_slot(rng, play)
    spaces.take(play.map(place, 4 * PAGE_SIZE, ANON | RW))
    spaces.do(f"mspace_switch {play.space}")
    spaces.take(play.fill(place, 4))
    page = place + PAGE_SIZE

    def touch(expected: int | None, what: str) -> None:
        got = spaces.touch(page, 7)
        if got != expected:
            fail(f"{what}: {_('no fault') if expected is None else flag_words(expected)}",
                 _("no fault") if got is None else flag_words(got))

    touch(None, _("a write to {page}").format(page=hexa(page)))
    spaces.take(play.protect(page, PAGE_SIZE, READ))
    touch(PRESENT | WRITE, _("a write, read-only now"))
    spaces.take(play.protect(page, PAGE_SIZE, RW))
    touch(None, _("a write, allowed again"))
    spaces.take(play.protect(page, PAGE_SIZE, 0))
    touch(PRESENT | WRITE, _("a write, without any right"))
    spaces.take(play.protect(page, PAGE_SIZE, RW))
    touch(None, _("a write, allowed again"))
    spaces.take(play.unmap(page, PAGE_SIZE))
    touch(WRITE, _("a write, unmapped"))
    spaces.compare(play)
