"""Physical memory as stage 03 sees it: models of the memory map and of the allocators, and the
frames' descriptors as they lie in RAM."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .check import equal, fail, hexa, is_value, show
from .i18n import _
from .machine import Machine, Ram

PAGE = 4096
MAP_AREAS = 512
FREE, RESERVED, ACPI = 1, 2, 3
MEMORY_END = 0xFFFFFFFFFFFFF000
FRAME_RESERVED = 0xFFFFFFFF
ZONE_DMA, ZONE_NORMAL = 0, 1
ZONE_BORDER = 0x1000  # frame number of 16 MiB
FRAMES_LIMIT = 0x20000
TABLE_END = 0x3FF  # frame number: the descriptors end there or below
PER_FRAME = PAGE // 16  # descriptors

_AREA = struct.Struct("<QQII")
_RANK = {RESERVED: 0, ACPI: 1, FREE: 2}
_NAMES = {0: "unused", FREE: "FREE", RESERVED: "RESERVED", ACPI: "ACPI"}


@dataclass(frozen=True)
class Area:
    """An area of a memory map."""

    base: int
    length: int
    type: int = FREE
    acpi: int = 1

    @property
    def end(self) -> int:
        return self.base + self.length

    @property
    def frames(self) -> range:
        return range(self.base // PAGE, self.end // PAGE)

    @property
    def command(self) -> str:
        """What puts it into the kernel's test map."""
        return f"area {self.base:#x} {self.length:#x} {self.type} {self.acpi}"

    def pack(self) -> bytes:
        return _AREA.pack(self.base, self.length, self.type, self.acpi)

    def __str__(self) -> str:
        name = _NAMES.get(self.type, self.type)
        return f"{self.base:#x}..{self.end:#x} {name} acpi {self.acpi:#x}"


UNUSED = Area(0x500, 0, 0, 0)  # what stands in an entry that is no area


def frames(first: int, count: int, kind: int = FREE, acpi: int = 1) -> Area:
    """Returns the area of COUNT frames from number FIRST on."""
    return Area(first * PAGE, count * PAGE, kind, acpi)


# The boot loader's entries, and the fair copy of them

