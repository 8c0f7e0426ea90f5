"""Exercises 1 and 2: the boot loader's entries go in, the map is read in RAM, from outside."""

import random
from collections.abc import Sequence

from hypothesis import strategies as st

from miroir.booter import Keeper
from miroir.check import check, equal, true
from miroir.frames import (ACPI, FREE, MAP_AREAS, MEMORY_END, PAGE, RESERVED, UNUSED, Area,
                           Entry, equal_map, fair_copy, frames, write_map)
from miroir.i18n import _
from miroir.machine import LINE_LIMIT, Answer, Machine
from miroir.model import Step, explore

GIB = 1 << 30
AREA_SIZE = 24
TYPED_SIZE = 0x8000  # of the memory that entries are typed into


def type_entries(machine: Machine, entries: Sequence[Entry]) -> int:
    """Gives the kernel a map to read; returns the address of the one that it shall fill."""
    address = machine.run("map_new")[0].value
    line = ""
    for entry in entries:
        if len(line) + len(entry.command) + 2 > LINE_LIMIT:
            machine.run(line)
            line = ""
        line += f"; {entry.command}" if line else entry.command
    if line:
        machine.run(line)
    return address


def fill(machine: Machine, entries: Sequence[Entry], sizes: str = "") -> tuple[int, Answer]:
    """Has the kernel fill its test map; returns the map's address and the answer."""
    address = type_entries(machine, entries)
    left_alone = ((machine.symbol("typed_entries"), TYPED_SIZE,
                   _("the loader's map is as it was")),
                  (address + MAP_AREAS * AREA_SIZE, AREA_SIZE,
                   _("what lies behind MAP is as it was")))
    before = [machine.ram.read(place, size) for place, size, _what in left_alone]
    answer = machine.run(f"map_fill {sizes}".strip())[0]
    for (place, size, what), content in zip(left_alone, before):
        true(machine.ram.read(place, size) == content, what)
    return address, answer


def check_fill(machine: Machine, entries: Sequence[Entry],
               expected: Sequence[Area] | None = None) -> None:
    """Compares the map that ENTRIES make with EXPECTED, or with the model's."""
    wanted = fair_copy(entries) if expected is None else list(expected)
    address, answer = fill(machine, entries)
    equal_map(machine.ram, address, wanted)
    equal(str(answer), f"ok {len(wanted):#x}", _("the number of areas"))


@check(2, _("A map without difficulties is copied, and every entry after it is unused"),
       read="exercise-1",
       why=_("Memory is not zero when the kernel starts: what you do not write, you do not know."))
def test_plain(machine: Machine) -> None:
    areas = [frames(1, 0x9E), frames(0xF0, 0x10, RESERVED), frames(0x100, 0x700),
             frames(0x7FE0, 3, ACPI)]
    check_fill(machine, [Entry(a.base, a.length, a.type) for a in areas], areas)


@check(3, _("The areas are sorted, whatever the order of the entries"), read="exercise-1",
       why=_("The bump allocator only ever goes up: of an unsorted map it would lose what lies "
             "below."))
def test_sorted(machine: Machine, rng: random.Random) -> None:
    areas = [frames(n * 16 + rng.randrange(4), 1 + rng.randrange(11), rng.choice([1, 2, 3]))
             for n in range(40)]
    entries = [Entry(a.base, a.length, a.type) for a in areas]
    check_fill(machine, entries[::-1], areas)
    rng.shuffle(entries)
    check_fill(machine, entries, areas)


@check(4, _("FREE and ACPI are rounded inwards, RESERVED outwards, and what is empty is dropped"),
       read="exercise-1",
       why=_("Half a page of memory is no page of memory; half a page of a device makes the whole "
             "page dangerous."))
def test_rounding(machine: Machine) -> None:
    for kind in (FREE, ACPI):
        check_fill(machine, [Entry(0x1001, 0x2FFF, kind), Entry(0x8000, 0x1FFF, kind),
                             Entry(0x10FFF, 0x1002, kind), Entry(0x20001, 0x1FFE, kind),
                             Entry(0x30800, 0x800, kind), Entry(0x40000, 0, kind)],
                   [frames(2, 2, kind), frames(8, 1, kind), frames(0x11, 1, kind)])
    check_fill(machine, [Entry(0x1001, 0x2FFF, RESERVED), Entry(0x8000, 1, RESERVED),
                         Entry(0x10FFF, 2, RESERVED), Entry(0x20000, 0, RESERVED),
                         Entry(0x30001, 0, RESERVED)],
               [frames(1, 3, RESERVED), frames(8, 1, RESERVED), frames(0x10, 2, RESERVED)])
    check_fill(machine, [Entry(0x5800, 0x800, FREE), Entry(0x6000, 0x1000, FREE)], [frames(6, 1)])


