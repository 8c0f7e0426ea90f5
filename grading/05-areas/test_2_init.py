"""Exercise 2: one free area, in the books that everyone can read."""

import random

from miroir.areas import (AREAS_END, POOL, SPACE, Areas, AreaModel, Books, outcome, pages_present,
                          place)
from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.machine import Machine
from miroir.pagetables import AREAS_START, PAGE_SIZE


@check(4, _("In the beginning, one free area: the whole space, or any part of it"),
       read="exercise-2",
       why=_("All that will ever be handed out is cut from this one piece."))
def test_init(machine: Machine, rng: random.Random) -> None:
    Books(machine).equal(AreaModel())
    equal(machine.call("areas_free_pages"), [SPACE], _("free pages, at boot"))
    equal([hexa(p) for p in pages_present(machine)], [], _("pages present, at boot"))
    some = rng.randrange(1, SPACE - 1000)
    machine.run("area_stock")
    for page, pages in ((some, rng.randrange(1, 1000)), (some, SPACE - some), (SPACE - 1, 1),
                        (0, SPACE), (0, 1)):
        areas = Areas(machine, place(page), pages)
        areas.check()
        equal(machine.call("areas_free_pages"), [pages], _("free pages"))
        equal(areas.watched(), (1, 1), _("descriptors taken, and given back"))


@check(4, _("What is not all in the space is refused, and changes nothing"), read="exercise-2",
       why=_("A number of pages times 4096 is a number of bytes. In 32 bits, 0x100000 pages are 0 "
             "bytes: they fit anywhere."))
def test_init_errors(machine: Machine) -> None:
    areas = Areas(machine, place(16), 100)
    before = areas.watched()
    cases = [(AREAS_START + 1, 1), (AREAS_START + 2048, 1), (AREAS_START, 0),
             (AREAS_START - PAGE_SIZE, 1), (AREAS_START - PAGE_SIZE, 2), (0, 1), (AREAS_END, 1),
             (0xFFFFF000, 1), (AREAS_START, SPACE + 1), (AREAS_END - PAGE_SIZE, 2),
             (place(1), SPACE), (place(1), 0x100000), (AREAS_START, 0x100001),
             (place(5), 0xFFFFFFFF), (place(1), 0x80000000), (place(2), 0xFFFFFFFE)]
    for answer in areas.paged.run(f"areas_init {start:#x} {pages:#x}" for start, pages in cases):
        equal(outcome(answer), "EINVAL", f"`{answer.command}`")
    equal(areas.watched(), before, _("descriptors taken, and given back"))
    areas.check()


@check(3, _("Again and again: no descriptor is lost, and without one there is no area"),
       read="exercise-2",
       why=_("The pool has 64 descriptors. One lost at each start is one that is missed later."))
def test_init_again(areas: Areas) -> None:
    areas.do(*["areas_init 0xc0000000 16"] * 100)
    areas.do(*["area_pool_take"] * (POOL - 1), "areas_init 0xc0000000 16")  # the old one goes first
    areas.do("area_watch 1")
    equal(outcome(areas.machine.run("areas_init 0xc0000000 16")[0]), "ENOMEM",
          _("areas_init() when take() returns NULL"))
    equal(areas.watched(), (1, 1), _("descriptors taken, and given back"))
    books = Books(areas.machine)
    equal(list(map(str, books.all)), [], _("areas then"))
    equal(areas.machine.call("areas_free_pages"), [0], _("free pages then"))
    Areas(areas.machine, place(3), 5).check()