@dataclass(frozen=True)
class Entry:
    """An entry of the boot loader's map. acpi: None for one without attributes. more: bytes that
    follow what the kernel knows of."""

    base: int
    length: int
    type: int = FREE
    acpi: int | None = None
    more: int = 0

    @property
    def command(self) -> str:
        """What adds it to the map that the kernel is to read."""
        words = f"map_entry {self.base:#x} {self.length:#x} {self.type:#x}"
        if self.acpi is None:
            return words
        return f"{words} {self.acpi:#x}" + (f" {self.more}" if self.more else "")

    def area(self) -> Area | None:
        """Returns the whole pages that it speaks of; None if it counts for nothing."""
        acpi = 1 if self.acpi is None else self.acpi
        kind = self.type if self.type in (FREE, ACPI) else RESERVED
        start, end = self.base, min(self.base + self.length, MEMORY_END)
        if not self.length or not acpi & 1 or start >= MEMORY_END:
            return None
        if kind == RESERVED:
            start, end = start // PAGE * PAGE, -(-end // PAGE) * PAGE
        else:
            start, end = -(-start // PAGE) * PAGE, end // PAGE * PAGE
        return Area(start, end - start, kind, acpi) if start < end else None


def fair_copy(entries: Iterable[Entry]) -> list[Area]:
    """Returns the areas that ENTRIES make, by what memory_map.h says."""
    claims = [(_RANK[area.type], number, area) for number, entry in enumerate(entries)
              if (area := entry.area())]
    edges = sorted({edge for _r, _n, area in claims for edge in (area.base, area.end)})
    areas: list[Area] = []
    for start, end in zip(edges, edges[1:]):
        holding = [claim for claim in claims if claim[2].base <= start and end <= claim[2].end]
        if not holding:
            continue
        _rank, _number, winner = min(holding, key=lambda claim: claim[:2])
        last = areas[-1] if areas else Area(0, 0, 0)
        if (last.end, last.type, last.acpi) == (start, winner.type, winner.acpi):
            areas[-1] = Area(last.base, end - last.base, last.type, last.acpi)
        else:
            areas.append(Area(start, end - start, winner.type, winner.acpi))
    return areas


def read_map(ram: Ram, address: int) -> list[tuple[int, int, int, int]]:
    """Returns all the entries of the map at ADDRESS."""
    return [(base, length, kind, acpi) for base, length, kind, acpi
            in _AREA.iter_unpack(ram.read(address, MAP_AREAS * _AREA.size))]


def equal_map(ram: Ram, address: int, expected: Sequence[Area]) -> None:
    """Compares the map at ADDRESS with EXPECTED, entry by entry."""
    wanted = [*expected, *[UNUSED] * (MAP_AREAS - len(expected))]
    for number, (got, want) in enumerate(zip(read_map(ram, address), wanted)):
        equal(str(Area(*got)), str(want), _("entry {number} of the map").format(
            number=number))


def typed_map(areas: Iterable[Area]) -> str:
    """Returns commands that make a map of AREAS, and leave its address in $m."""
    return "; ".join(["m=area_new", *(area.command for area in areas)])


def write_map(machine: Machine, areas: Sequence[Area]) -> int:
    """Writes a map of AREAS from outside; returns its address."""
    unused = UNUSED.pack() * (MAP_AREAS - len(areas))
    machine.ram.write(machine.scratch, b"".join(area.pack() for area in areas) + unused)
    return machine.scratch


def free_frames(areas: Iterable[Area]) -> list[int]:
    """Returns the numbers of the frames of the FREE areas of AREAS."""
    return [number for area in areas if area.type == FREE for number in area.frames]


# The allocators

@dataclass(frozen=True)
class Run:
    """COUNT frames from FIRST on."""

    first: int
    count: int

    @property
    def end(self) -> int:
        return self.first + self.count

    def __str__(self) -> str:
        return f"{self.first:#x}..{self.end - 1:#x}"


class BumpModel:
    """What the bump allocator must do. kernel: frames START..END - 1."""

    def __init__(self, areas: Iterable[Area], first: int, end: int,
                 kernel: tuple[int, int] = (0, 0)) -> None:
        self.runs: list[Run] = []  # still free, in order
        self.all = 0
        for area in areas:
            inside = [n for n in area.frames if first <= n < end] if area.type == FREE else []
            self.all += len(inside)
            self._add([n for n in inside if not kernel[0] <= n < kernel[1]])

    def _add(self, numbers: list[int]) -> None:
        """Adds runs of NUMBERS, which rise."""
        start = 0
        for i in range(1, len(numbers) + 1):
            if i == len(numbers) or numbers[i] != numbers[i - 1] + 1:
                self.runs.append(Run(numbers[start], i - start))
                start = i

    @property
    def free(self) -> int:
        return sum(run.count for run in self.runs)

    def alloc(self, count: int) -> tuple[int | None, list[Run]]:
        """Takes COUNT frames; returns the first, None if there are none, and what was skipped."""
        for i, run in enumerate(self.runs):
            if run.count >= count:
                skipped = self.runs[:i]
                left = [Run(run.first + count, run.count - count)] if run.count > count else []
                self.runs[:i + 1] = left
                return run.first, skipped
        return None, []


class RecycleModel:
    """What the recycle allocator must do."""

    def __init__(self, bump: BumpModel) -> None:
        self.bump = bump
        self.listed: dict[int, int] = {}  # first frame of each run: its frames

    @property
    def free(self) -> int:
        return self.bump.free + sum(self.listed.values())

    def give(self, first: int, count: int) -> None:
        """Frees frames: joins the run with its neighbours."""
        for start, length in list(self.listed.items()):
            if start == first + count:
                count += self.listed.pop(start)
            elif start + length == first:
                first, count = start, count + self.listed.pop(start)
        self.listed[first] = count

    def best(self, count: int) -> list[int]:
        """Returns the frames that a best fit in the list may give: several if it is a tie."""
        lengths = [length for length in self.listed.values() if length >= count]
        return [start + length - count for start, length in self.listed.items()
                if lengths and length == min(lengths)]

    def _cut(self, frame: int, count: int) -> None:
        start = next(s for s, length in self.listed.items() if s + length == frame + count)
        del self.listed[start]
        if start < frame:
            self.listed[start] = frame - start

    def alloc(self, count: int, got: int | None) -> list[int]:
        """Takes COUNT frames, of which the kernel chose GOT. Returns what it could choose: GOT is
        taken if it is among these."""
        choice = self.best(count)
        if not choice:
            frame, skipped = self.bump.alloc(count)
            for run in skipped:
                self.give(run.first, run.count)
            if frame is not None:
                return [frame]
            while self.bump.runs:
                run = self.bump.runs.pop(0)
                self.give(run.first, run.count)
            choice = self.best(count)
        if got in choice:
            self._cut(got, count)
        return choice


# The descriptors, as they lie in RAM

@dataclass
class Table:
    """Descriptors COUNT, at ADDRESS, of the frames from FIRST on."""

    ram: Ram
    address: int
    count: int
    first: int = 0
    words: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.words = self.ram.words(self.address + 16 * self.first, 4 * self.count)

    @property
    def references(self) -> tuple[int, ...]:
        return self.words[0::4]

    def equal_runs(self, expected: Sequence[Run]) -> None:
        """Compares `run` of every frame with what it is if the listed runs are EXPECTED."""
        wanted = dict.fromkeys(range(self.first, self.first + self.count),
                               (0, _("it is handed out, or never was")))
        for run in expected:
            inside = _("it lies inside the free run {run}").format(run=run)
            wanted.update(dict.fromkeys(range(run.first, run.end), (0, inside)))
            for frame in (run.first, run.end - 1):
                wanted[frame] = run.count, _("an end of the free run {run}").format(run=run)
        for got, (frame, (tag, reason)) in zip(self.words[1::4], wanted.items()):
            if got != tag:
                what = _("`run` of frame {frame}, in the word at {address}").format(
                    frame=hex(frame), address=hexa(self.address + 16 * frame + 4))
                fail(is_value(what, f"{show(tag)} ({reason})"), is_value(what, got))

    def ring(self, runs: Sequence[Run]) -> None:
        """Fails unless the links of RUNS make one list, with one head outside the descriptors."""
        links = {self.address + 16 * run.first + 8 for run in runs}
        if not links:
            return
        start = place = next(iter(links))
        seen: list[int] = []
        heads = 0
        while place != start or not seen:
            following, _previous = self.ram.words(place, 2)
            equal(self.ram.words(following, 2)[1], place, _("the link back from the link at {a}")
                  .format(a=f"{following:#x}"))
            seen.append(place)
            heads += place not in links
            place = following
            if len(seen) > len(links) + 1:
                break
        if heads != 1 or len(seen) != len(links) + 1 or set(links) - set(seen):
            fail(_("a list of {count} runs and its head").format(count=len(links)),
                 " ".join(hex(place) for place in seen))