@check(3, _("Neighbours are one area if both their type and their attributes are equal"),
       read="exercise-1",
       why=_("A run of frames lies in one area: a map in small pieces makes long runs impossible."))
def test_merge(machine: Machine) -> None:
    check_fill(machine, [Entry(0x3000, 0x1000), Entry(0x1000, 0x2000), Entry(0x4000, 0x1000)],
               [frames(1, 4)])
    unknown = [0, 4, 5, 9, 0x101, 0x10003, 0x80000001, 0xFFFFFFFF]
    check_fill(machine, [Entry(0, 0x2000, RESERVED),
                         *(Entry(n * PAGE, PAGE, kind) for n, kind in enumerate(unknown, 2)),
                         Entry(0xA000, 0x1000, FREE), Entry(0xB000, 0x1000, ACPI)],
               [frames(0, 10, RESERVED), frames(10, 1), frames(11, 1, ACPI)])
    check_fill(machine, [Entry(0, 0x1000, FREE), Entry(0x1000, 0x1000, FREE, 1),
                         Entry(0x2000, 0x1000, FREE, 3), Entry(0x3000, 0x1000, FREE, 3)],
               [frames(0, 2), frames(2, 2, FREE, 3)])
    check_fill(machine, [Entry(0, 0x3000), Entry(0x1000, 0x6000), Entry(0x2000, 0x1000)],
               [frames(0, 7)])


@check(4, _("Where entries overlap, RESERVED wins over ACPI, and ACPI over FREE"),
       read="exercise-1",
       why=_("Firmware often describes all of RAM as free first and then what it keeps of it. "
             "Whoever takes the first word for it overwrites the firmware."))
def test_overlaps(machine: Machine, rng: random.Random) -> None:
    whole, middle, inner = Entry(0, 0x20000, FREE), Entry(0x4000, 0x10000, ACPI), Entry(
        0x8001, 0x1FFE, RESERVED)
    nested = [frames(0, 4), frames(4, 4, ACPI), frames(8, 2, RESERVED), frames(10, 10, ACPI),
              frames(20, 12)]
    check_fill(machine, [whole, middle, inner], nested)
    check_fill(machine, [inner, middle, whole], nested)
    check_fill(machine, [Entry(0, 0x5000, FREE), Entry(0x3000, 0x5000, RESERVED),
                         Entry(0x7000, 0x5000, ACPI), Entry(0xA800, 0x3800, FREE)],
               [frames(0, 3), frames(3, 5, RESERVED), frames(8, 4, ACPI), frames(12, 2)])
    check_fill(machine, [Entry(0, 0x8000, FREE), Entry(0, 0x8000, 7)], [frames(0, 8, RESERVED)])
    entries = [Entry(rng.randrange(40) * PAGE, rng.randrange(1, 20) * PAGE, rng.choice([1, 2, 3]))
               for _n in range(12)]
    check_fill(machine, entries)


@check(3, _("Attributes are read if the entry has them, and can make it void"), read="exercise-1",
       why=_("An entry's size says what it holds. Past its end is the next entry, not attributes."))
def test_attributes(machine: Machine) -> None:
    check_fill(machine, [Entry(0x1000, 0x1000, FREE, 1), Entry(0x3000, 0x1000, FREE, 0),
                         Entry(0x5000, 0x1000, RESERVED, 0xE), Entry(0x7000, 0x1000, ACPI, 0xF)],
               [frames(1, 1), frames(7, 1, ACPI, 0xF)])
    check_fill(machine, [Entry(0x1000, 0x1000, FREE, 5, 12), Entry(0x3000, 0x1000, 2, 1, 100),
                         Entry(0x5000, 0x1000), Entry(0x7000, 0x1000)],
               [frames(1, 1, FREE, 5), frames(3, 1, RESERVED), frames(5, 1), frames(7, 1)])
    for kind in (FREE, ACPI, RESERVED):
        check_fill(machine, [Entry(0, 0x4000, kind, 3), Entry(0x2000, 0x4000, kind, 0x80000101)],
                   [frames(0, 4, kind, 3), frames(4, 2, kind, 0x80000101)])
    for size in (20, 23):  # too short for the attributes, which would make the entry void
        address = type_entries(machine, [Entry(0x1000, 0x1000, FREE, 0)])
        machine.ram.write(machine.symbol("typed_entries"), size.to_bytes(4, "little"))
        equal(str(machine.run("map_fill")[0]), "ok 0x1", _("the number of areas"))
        equal_map(machine.ram, address, [frames(1, 1)])


