"""Exercise 5: the frames of the machine. The descriptors are read in RAM, from outside."""

import random
from collections.abc import Sequence
from functools import partial

from hypothesis import strategies as st

from miroir.booter import Keeper
from miroir.check import check, equal, fail, hexa, true
from miroir.frames import (ACPI, FRAME_RESERVED, FRAMES_LIMIT, FREE, PAGE, PER_FRAME, RESERVED,
                           TABLE_END, ZONE_BORDER, ZONE_DMA, ZONE_NORMAL, Area, Table, frames,
                           typed_map)
from miroir.i18n import _
from miroir.machine import Answer, Machine
from miroir.model import Step, explore

ENOMEM = "ENOMEM"
LINE = 200  # commands sent at once


def counters(machine: Machine) -> list[int]:
    """Returns free and all frames of both zones, frames managed, the descriptors' end."""
    return [int(value) for value in machine.call("frames")]


class Layout:
    """What frames_init() must make of AREAS when the kernel ends at KERNEL_END."""

    def __init__(self, areas: Sequence[Area], kernel_end: int) -> None:
        usable = [area for area in areas if area.type == FREE]
        self.managed = min(max((a.end // PAGE for a in usable), default=0), FRAMES_LIMIT)
        self.table = 0  # first frame of the descriptors
        first = -(-kernel_end // PAGE)
        while self.managed:
            room = -(-self.managed // PER_FRAME)
            places = [max(first, a.base // PAGE) for a in usable
                      if min(a.end // PAGE, TABLE_END) - max(first, a.base // PAGE) >= room]
            if places:
                self.table = places[0]
                break
            self.managed = (room - 1) * PER_FRAME
        self.end = self.table + -(-self.managed // PER_FRAME)  # frame number
        self.free = {n for a in usable for n in range(max(self.end, a.base // PAGE),
                                                      min(self.managed, a.end // PAGE))}

    def zone(self, zone: int) -> set[int]:
        return {n for n in self.free if (n >= ZONE_BORDER) == (zone == ZONE_NORMAL)}


def check_table(machine: Machine, layout: Layout) -> Table:
    """Compares what the kernel says with LAYOUT, and the descriptors in RAM."""
    values = counters(machine)
    equal([hexa(v) for v in values[4:]], [hexa(layout.managed), hexa(layout.end * PAGE)],
          _("frames managed, and the descriptors' end"))
    equal(hexa(machine.run("frame_at 0")[0].value), hexa(layout.table * PAGE),
          _("the address of the first descriptor"))
    table = Table(machine.ram, layout.table * PAGE, layout.managed)
    for number, references in enumerate(table.references):
        wanted = 0 if number in layout.free else FRAME_RESERVED
        if references != wanted:
            fail(_("references of frame {frame} in RAM: {value}").format(
                frame=hex(number), value=hexa(wanted)), hexa(references))
    dma, normal = len(layout.zone(ZONE_DMA)), len(layout.zone(ZONE_NORMAL))
    equal(values[:4], [dma, dma, normal, normal], _("free and all frames of each zone"))
    return table


def machine_areas(machine: Machine) -> list[Area]:
    """Returns the FREE areas of this machine, by the boot loader's map: QEMU's is plain."""
    values = [int(value) for value in machine.call("boot_map")]
    areas = [Area(*values[i:i + 3]) for i in range(0, len(values), 3)]
    return [frames(-(-a.base // PAGE), a.end // PAGE - -(-a.base // PAGE)) for a in areas
            if a.type == FREE]


def restart(machine: Machine, areas: Sequence[Area], kernel_end: int) -> Answer:
    return machine.run(f"{typed_map(areas)}; frames_init $m {kernel_end:#x}")[-1]


def image_end(machine: Machine) -> int:
    """Returns the first page boundary after the kernel's image and what lies behind it."""
    return -(-int(machine.call("image")[1]) // PAGE) * PAGE + 16 * PAGE


def take(machine: Machine, command: str, times: int) -> list[int]:
    """Repeats an allocation; returns the addresses as far as it succeeds."""
    got: list[int] = []
    while len(got) < times:
        count = min(LINE, times - len(got))
        answers = machine.run("; ".join([command] * count))
        got += [answer.value for answer in answers if answer.ok]
        if not answers[-1].ok:
            equal(answers[-1].error, ENOMEM, command)
            break
    return got


def give_back(machine: Machine, commands: Sequence[str]) -> None:
    for i in range(0, len(commands), LINE // 2):
        for answer in machine.run("; ".join(commands[i:i + LINE // 2])):
            true(answer.ok, _("`{command}` succeeds").format(command=answer.command), answer)


@check(3, _("Descriptors lie behind the kernel; reserved is all but free memory above them"),
       read="exercise-5",
       why=_("What the table says is free will be overwritten."))
def test_table(boot) -> None:
    for ram in (8, 32):
        machine = boot(ram=ram)
        areas = machine_areas(machine)
        first = machine.run("frame_at 0")[0].value
        true(int(machine.call("image")[1]) <= first,
             _("the descriptors start after the kernel's image"), hexa(first))
        check_table(machine, Layout(areas, first))


@check(3, _("The descriptors find a place on any map; what is too much is left alone"),
       read="exercise-5",
       why=_("Descriptors in a hole of memory are descriptors in nothing: what is written there is "
             "gone."))
def test_placement(machine: Machine) -> None:
    end = image_end(machine)
    k = end // PAGE
    for areas, kernel_end in (
            ([frames(0, 0x9F), frames(0x100, 0x1F00)], end - 5),
            ([frames(0x100, 0x700, FREE), frames(0x800, 0x100, ACPI), frames(0x900, 0x300)], end),
            ([frames(0, k + 2), frames(k + 2, 3, RESERVED), frames(k + 5, 0x900)], end),
            ([frames(k + 3, 0x1900 - k)], end),
            ([frames(0, 0x1234)], end),
            ([frames(0, 0x100), frames(0x100, 0x500), frames(0x1F00, 0x300),
              Area(1 << 44, 1 << 24)], end),
            ([frames(0x100, FRAMES_LIMIT)], 0x1FF000), ([frames(0x100, FRAMES_LIMIT)], 0x200000),
            ([frames(0x100, 0x300 + (FRAMES_LIMIT << 1))], end),
            ([frames(0x100, 0x200), frames(0x300, 0xD01, RESERVED), frames(0x1001, FRAMES_LIMIT)],
             0x2FE000),
            ([frames(0, k + 3), frames(0x500, 0x1007)], end)):
        equal(str(restart(machine, areas, kernel_end)), "ok", "frames_init")
        check_table(machine, Layout(areas, kernel_end))
    restart(machine, [frames(0x100, FRAMES_LIMIT)], end)
    counts, most = counters(machine), FRAMES_LIMIT - ZONE_BORDER
    for command in (f"a=frame_alloc {most}", f"frame_free $a {most}"):
        equal(machine.error(command), "", command)
    equal(counters(machine), counts, _("free and all frames of each zone"))
    none: list[Area] = []
    for few in ([frames(0, k)], none, [frames(0, k), frames(0x400, 0x100)],
                [frames(0x100, 0x700, RESERVED)]):
        restart(machine, [frames(0x100, 0x1F00)], end)
        machine.run("a=frame_alloc 1; b=frame_alloc 2 0; frame_free $a; frame_free $b 2")
        equal(restart(machine, few, end).error, ENOMEM, "frames_init")
        equal(counters(machine), [0] * 6, _("all that the frames' counters say"))
        for command, error in (("frame_alloc 1", ENOMEM), (f"frame_ref {end:#x}", "EINVAL"),
                               (f"frame_free {end:#x}", "EINVAL")):
            equal(machine.error(command), error, command)
        equal(machine.call(f"frame_at {end:#x}"), [0, FRAME_RESERVED],
              _("a frame's descriptor and references when no frame is managed"))


@check(2, _("A frame handed out has one reference, and its content is not touched"),
       read="exercise-5",
       why=_("Not even cleared: who needs zeros clears what he needs, and this is the place that "
             "everything else waits for."))
def test_alloc(machine: Machine) -> None:
    values = counters(machine)
    for command, count in (("frame_alloc 1", 1), ("frame_alloc 7 0", 7)):
        # What the last user kept in the descriptors must not stay for the next one.
        address = machine.run(command)[0].value
        place = machine.run(f"frame_at {address:#x}")[0].value
        for i in range(count):
            machine.ram.write(place + 16 * i + 8, b"\xa5" * 8)
        machine.run(f"frame_free {address:#x} {count}")
    poison = machine.ram.read(0x1000000, 4) * (PAGE // 4)
    first = machine.run("frame_at 0")[0].value
    for command, count in (("frame_alloc 1", 1), ("frame_alloc 7 0", 7),
                           ("frame_alloc 100 1", 100)):
        address = machine.run(command)[0].value
        true(address % PAGE == 0, _("{command} gives a page boundary").format(command=command),
             hexa(address))
        for frame in range(address, address + count * PAGE, PAGE):
            references, _run, owner, tally = machine.ram.words(first + frame // PAGE * 16, 4)
            equal([references, owner, tally], [1, 0, 0],
                  _("references, owner and tally of {frame} in RAM").format(frame=hexa(frame)))
            true(machine.ram.read(frame, PAGE) == poison, _("the content of {frame} is as it was")
                 .format(frame=hexa(frame)))
    after = counters(machine)
    equal([values[0] - after[0], values[2] - after[2]], [7, 101], _("frames taken in each zone"))


@check(3, _("ZONE_DMA is below 16 MiB; ZONE_NORMAL falls back to it; no run crosses over"),
       read="exercise-5",
       why=_("An old device given a frame beyond its reach writes to another one. And memory below "
             "16 MiB that is spent on all and sundry is missing then."))
def test_zones(machine: Machine) -> None:
    end = image_end(machine)
    areas = [frames(end // PAGE, 40), frames(ZONE_BORDER - 10, 18)]
    layout = Layout(areas, end)
    equal(str(restart(machine, areas, end)), "ok", "frames_init")
    check_table(machine, layout)
    for command in ("frames_of 2", "frames_of 0xffffffff"):
        equal(machine.call(command), [0, 0], command)
    for command, zone in (("frame_alloc 5", 1), ("frame_alloc 4", 0), ("frame_alloc 3", 1),
                          ("frame_alloc 1", 0), ("frame_alloc 2 0", 0), ("frame_alloc 1 1", 0)):
        answer = machine.run(command)[0]
        equal(int(answer.value >= ZONE_BORDER * PAGE), zone, _("the zone that `{command}` gives")
              .format(command=command))
    restart(machine, areas, end)
    low = take(machine, "frame_alloc 1 0", 100)
    equal(sorted(map(hexa, low)), sorted(hexa(n * PAGE) for n in layout.zone(ZONE_DMA)),
          _("all that ZONE_DMA gives"))
    high = take(machine, "frame_alloc 1 1", 100)
    equal(sorted(map(hexa, high)), sorted(hexa(n * PAGE) for n in layout.zone(ZONE_NORMAL)),
          _("all that ZONE_NORMAL gives then"))
    numbers = range(ZONE_BORDER + 7, ZONE_BORDER - 11, -1)
    give_back(machine, [f"frame_free {n * PAGE:#x}" for n in numbers])
    for count, want in ((19, ENOMEM), (11, ENOMEM), (10, ""), (9, ENOMEM), (8, "")):
        answer = machine.run(f"frame_alloc {count}")[0]
        equal(answer.error, want, answer.command)
    for command in ("frame_alloc 1 2", "frame_alloc 1 0xffffffff", "frame_alloc 0",
                    "frame_alloc 0 0"):
        equal(machine.error(command), "EINVAL", command)


@check(2, _("A frame is free when its last reference is dropped, and not before"),
       read="exercise-5",
       why=_("Two processes share a page, one ends: the frame must stay with the other."))
def test_references(machine: Machine) -> None:
    a = machine.run("a=frame_alloc 4")[0].value
    place = machine.run("frame_at $a")[0].value
    free = counters(machine)[2]
    notes = [bytes([0xA0 + i]) * 8 for i in range(4)]  # owner and tally are the user's
    for i, note in enumerate(notes):
        machine.ram.write(place + 16 * i + 8, note)
    machine.run(f"frame_ref {a:#x}; frame_ref {a:#x}; frame_ref {a + 2 * PAGE:#x}")
    for references, freed, then in (([3, 1, 2, 1], 0, f"frame_free {a:#x} 4"),
                                    ([2, 0, 1, 0], 2, f"frame_free {a:#x}"),
                                    ([1, 0, 1, 0], 2, f"frame_free {a + 2 * PAGE:#x}"),
                                    ([1, 0, 0, 0], 3, f"frame_free {a:#x}"),
                                    ([0, 0, 0, 0], 4, "frames")):
        equal([machine.ram.u32(place + 16 * i) for i in range(4)], references,
              _("references of the four frames in RAM"))
        for i, note in enumerate(notes):
            true(not references[i] or machine.ram.read(place + 16 * i + 8, 8) == note,
                 _("owner and tally of a frame in use are as its user left them"))
        equal(counters(machine)[2] - free, freed, _("frames free again"))
        equal(machine.error(then), "", then)
    b = machine.run("frame_alloc 1")[0].value
    place = machine.run(f"frame_at {b:#x}")[0].value
    machine.ram.write(place, (FRAME_RESERVED - 2).to_bytes(4, "little"))
    equal([machine.error(f"frame_ref {b:#x}"), machine.error(f"frame_ref {b:#x}"),
           machine.ram.u32(place)], ["", "ERANGE", FRAME_RESERVED - 1],
          _("the last two references that fit, and the counter in RAM"))


@check(3, _("Double free, reserved frames and bad addresses are refused, and nothing changes"),
       read="exercise-5",
       why=_("A frame that is freed twice is handed out twice. That is the hardest bug to find: "
             "find it here."))
def test_errors(machine: Machine) -> None:
    a = machine.run("a=frame_alloc 6 0")[0].value
    z = machine.run("z=frame_alloc 2 1")[0].value
    managed, end = counters(machine)[4:]
    machine.run(f"frame_free {a + 4 * PAGE:#x}; frame_ref {a:#x}")
    place = machine.run("frame_at 0")[0].value
    before, counts = machine.ram.read(place, 16 * managed), counters(machine)
    top = managed * PAGE
    rows = [(f"{a + 4 * PAGE:#x}", "ENOENT"), (f"{a + 1:#x}", "EINVAL"), (f"{a - 1:#x}", "EINVAL"),
            (f"{a + 0x800:#x}", "EINVAL"), (f"{z + 1:#x}", "EINVAL"),
            (f"{z + 0x1800:#x}", "EINVAL"), (f"{top:#x}", "EINVAL"), ("0xfffff000", "EINVAL"),
            ("0", "EPERM"), ("0xb8000", "EPERM"), ("0x100000", "EPERM"), (f"{place:#x}", "EPERM"),
            (f"{end - PAGE:#x}", "EPERM"), ("0x101234", "EINVAL")]
    for address, error in rows:
        for command in ("frame_free", "frame_ref"):
            equal(machine.error(f"{command} {address}"), error, f"{command} {address}")
    for arguments, error in ((f"{a:#x} 0", "EINVAL"), (f"{a:#x} 5", "ENOENT"),
                             (f"{a:#x} 0xffffffff", "EINVAL"), (f"{a:#x} 0x100001", "EINVAL"),
                             (f"{a:#x} {managed - a // PAGE + 1}", "EINVAL"),
                             (f"{end - PAGE:#x} 2", "EPERM"),
                             (f"{end - PAGE:#x} {managed - end // PAGE + 1}", "EPERM"),
                             (f"{a + 3 * PAGE:#x} {managed - a // PAGE - 3}", "ENOENT"),
                             ("0 0", "EINVAL"), (f"0x9e000 {managed}", "EINVAL")):
        equal(machine.error(f"frame_free {arguments}"), error, f"frame_free {arguments}")
    equal(counters(machine), counts, _("free and all frames of each zone"))
    # Which of the free frames are in a list may change; who has which frame may not.
    after = machine.ram.read(place, 16 * managed)
    equal([i for i in range(managed) if after[16 * i:16 * i + 4] != before[16 * i:16 * i + 4]], [],
          _("frames whose references have changed"))
    for place_of, want in ((a, 2), (a + 5 * PAGE + 0xFFF, 1), (a + 4 * PAGE, 0),
                           (0xB8000, FRAME_RESERVED), (top, FRAME_RESERVED),
                           (0xFFFFFFFF, FRAME_RESERVED)):
        equal(machine.call(f"frame_at {place_of:#x}")[1], want,
              _("frame_references({address})").format(address=hexa(place_of)))
    equal(machine.call(f"frame_at {top:#x}")[0], 0, f"frame_at({hexa(top)})")
    equal(machine.call(f"frame_at {a + 0x123:#x}")[0], place + a // PAGE * 16,
          f"frame_at({hexa(a + 0x123)})")


@check(3, _("All frames can be had, each once; freed in any order, they are one piece again"),
       read="exercise-5",
       why=_("One frame lost per round, a thousand rounds a second: memory lasts a few seconds."))
def test_exhaustion(boot, rng: random.Random) -> None:
    for ram, unit in ((8, 5), (32, 63)):
        machine = boot(ram=ram)
        areas = machine_areas(machine)
        layout = Layout(areas, machine.run("frame_at 0")[0].value)
        counts = counters(machine)
        taken = [(address, unit) for address in take(machine, f"frame_alloc {unit}", 1 << 20)]
        taken += [(address, 1) for address in take(machine, "frame_alloc 1", 1 << 20)]
        numbers = [address // PAGE + i for address, count in taken for i in range(count)]
        equal(len(numbers), len(layout.free), _("frames handed out"))
        equal(set(numbers) - layout.free, set(), _("frames handed out that are not free memory"))
        equal(counters(machine)[0:4:2], [0, 0], _("frames free then"))
        rng.shuffle(taken)
        give_back(machine, [f"frame_free {address:#x} {count}" for address, count in taken])
        equal(counters(machine), counts, _("free and all frames of each zone"))
        for area in areas:
            zones = [sorted(layout.zone(zone) & set(area.frames)) for zone in (0, 1)]
            for run in filter(None, reversed(zones)):  # the second one is of the other zone, then
                command = f"frame_alloc {len(run)} 1"
                equal(machine.error(command), "", command)
        equal(counters(machine)[0:4:2], [0, 0], _("frames free then"))


class _Game:
    """One sequence of commands, and who has which frame."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.references = {number: 0 for number in layout.free}
        self.address: dict[str, int] = {}

    def _has_run(self, zone: int, count: int) -> bool:
        length = 0
        previous = -1
        for number in sorted(self.layout.zone(zone)):
            free = self.references[number] == 0
            length = (length + 1 if number == previous + 1 else 1) if free else 0
            previous = number
            if length == count:
                return True
        return False

    def judge_alloc(self, name: str, count: int, zone: int, answer: Answer) -> None:
        usable = [z for z in range(zone, -1, -1) if self._has_run(z, count)]
        self.address[name] = 0
        if not usable:
            equal(answer.error, ENOMEM, answer.command)
            return
        numbers = range(answer.value // PAGE, answer.value // PAGE + count) if answer.ok else []
        if not numbers or any(self.references.get(n) != 0 for n in numbers) or \
                not set(numbers) <= self.layout.zone(usable[0]):
            fail(_("{count} free frames of zone {zone}").format(count=count, zone=usable[0]),
                 answer)
        self.references.update(dict.fromkeys(numbers, 1))
        self.address[name] = answer.value

    def _error(self, numbers: range) -> str:
        for number in numbers:
            if number not in self.references:
                return "EPERM" if number < self.layout.managed else "EINVAL"
            if not self.references[number]:
                return "ENOENT"
        return ""

    def judge_change(self, name: str, count: int, change: int, answer: Answer) -> None:
        first = self.address[name] // PAGE
        numbers = range(first, first + count)
        outside = numbers[-1] >= self.layout.managed
        equal(answer.error, "EINVAL" if outside else self._error(numbers), answer.command)
        if answer.ok:
            for number in numbers:
                self.references[number] += change

    def judge_counts(self, answer: Answer) -> None:
        free = [sum(self.references[n] == 0 for n in self.layout.zone(zone)) for zone in (0, 1)]
        equal([answer.values[0], answer.values[2]], free, _("free frames of each zone"))


_KINDS = st.sampled_from(["alloc", "alloc", "alloc", "ref", "free", "free"])
_OPERATIONS = st.lists(st.tuples(_KINDS, st.integers(0, 9), st.integers(1, 7),
                                 st.sampled_from([0, 1, 1])), min_size=1, max_size=30)


@check(3, _("Any sequence of allocations, references and releases"), read="exercise-5",
       why=_("References, zones and lists are three books on the same goods: they must agree."))
def test_frames_any(boot) -> None:
    keeper = Keeper(boot)
    end = image_end(keeper())
    areas = [frames(end // PAGE, 29), frames(ZONE_BORDER - 6, 11), frames(ZONE_BORDER + 7, 4)]
    layout = Layout(areas, end)

    def script(operations) -> list[Step]:
        game = _Game(layout)
        names: list[str] = []
        steps = [Step("m=area_new"), *(Step(area.command) for area in areas),
                 Step(f"frames_init $m {end:#x}")]
        for number, (kind, which, count, zone) in enumerate(operations):
            if kind == "alloc" or not names:
                name = f"a{number}"
                names.append(name)
                steps.append(Step(f"{name}=frame_alloc {count} {zone}",
                                  partial(game.judge_alloc, name, count, zone)))
            else:
                name = names[which % len(names)]
                count, change = (1, 1) if kind == "ref" else (count, -1)
                steps.append(Step(
                    f"frame_{kind} ${name}" + (f" {count}" if kind == "free" else ""),
                    partial(game.judge_change, name, count, change)))
            steps.append(Step("frames", game.judge_counts))

        def judge_ram(_answer: Answer) -> None:
            table = Table(keeper.machine.ram, layout.table * PAGE, layout.managed)
            for number in game.references:
                equal(table.references[number], game.references[number],
                      _("references of frame {frame} in RAM").format(frame=hex(number)))

        return [*steps, Step("frames", judge_ram)]

    explore(keeper, _OPERATIONS, script, 50)


@check(5, _("frame_alloc(1) and frame_free(1) take at most 60 instructions together"),
       read="exercise-5", bonus=True,
       why=_("Every page fault takes a frame: what happens most often should cost least."))
def test_cost(boot) -> None:
    machine = boot(icount=True)
    free = counters(machine)[2]
    tenths = -(-int(machine.call("frame_bench 1000")[0]) // 100)  # for a pair, rounded up
    true(tenths <= 600, _("at most 60 instructions for a pair, what the loop and two calls of "
                          "empty functions take being subtracted"), f"{tenths / 10:.1f}")
    equal(counters(machine)[2], free, _("frames free afterwards"))
