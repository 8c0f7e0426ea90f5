"""Exercise 4: when something runs out half-way, nothing has happened."""

import random

from miroir.areas import Areas, outcome, pages_present, place
from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.machine import Machine
from miroir.pagetables import PAGE_SIZE, fault_words


@check(6, _("Frames run out, at whatever page: -ENOMEM, and nothing has changed"),
       read="exercise-4",
       why=_("A frame lost with each failure is a machine that needs to be started anew once a "
             "week, and nobody knows why."))
def test_no_frames(machine: Machine, rng: random.Random) -> None:
    pages = 6
    areas = Areas(machine, place(rng.randrange(1000)), 3 + pages + rng.choice([0, 50]))
    areas.alloc(3)
    present, run = pages_present(machine), areas.model.free()[0][0]
    for left in range(pages):
        answers = areas.paged.run([f"frames_hoard {left}", f"area_alloc {pages}"])
        equal(outcome(answers[1]), "ENOMEM",
              _("`area_alloc {pages}` with {left} free frames").format(pages=pages, left=left))
        equal(areas.paged.free(), left, _("free frames afterwards"))
        areas.check_descriptors()
        equal([hexa(p) for p in pages_present(machine)], [hexa(p) for p in present],
              _("pages present"))
        for page in (run, run + (pages - 1) * PAGE_SIZE):
            equal(fault_words(areas.paged.touch(page)), fault_words(0),
                  _("error code of a read of {page}, which is free").format(page=hexa(page)))
        equal(machine.call("areas_free_pages"), [areas.model.pages - 3], _("free pages"))
        machine.run("frames_release")
    leave_apart(areas, pages)
    areas.alloc(pages)
    equal(areas.paged.free(), 0, _("free frames after it succeeded with just enough"))
    areas.check()


def leave_apart(areas: Areas, count: int) -> None:
    """Leaves COUNT frames free, no two of which follow one another, all of them in ZONE_DMA."""
    frames = sorted(answer.value for answer in areas.do(*["frame_alloc 1 0"] * (2 * count)))
    areas.do("frames_hoard 0", *(f"frame_free {frame:#x}" for frame in frames[::2]))


@check(4, _("No descriptor: -ENOMEM, and nothing has changed"), read="exercise-4",
       why=_("What may fail comes first. As long as nothing has been changed, giving up is easy."))
def test_no_descriptor(machine: Machine) -> None:
    areas = Areas(machine, place(5), 100)
    areas.alloc(*[1] * 63)
    free = areas.paged.free()
    for pages in (1, 100, 37):
        equal(outcome(machine.run(f"area_alloc {pages}")[0]), "ENOMEM",
              _("`area_alloc {pages}` with no descriptor left").format(pages=pages))
    areas.check()
    equal(areas.paged.free(), free, _("free frames afterwards"))
    equal(areas.watched(), (67, 1), _("descriptors asked for, and given back"))


@check(5, _("take() may allocate an area itself, before it returns"), read="exercise-4",
       why=_("At the next stage descriptors come from an allocator that needs pages, from here. "
             "What was looked up before take() is no longer true after it."))
def test_take_reenters(boot, rng: random.Random) -> None:
    first = rng.randrange(1, 4)
    for space, inner, outer in ((first + 4, first, 4), (first + 3, first, 4), (9, 3, 1)):
        machine = boot()
        areas = Areas(machine, place(rng.randrange(1000)), space)
        free, inside = areas.paged.free(), areas.model.alloc(inner)
        areas.do("area_watch", f"area_nest {inner} 0")
        areas.alloc(outer)
        equal(machine.call("area_nested")[0], inside, _("the area allocated inside take()"))
        equal(free - areas.paged.free(), sum(areas.model.used.values()), _("frames taken"))
        areas.check_descriptors()
    areas.do("frames_hoard 4", "area_nest 3 0")  # which leaves one frame for two pages
    areas.model.alloc(3)
    equal(outcome(machine.run("area_alloc 2")[0]), "ENOMEM",
          _("`area_alloc {pages}` with {left} free frames").format(pages=2, left=1))
    equal(areas.paged.free(), 1, _("free frames afterwards"))
    areas.check_descriptors()