@check(3, _("Areas above 4 GiB stay, and what passes 2⁶⁴ is cut"), read="exercise-1",
       why=_("base + length can be more than 64 bits hold: an end that wraps around to 0 makes an "
             "area that is empty, or everything."))
def test_far(machine: Machine) -> None:
    check_fill(machine, [Entry(3 * GIB, 2 * GIB), Entry(1 << 52, 0x5000, RESERVED)],
               [Area(3 * GIB, 2 * GIB), Area(1 << 52, 0x5000, RESERVED)])
    top = MEMORY_END - 0x10000
    for length in (0xFFFF, 0x10000, 0x11000, 0x12345, (1 << 64) - 1):
        for kind in (FREE, RESERVED):
            expected = Area(top, 0xF000 if kind == FREE and length == 0xFFFF else 0x10000, kind)
            check_fill(machine, [Entry(top, length, kind)], [expected])
    check_fill(machine, [Entry(MEMORY_END, 0x1000), Entry((1 << 64) - 1, 1, RESERVED),
                         Entry(0x1000, 0x1000)], [frames(1, 1)])
    check_fill(machine, [Entry(0x800, (1 << 64) - 1)], [Area(0x1000, MEMORY_END - 0x1000)])


@check(2, _("Without a map, the sizes of low and high memory make the areas"), read="exercise-1",
       why=_("A loader need not give a map. It is no excuse for having no memory."))
def test_sizes(machine: Machine) -> None:
    for lower, upper, expected in (
            (640, 31744, [Area(0, 640 << 10), Area(1 << 20, 31744 << 10)]),
            (639, 1023, [Area(0, 636 << 10), Area(1 << 20, 1020 << 10)]),
            (0, 64, [Area(1 << 20, 64 << 10)]),
            (1024, 4096, [Area(0, 5 << 20)]),
            (8 << 20, 64, [Area(0, 8 << 30)]),
            (640, 0xFFFFFFFF, [Area(0, 640 << 10), Area(1 << 20, 0xFFFFFFFC << 10)])):
        address, answer = fill(machine, [], f"{lower} {upper}")
        equal_map(machine.ram, address, expected)
        equal(str(answer), f"ok {len(expected):#x}", _("the number of areas"))
    address, answer = fill(machine, [Entry(0x1000, 0x1000, FREE, 0)], "640 1024")
    equal_map(machine.ram, address, [])
    equal(str(answer), "ok 0x0", _("the number of areas"))


@check(3, _("Of more than 512 areas the lowest 512 are kept, and it is said"), read="exercise-1",
       why=_("Six hundred entries that make five areas fit. Six hundred areas do not: losing the "
             "highest ones costs memory, losing any others may cost the kernel."))
def test_too_many(machine: Machine, rng: random.Random) -> None:
    every_other = [Entry(2 * n * PAGE, PAGE) for n in range(600)]
    rng.shuffle(every_other)
    expected = fair_copy(every_other)
    lowest = [e for e in every_other if e.base < 2 * MAP_AREAS * PAGE]
    check_fill(machine, [*lowest, Entry((2 * MAP_AREAS - 1) * PAGE, PAGE)],
               [*expected[:MAP_AREAS - 1], frames(2 * MAP_AREAS - 2, 2)])
    check_fill(machine, [Entry(PAGE, PAGE)] * 1300 + [Entry(0, PAGE)], [frames(0, 2)])
    machine.console.clear()
    address, answer = fill(machine, every_other)
    equal_map(machine.ram, address, expected[:MAP_AREAS])
    equal(answer.error, "ENOSPC", _("the error"))
    true("512" in machine.console.text,
         _("a line on the console that says so, with the number 512"), machine.console.text)
    check_fill(machine, every_other + [Entry(0, 1200 * PAGE, RESERVED)],
               [Area(0, 1200 * PAGE, RESERVED)])


