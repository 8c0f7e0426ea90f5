"""Exercise 3: areas are cut from the low end, and mapped at once."""

import random

from miroir.areas import SPACE, Areas, outcome, pages_present, place
from miroir.check import check, equal, hexa, true
from miroir.frames import ZONE_BORDER
from miroir.i18n import _
from miroir.machine import Machine
from miroir.pagetables import AREAS_START, PAGE_SIZE, PRESENT, WRITE, fault_words, flag_words


def run_of(address: int, pages: int) -> list[int]:
    """Returns the addresses of PAGES pages from ADDRESS on."""
    return [address + number * PAGE_SIZE for number in range(pages)]


@check(5, _("The low part of the free area, and a descriptor for it"), read="exercise-3",
       why=_("The part that is cut off gets the new descriptor. So whoever remembers the rest "
             "still remembers the right one."))
def test_carve(areas: Areas, rng: random.Random) -> None:
    areas.do("area_stock", "area_watch")
    rest = areas.check().free[0].descriptor
    sizes = [1, *(rng.randrange(1, 9) for _unused in range(6))]
    for count, pages in enumerate(sizes, 1):
        areas.alloc(pages)
        books = areas.check()
        equal(hexa(books.free[0].descriptor), hexa(rest), _("the descriptor of the rest"))
        equal(areas.watched(), (count, 0), _("descriptors taken, and given back"))
        equal([area.user for area in books.used], [0] * count, _("`user` of the used areas"))
    equal(areas.machine.call("areas_free_pages"), [SPACE - sum(sizes)], _("free pages"))


@check(4, _("A free area that is used up changes lists, and the descriptor taken goes back"),
       read="exercise-3",
       why=_("A free area of 0 pages is found by no request, and stays in the list for ever."))
def test_exact_fit(boot, rng: random.Random) -> None:
    for sizes in ([rng.randrange(1, 9)], [3, 4]):
        machine = boot()
        machine.run("area_stock")
        areas = Areas(machine, place(rng.randrange(1000)), sum(sizes))
        areas.alloc(*sizes, 1)
        equal([area.user for area in areas.check().used], [0] * len(sizes),
              _("`user` of the used areas"))
        areas.check_descriptors()
        equal(machine.call("areas_free_pages"), [0], _("free pages"))


@check(5, _("Every page is mapped at once to a frame of its own, PRESENT and WRITE, and no other"),
       read="exercise-3",
       why=_("The kernel writes to areas where a page fault would be its end: in the handler of "
             "page faults, for instance."))
def test_mapped(areas: Areas, rng: random.Random) -> None:
    frames: set[int] = set()
    expected: list[int] = []
    for pages in (1, rng.randrange(2, 7), 5):
        free = areas.paged.free()
        address = areas.alloc(pages)[0]
        equal(free - areas.paged.free(), pages, _("frames taken for {pages} pages").format(
            pages=pages))
        for page in run_of(address, pages):
            leaf = areas.paged.leaf(page)
            equal(flag_words(leaf.flags), flag_words(PRESENT | WRITE),
                  _("flags of {page}").format(page=hexa(page)))
            true(leaf.frame not in frames and leaf.frame // PAGE_SIZE >= ZONE_BORDER,
                 _("a frame of its own for {page}, of ZONE_NORMAL").format(page=hexa(page)),
                 hexa(leaf.frame))
            frames.add(leaf.frame)
        expected += run_of(address, pages)
    equal(set(areas.paged.references(*frames)), {1}, _("references of the frames"))
    equal([hexa(p) for p in pages_present(areas.machine)], [hexa(p) for p in expected],
          _("pages present"))
    for page in expected:
        error = areas.paged.touch(page + rng.randrange(0, PAGE_SIZE, 4), 1)
        equal(fault_words(error), fault_words(None),
              _("error code of a write to {page}").format(page=hexa(page)))


@check(4, _("Each frame says which area it belongs to"), read="exercise-3",
       why=_("From an address to its area in four steps, however many areas there are: page, "
             "frame, descriptor of the frame, descriptor of the area."))
def test_owner(machine: Machine) -> None:
    areas = Areas(machine, place(7), 9)
    table = int(machine.call("frame_at 0")[0])
    areas.alloc(1, 3, 5)
    for area in areas.check().used:
        for page in run_of(area.address, area.pages):
            frame = areas.paged.leaf(page).frame
            owner, tally = machine.ram.words(table + frame // PAGE_SIZE * 16 + 8, 2)
            equal(hexa(owner), hexa(area.descriptor), _("`owner` of the frame of {page}").format(
                page=hexa(page)))
            equal(tally, 0, _("`tally` of the frame of {page}").format(page=hexa(page)))


@check(4, _("No pages, too many pages, far too many pages"), read="exercise-3",
       why=_("In 32 bits, the size of 0x100001 pages is 4096 bytes. Compare numbers of pages, not "
             "of bytes."))
def test_alloc_errors(areas: Areas) -> None:
    areas.alloc(2)
    free = areas.paged.free()
    cases = {0: "EINVAL"} | {pages: "ENOMEM" for pages in (
        SPACE - 1, SPACE, SPACE + 1, 0xFFFFF, 0x100000, 0x100001, 0x7FFFFFFF, 0x80000000,
        0x80000001, 0xFFFFFFFF)}
    for pages, error in cases.items():
        command = f"area_alloc {pages:#x}"
        equal(outcome(areas.machine.run(command)[0]), error, f"`{command}`")
    areas.check_descriptors()
    equal(areas.paged.free(), free, _("free frames"))


@check(2, _("While an area is used, nothing starts anew"), read="exercise-3",
       why=_("Its user would go on with pages that are handed out once more."))
def test_init_busy(areas: Areas) -> None:
    areas.alloc(3)
    before = areas.watched()
    again = areas.machine.run(f"areas_init {AREAS_START:#x} {SPACE}")[0]
    equal(outcome(again), "EBUSY", "`areas_init`")
    equal(areas.watched(), before, _("descriptors taken, and given back"))
    areas.check()
