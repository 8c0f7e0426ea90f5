"""Exercise 6: areas come back, and are joined with their neighbours."""

import itertools
import random

from miroir.areas import AREAS_END, Areas, outcome, pages_present, place
from miroir.check import after, check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.pagetables import AREAS_START, PAGE_SIZE, USER_START, WRITE, fault_words

FEW, MANY = 5, 400  # areas
SLACK = 1.5  # between what is the same cost


@check(4, _("An area that is freed is gone: its pages, its frames, what the processor remembers"),
       read="exercise-6",
       why=_("The processor goes on using a translation that it remembers. The frame behind it "
             "belongs to somebody else by then."))
def test_free(areas: Areas, rng: random.Random) -> None:
    free = areas.paged.free()
    sizes = [1, 2, rng.randrange(40, 90)]
    freed, kept, later = areas.alloc(*sizes)
    some = [0, *rng.sample(range(1, sizes[2] - 1), 8), sizes[2] - 1]
    shared = areas.paged.leaf(later).frame
    areas.do(f"page_map 1023 {USER_START + PAGE_SIZE:#x} 0",
             f"page_map_to 1023 {USER_START:#x} {shared:#x} {WRITE}")
    taken = areas.paged.free()
    free_touched(areas, freed, [freed])
    free_touched(areas, later, [later + number * PAGE_SIZE for number in some])
    equal(areas.paged.free() - taken, sizes[0] + sizes[2] - 1,
          _("frames that came back: all but the one that a user page shows, too"))
    equal(areas.paged.references(shared), [1], _("references of that one"))
    both = [kept, kept + PAGE_SIZE]
    equal([hexa(p) for p in pages_present(areas.machine)], [hexa(p) for p in both],
          _("pages present"))
    free_touched(areas, kept, both)
    areas.check()
    areas.do(f"page_unmap 1023 {USER_START:#x}", f"page_unmap 1023 {USER_START + PAGE_SIZE:#x}")
    equal(areas.paged.free(), free, _("free frames in the end, as at the start"))


def free_touched(areas: Areas, address: int, pages: list[int]) -> None:
    """Frees the area at ADDRESS right after the processor has seen some of its PAGES."""
    for page in pages:
        equal(fault_words(areas.paged.touch(page, 1)), fault_words(None),
              _("error code of a write to {page}").format(page=hexa(page)))
    areas.free(address)
    for page in pages:
        equal(fault_words(areas.paged.touch(page)), fault_words(0),
              _("error code of a read of {page}, freed").format(page=hexa(page)))


@check(4, _("Joined with the next, with the one before, with both, or with none"),
       read="exercise-6",
       why=_("Two free areas of 5 pages do not hold 10. Side by side they are one of 10, and it "
             "has one descriptor."))
def test_join(machine: Machine, rng: random.Random) -> None:
    machine.run("area_stock")
    areas = Areas(machine, place(100), 100)
    blocks = areas.alloc(*(rng.randrange(1, 6) for _unused in range(8)))
    for area in areas.check().used:
        machine.ram.write(area.descriptor + 16, area.address.to_bytes(4, "little"))
    for what, block, given in ((_("none"), 1, 0), (_("none"), 6, 0), (_("the next"), 5, 1),
                               (_("the one before"), 2, 1), (_("the next"), 0, 1),
                               (_("the one before"), 3, 1), (_("both"), 4, 2),
                               (_("both"), 7, 2)):
        before = areas.watched()
        areas.free(blocks[block])
        used = areas.check().used
        equal([hexa(area.user) for area in used], [hexa(area.address) for area in used],
              _("`user` of the used areas, as their users have set it"))
        equal([now - then for now, then in zip(areas.watched(), before)], [0, given],
              _("descriptors taken, and given back, the area being joined with: {what}").format(
                  what=what))
    machine.ram.write(areas.check().free[0].descriptor + 16, b"user")
    areas.alloc(areas.model.pages)
    equal([area.user for area in areas.check().used], [0], _("`user` of the area used next"))


@check(2, _("Four neighbours, freed in any of the 24 orders, become one free area again"),
       read="exercise-6",
       why=_("A mistake in joining hides in the one order that nobody has tried."))
def test_orders(areas: Areas, rng: random.Random) -> None:
    for order in itertools.permutations(range(4)):
        blocks = areas.alloc(*(rng.randrange(1, 4) for _unused in range(4)))
        areas.free(*(blocks[number] for number in order))
        areas.check()
    areas.check_descriptors()


