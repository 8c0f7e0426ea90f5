"""Page tables, walked from outside: in the guest's RAM, as the processor would.

Nothing here asks the kernel anything. `Directory` is the i386's two levels, `Root4` the software
tables of four levels.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .check import CheckFailed, hexa
from .i18n import _
from .machine import LINE_LIMIT, Answer, Machine, Ram

PAGE_SIZE = 4096
SLOTS = 1024
SLOT_SIZE = SLOTS * PAGE_SIZE
OTHER_SLOT, MIRROR_SLOT = 1022, 1023

IDENTITY_END, FRAME_VIEW = 0x00400000, 0x003FF000
USER_START, USER_END = 0x00400000, 0xC0000000
AREAS_START, KSPACE_END = 0xC0000000, 0xFF800000
USER_SLOTS = range(USER_START // SLOT_SIZE, USER_END // SLOT_SIZE)
KERNEL_SLOTS = range(AREAS_START // SLOT_SIZE, KSPACE_END // SLOT_SIZE)

PRESENT, WRITE, USER, WRITE_THROUGH, NO_CACHE, ACCESSED, DIRTY = (1 << bit for bit in range(7))
SOFTWARE = 7 << 9
MOST_REFERENCES = 0xFFFFFFFE  # of one frame
RIGHTS = PRESENT | WRITE | USER

_WORDS = ((PRESENT, "present"), (WRITE, "write"), (USER, "user"),
          (WRITE_THROUGH, "write-through"), (NO_CACHE, "no-cache"), (ACCESSED, "accessed"),
          (DIRTY, "dirty"), *((1 << bit, f"bit {bit}") for bit in range(7, 12)))


def flag_words(flags: int) -> str:
    """Returns FLAGS (of an entry, or a fault's error code) as a person reads them."""
    names = ", ".join(name for bit, name in _WORDS if flags & bit)
    return f"{flags:#x} ({names})" if names else f"{flags:#x}"


def fault_words(error: int | None) -> str:
    """Returns what Paged.touch() returned as a person reads it, None standing for no fault."""
    return _("no fault: the access went through") if error is None else flag_words(error)


@dataclass(frozen=True)
class Entry:
    """An entry of a directory or of a page table."""

    value: int

    @property
    def present(self) -> bool:
        return bool(self.value & PRESENT)

    @property
    def frame(self) -> int:
        """The physical address in it."""
        return self.value & ~(PAGE_SIZE - 1)

    @property
    def flags(self) -> int:
        """Bits 11..0 without those that the processor sets by itself."""
        return self.value & (PAGE_SIZE - 1) & ~(ACCESSED | DIRTY)

    def __str__(self) -> str:
        if not self.present:
            return f"{self.value:#010x} (not present)"
        names = ", ".join(name for bit, name in _WORDS if self.value & bit)
        return f"{self.value:#010x} ({names})"


class Directory:
    """The directory at the physical address `address`, and its tables."""

    def __init__(self, ram: Ram, address: int) -> None:
        self.ram = ram
        self.address = address & ~(PAGE_SIZE - 1)

    def slots(self) -> list[Entry]:
        """Returns the directory's 1024 entries."""
        return [Entry(value) for value in self.ram.words(self.address, SLOTS)]

    def slot(self, number: int) -> Entry:
        return Entry(self.ram.u32(self.address + 4 * number))

    def table(self, slot: int) -> list[Entry]:
        """Returns the entries of the table of SLOT; none if there is no table."""
        entry = self.slot(slot)
        if not entry.present:
            return []
        return [Entry(value) for value in self.ram.words(entry.frame, SLOTS)]

    def leaf(self, address: int) -> Entry | None:
        """Returns the page table entry for ADDRESS; None if no page is present there."""
        place = self.place(address)
        entry = Entry(self.ram.u32(place)) if place else None
        return entry if entry and entry.present else None

    def place(self, address: int) -> int:
        """Returns the physical address of the page table entry for ADDRESS; 0 without a table."""
        slot = self.slot(address // SLOT_SIZE)
        return slot.frame + 4 * (address // PAGE_SIZE % SLOTS) if slot.present else 0

    def pages(self, slots: range) -> Iterator[tuple[int, Entry]]:
        """Yields every page present in SLOTS: its address and its page table entry."""
        values = self.ram.words(self.address, SLOTS)
        for slot in (number for number in slots if values[number] & PRESENT):
            for index, value in enumerate(self.ram.words(Entry(values[slot]).frame, SLOTS)):
                if value & PRESENT:
                    yield slot * SLOT_SIZE + index * PAGE_SIZE, Entry(value)

    def user_pages(self) -> dict[int, Entry]:
        return dict(self.pages(USER_SLOTS))

    def user_tables(self) -> dict[int, int]:
        """Returns the frame of each table of user space, by slot."""
        slots = self.slots()
        return {number: slots[number].frame for number in USER_SLOTS if slots[number].present}


# Four levels of tables with entries of 64 bits

HUGE, NO_EXECUTE = 1 << 7, 1 << 63
TABLE4_SIZE = 512
ADDRESS4 = 0x000FFFFFFFFFF000


def index4(address: int, level: int) -> int:
    """Returns which entry of a table of LEVEL ADDRESS goes through."""
    return address >> 12 + 9 * (level - 1) & TABLE4_SIZE - 1


def canonical4(number: int) -> int:
    """Returns the canonical address with the low 48 bits of NUMBER."""
    number &= (1 << 48) - 1
    return number | 0xFFFF << 48 if number >> 47 else number


class Root4:
    """Four levels of tables whose root is at the physical address `address`."""

    def __init__(self, ram: Ram, address: int) -> None:
        self.ram = ram
        self.address = address

    def walk(self, address: int) -> list[int]:
        """Returns the entries on the way to ADDRESS, from level 4 down to the first that is not
        present or is no table's."""
        table, way = self.address, []
        for level in (4, 3, 2, 1):
            way.append(self.ram.u64(table + 8 * index4(address, level)))
            if not way[-1] & PRESENT or way[-1] & HUGE:
                break
            table = way[-1] & ADDRESS4
        return way

    def _present(self, table: int) -> list[tuple[int, int]]:
        """Returns the entries of TABLE that are present, with their numbers."""
        entries = struct.unpack(f"<{TABLE4_SIZE}Q", self.ram.read(table, PAGE_SIZE))
        return [(index, entry) for index, entry in enumerate(entries) if entry & PRESENT]

    def tables(self) -> set[int]:
        """Returns the address of every table that can be reached."""
        found = rank = {self.address}
        for _level in (4, 3, 2):
            rank = {entry & ADDRESS4 for table in rank for _index, entry in self._present(table)
                    if not entry & HUGE}
            found = found | rank
        return found

    def pages(self) -> dict[int, int]:
        """Returns the entry of every page of 4 KiB that can be reached, by its address."""
        return dict(self._pages(self.address, 4, 0))

    def _pages(self, table: int, level: int, base: int) -> Iterator[tuple[int, int]]:
        for index, entry in self._present(table):
            address = base | index << 12 + 9 * (level - 1)
            if level == 1:
                yield canonical4(address), entry
            elif not entry & HUGE:
                yield from self._pages(entry & ADDRESS4, level - 1, address)


class Paged:
    """A machine with paging on, and what the checks of several stages ask of it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.ram = machine.ram

    @property
    def directory(self) -> Directory:
        """The directory in use, by CR3."""
        return Directory(self.ram, self.machine.registers().cr3)

    def leaf(self, page: int) -> Entry:
        """Returns the page table entry for PAGE; fails the check if no page is present there."""
        leaf = self.directory.leaf(page)
        if leaf is None:
            raise CheckFailed(_("{page} is present").format(page=hexa(page)), _("not present"))
        return leaf

    def free(self) -> int:
        """Returns how many frames are free."""
        values = self.machine.call("frames")
        return int(values[0]) + int(values[2])

    def pending(self) -> int:
        """Returns how many promises to flush are owed."""
        return self.ram.u32(self.machine.symbol("page_flushes_pending"))

    def frames(self, count: int) -> list[int]:
        """Takes COUNT frames, one by one; returns their addresses."""
        return [answer.value for answer in self.run(["frame_alloc 1 1"] * count)]

    def references(self, *frames: int) -> list[int]:
        """Returns how many references each of FRAMES has."""
        answers = self.do(*(f"frame_at {frame:#x}" for frame in frames))
        return [int(answer.values[1]) for answer in answers]

    def fill_references(self, frame: int) -> None:
        """Gives FRAME as many references as can be counted."""
        place = int(self.machine.call(f"frame_at {frame:#x}")[0])
        self.ram.write(place, MOST_REFERENCES.to_bytes(4, "little"))

    def run(self, commands: Iterable[str]) -> list[Answer]:
        """Has COMMANDS carried out, in as few lines as they fit in; returns their answers."""
        answers: list[Answer] = []
        line: list[str] = []
        for command in commands:
            if sum(len(c) + 2 for c in line) + len(command) > LINE_LIMIT:
                answers += self.machine.run("; ".join(line))
                line = []
            line.append(command)
        return answers + (self.machine.run("; ".join(line)) if line else [])

    def do(self, *commands: str) -> list[Answer]:
        """As run(), but fails the check if one of COMMANDS fails."""
        answers = self.run(commands)
        for answer in answers:
            if answer.error:
                raise CheckFailed(_("`{command}` succeeds").format(command=answer.command),
                                  str(answer))
        return answers

    def touch(self, address: int, value: int | None = None) -> int | None:
        """Reads or writes a word; returns None, or the fault's error code."""
        values = self.machine.call(f"page_touch {address:#x}"
                                   + ("" if value is None else f" {value:#x}"))
        return int(values[1]) if values[0] else None