def _sum(place: int, offset: int) -> int:
    return max(0, place + offset) % (1 << 64)


def _near(*places: int) -> st.SearchStrategy[int]:
    """Addresses at and about PLACES."""
    return st.builds(_sum, st.sampled_from(places), st.sampled_from([0, 0, 0, 1, 0x7FF, 0xFFF, -1]))


_LOW = [n * PAGE for n in range(14)]
_BASES = _near(*_LOW, *_LOW, 4 * GIB - PAGE, 4 * GIB, MEMORY_END - 2 * PAGE, MEMORY_END)
_LENGTHS = _near(*_LOW[:8], *_LOW[:8], 4 * GIB, 1 << 63, MEMORY_END)
_ENTRIES = st.builds(Entry, _BASES, _LENGTHS, st.sampled_from([1, 1, 1, 2, 3, 0, 4, 0xFFFFFFFF]),
                     st.sampled_from([None, None, None, 1, 3, 0, 2]))


@check(5, _("Any map at all becomes a fair copy"), read="exercise-1",
       why=_("Real firmware has shipped every one of these mistakes."))
def test_any_map(boot) -> None:
    keeper = Keeper(boot)

    def script(entries: list[Entry]) -> list[Step]:
        expected = fair_copy(entries)
        place: list[int] = []

        def judge(answer: Answer) -> None:
            equal_map(keeper.machine.ram, place[0], expected)
            equal(str(answer), f"ok {len(expected):#x}", _("the number of areas"))

        return [Step("map_new", lambda answer: place.append(answer.value)),
                *(Step(entry.command) for entry in entries), Step("map_fill", judge)]

    explore(keeper, st.lists(_ENTRIES, min_size=1, max_size=9), script, 80)


@check(2, _("The map of this machine is what QEMU says, made into a fair copy"), read="exercise-1",
       why=_("All that follows is built on it."))
def test_this_machine(boot) -> None:
    for ram in (8, 32):
        machine = boot(ram=ram)
        values = machine.call("boot_map")
        entries = [Entry(*values[i:i + 3]) for i in range(0, len(values), 3)]
        equal_map(machine.ram, machine.symbol("memory_map"), fair_copy(entries))


@check(3, _("The iterator stops at every area of its type, and at no other"), read="exercise-2",
       why=_("The first and the last entry of the map are the ones that loops forget."))
def test_iterator(machine: Machine, rng: random.Random) -> None:
    areas = [rng.choice([UNUSED, *(frames(2 * n, 1, kind) for kind in (FREE, RESERVED, ACPI))])
             for n in range(MAP_AREAS)]
    areas[0] = areas[-1] = frames(2, 1, FREE)
    areas[1] = areas[-2] = frames(4, 1, ACPI)
    start = write_map(machine, areas)
    for kind in (UNUSED.type, FREE, RESERVED, ACPI):
        behind = frames(2 * MAP_AREAS, 1, kind)  # the map, and no part of it
        machine.ram.write(start + AREA_SIZE * MAP_AREAS, behind.pack())
        wanted = [start + AREA_SIZE * n for n, area in enumerate(areas) if area.type == kind]
        wanted += [0, 0, 0]
        machine.run(f"area_iter {start:#x} {kind}")
        got: list[int] = []
        for first in range(0, len(wanted), 200):
            part = wanted[first:first + 200]
            got += [a.value for a in machine.run("; ".join(["area_next"] * len(part)))]
        for number, (answer, want) in enumerate(zip(got, wanted)):
            equal(answer, want, _("the address of area {number} of type {kind}").format(
                number=number, kind=kind))


@check(1, _("A copy of the iterator goes on from where it was made"), read="exercise-2",
       why=_("The allocators that follow try something out on a copy, and go back."))
def test_iterator_copy(machine: Machine) -> None:
    start = write_map(machine, [frames(2 * n, 1) for n in range(6)])
    machine.run(f"area_iter {start:#x} 1; area_next; area_next; area_copy")
    answers = machine.run("area_next; area_next; area_next_copy; area_next; area_next_copy")
    equal([(a.value - start) // AREA_SIZE for a in answers], [2, 3, 2, 4, 3],
          _("entries that iterator, iterator, copy, iterator, copy stop at"))