@check(2, _("First fit: of the free areas that are long enough, the one with the lowest address"),
       read="exercise-6",
       why=_("Which one is taken is part of the contract, so that memory fills up from below, "
             "and every run goes as the one before."))
def test_first_fit(machine: Machine, rng: random.Random) -> None:
    areas = Areas(machine, place(rng.randrange(1000)), 60)
    blocks = areas.alloc(4, 1, 7, 1, 2, 1, 5, 1, 3, 1)
    for _unused in range(3):
        areas.free(*rng.sample(blocks[::2], 5))
        areas.check()
        for pages in ("0x100001", "0x80000001"):  # in bytes, as few as one page has
            equal(outcome(machine.run(f"area_alloc {pages}")[0]), "ENOMEM", f"`area_alloc {pages}`")
        again = areas.alloc(5, 2, 3, 1, 2, 1, 6, 1)
        areas.check()
        areas.free(*rng.sample(again, len(again)))
        areas.alloc(4, 7, 2, 5, 3)


@check(4, _("Freed twice, never allocated, not at its start: refused, and nothing changes"),
       read="exercise-6",
       why=_("The most common mistake of those who use an allocator. If it were carried out, it "
             "would be found somewhere else, much later."))
def test_free_errors(areas: Areas, rng: random.Random) -> None:
    sizes = [1, 3, 2, rng.randrange(2, 6), 1]
    blocks = areas.alloc(*sizes)
    gone = [blocks[0], blocks[2]]
    areas.free(*gone)
    areas.do("area_watch")
    free, inside = areas.paged.free(), blocks[1] + PAGE_SIZE
    areas.do(f"page_map_to 1023 {AREAS_END:#x} {areas.paged.leaf(blocks[1]).frame:#x} {WRITE}")
    done = ["; ".join(f"area_alloc {size}" for size in sizes),
            "; ".join(f"area_free {address:#x}" for address in gone)]
    bad = [*gone, gone[1] + PAGE_SIZE, inside, inside + PAGE_SIZE, blocks[3] + PAGE_SIZE,
           blocks[1] + 1, blocks[1] + 2048, inside + 4095, gone[0] + 8, blocks[4] + PAGE_SIZE,
           AREAS_END - PAGE_SIZE, 0, 0x100000, USER_START, AREAS_START - PAGE_SIZE, AREAS_END,
           0xFFC00000, 0xFFFFFFFF]
    for address in bad:
        command = f"area_free {address:#x}"
        with after(*done, command):
            equal(outcome(areas.machine.run(command)[0]), areas.model.error(address),
                  f"`{command}`")
    equal(areas.watched(), (0, 0), _("descriptors taken, and given back"))
    equal(areas.paged.free(), free, _("free frames"))
    areas.check()
    areas.free(blocks[1])
    equal(outcome(areas.machine.run(f"area_free {blocks[1]:#x}")[0]), "ENOENT",
          _("the same area, again"))


@check(3, _("give() may free another area, or allocate one, before it returns"), read="exercise-6",
       why=_("At the next stage a descriptor given back can empty a whole page of descriptors, and "
             "that page goes back to where you are just now."))
def test_give_reenters(machine: Machine, rng: random.Random) -> None:
    areas = Areas(machine, place(10), 100)
    for free, freed, inside in (((2, 4), 3, 1), ((2, 4), 3, 5), ((2, 4), 3, 7), ((4,), 3, 2),
                                ((2,), 3, 4)):
        blocks = areas.alloc(*(rng.randrange(1, 4) for _unused in range(9)))
        areas.free(*(blocks[number] for number in free))
        areas.do(f"area_nest 0 {blocks[inside]:#x}")
        areas.free(blocks[freed])
        freed_inside(areas, blocks[inside])
        areas.free(*areas.model.used)
    blocks = areas.alloc(2, 3, 2)
    areas.free(blocks[1])
    areas.do(f"area_nest 0 {blocks[0]:#x}")
    areas.alloc(3)
    freed_inside(areas, blocks[0])
    areas.free(*areas.model.used)
    # Or allocate one: where the area just was that is being freed, for instance.
    for pages in (1, 6, 9):
        blocks = areas.alloc(2, 5, 2)
        areas.free(blocks[0])
        areas.do(f"area_nest {pages} 0 1")
        areas.free(blocks[1])
        equal(hexa(int(machine.call("area_nested")[0])), hexa(areas.model.alloc(pages) or 0),
              _("the area allocated inside give()"))
        areas.check_descriptors()
        expected = [address + n * PAGE_SIZE for address, count in sorted(areas.model.used.items())
                    for n in range(count)]
        equal([hexa(page) for page in pages_present(machine)], [hexa(page) for page in expected],
              _("pages present"))
        areas.free(*areas.model.used)
    # After frames have run out, those already taken are back by then.
    areas.do("frames_hoard 1", "area_nest 1 0 1")
    equal(outcome(machine.run("area_alloc 2")[0]), "ENOMEM",
          _("`area_alloc {pages}` with {left} free frames").format(pages=2, left=1))
    equal(hexa(int(machine.call("area_nested")[0])), hexa(areas.model.alloc(1) or 0),
          _("the area allocated inside give()"))
    areas.free(*areas.model.used)
    # And while everything starts anew, there is no area.
    areas.do("area_nest 1 0 1", f"areas_init {areas.model.start:#x} {areas.model.pages}")
    equal(machine.call("area_nested")[:2], [0, "ENOMEM"],
          _("area_alloc() inside give(), inside areas_init(): address and error"))
    areas.check()


def freed_inside(areas: Areas, address: int) -> None:
    """Checks everything after give() was to free the area at ADDRESS."""
    equal(areas.machine.call("area_nested")[2], "", _("error of the area_free() inside give()"))
    del areas.model.used[address]
    areas.check_descriptors()


@check(2, _("A descriptor can be moved between two calls: nobody remembers where it was"),
       read="exercise-6",
       why=_("The next stage moves descriptors together, so that whole pages become free. A "
             "pointer that was kept then points to what is somebody else's."))
def test_moved(areas: Areas, rng: random.Random) -> None:
    blocks = areas.alloc(*(rng.randrange(1, 5) for _unused in range(9)))
    areas.free(blocks[2], blocks[6])
    starts = [area.address for area in areas.check().all]
    for start in rng.sample(starts, len(starts)):
        found = areas.do(*(f"{name} {start:#x}" for name in ("area_of", "area_move", "area_of")))[2]
        if start in areas.model.used:
            equal(hexa(found.value), hexa(areas.check().descriptor(start)), f"`{found.command}`")
    areas.free(*rng.sample(list(areas.model.used), 4))
    areas.alloc(*(rng.randrange(1, 5) for _unused in range(3)))
    areas.check_descriptors()


@check(2, _("area_free() costs the same with 5 areas and with 400, joining included"),
       read="exercise-6",
       why=_("To find the neighbours by going through a list makes a kernel slow exactly when it "
             "has much to do."))
def test_free_cost(boot) -> None:
    costs = []
    for count in (FEW, MANY):
        areas = Areas(boot(icount=True))
        areas.do("area_stock")
        blocks = areas.alloc(*[1] * count)
        areas.free(*blocks[1:count - 4:2])
        costs.append([areas.do(f"area_free_cycles {blocks[number]:#x}")[0].value
                      for number in (-2, -4, -3, 0)])
    expected = _("with {many} areas, at most {slack} times what it costs with {few} ({what}): "
                 "{cost} instructions")
    places = (_("alone"), _("alone, again"), _("between two free ones"), _("at the low end"))
    for what, few, many in zip(places, *costs):
        true(many <= SLACK * few, expected.format(many=MANY, few=FEW, slack=SLACK, what=what,
                                                  cost=few), many)


@check(2, _("8 MiB: until nothing is left, and back to where it began"), read="exercise-6",
       why=_("Out of memory is an answer, not an end. And what came back is worth as much as what "
             "was never used."))
def test_exhaust(boot, rng: random.Random) -> None:
    machine = boot(ram=8)
    areas = Areas(machine)
    free, got = areas.paged.free(), []
    for pages in (1 << bit for bit in range(11, -1, -1)):
        while not (answer := machine.run(f"area_alloc {pages}")[0]).error:
            got.append(answer.value)
            areas.model.alloc(pages)
        equal(outcome(answer), "ENOMEM", f"`area_alloc {pages}`")
    equal(areas.paged.free(), 0, _("free frames then"))
    equal(sum(areas.model.used.values()), free, _("pages of the used areas, each with a frame"))
    areas.check()
    areas.free(*rng.sample(got, len(got)))
    equal(areas.paged.free(), free, _("free frames in the end, as at the start"))
    areas.check()
