"""Address spaces: a model of what mspace.h says."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .pagetables import PAGE_SIZE, PRESENT, SLOT_SIZE, USER, USER_END, USER_START, WRITE

KSPACE_START, KSPACE_END = 0xE0000000, 0xFF800000
MAX_SIZE = 0x08000000
PAGE_COW = 0x200

EXEC, VM_WRITE, READ, SHARED = 1, 2, 4, 8
RIGHTS, CAN, CAN_EXEC, CAN_WRITE, CAN_READ = 0x7, 0x70, 0x10, 0x20, 0x40
COPY_ON_WRITE = 0x80
HEAP, STACK, FILE, PHYS, ANON, TYPE = 0x100, 0x200, 0x300, 0x400, 0x500, 0xF00
GROWSDOWN, DEAD, FIXED, RESOLVE = 0x4000, 0x8000, 0x10000, 0x20000
RW = READ | VM_WRITE
PRIVATE_FILE = FILE | READ | CAN_READ | CAN_WRITE | COPY_ON_WRITE

_NAMES = {HEAP: "heap", STACK: "stack", FILE: "file", PHYS: "phys", ANON: "anon"}
_FLAGS = ((COPY_ON_WRITE, "copy-on-write"), (GROWSDOWN, "growsdown"), (DEAD, "DEAD"))


def area_words(flags: int) -> str:
    """Returns the FLAGS of an area as a person reads them."""
    letters = "".join(letter if flags & bit else "-" for bit, letter in
                      ((READ, "r"), (VM_WRITE, "w"), (EXEC, "x")))
    can = "".join(letter if flags & bit << 4 else "-" for bit, letter in
                  ((READ, "r"), (VM_WRITE, "w"), (EXEC, "x")))
    words = [letters, f"can {can}", "shared" if flags & SHARED else "private",
             _NAMES.get(flags & TYPE, "?"), *(name for bit, name in _FLAGS if flags & bit)]
    return f"{flags:#x} ({' '.join(words)})"


def stored_flags(flags: int, kernel: bool = False) -> int | None:
    """Returns what vma_stored_flags() stores; None if it refuses."""
    known = (RIGHTS | SHARED | CAN | COPY_ON_WRITE | TYPE | GROWSDOWN | FIXED | RESOLVE)
    kind = flags & TYPE
    if flags & ~known or kind not in _NAMES:
        return None
    flags &= ~(FIXED | RESOLVE)
    if not flags & CAN:
        flags |= (flags & RIGHTS) << 4
    needed = (flags & RIGHTS) << 4 | (CAN_WRITE if flags & COPY_ON_WRITE else 0)
    shared, copied = flags & SHARED, flags & COPY_ON_WRITE
    wrong = (needed & ~flags,
             kind in (HEAP, STACK) and flags & (RIGHTS | CAN) != RW | RW << 4,
             kind != FILE and (shared or copied), shared and copied,
             flags & GROWSDOWN and kind != STACK,
             kind == PHYS and (not kernel or flags & CAN_EXEC))
    if any(wrong):
        return None
    if kind == FILE and not shared and flags & VM_WRITE:
        flags = flags & ~VM_WRITE | COPY_ON_WRITE
    return flags


@dataclass(frozen=True)
class Area:
    """A VMA."""

    start: int
    length: int
    ino: int = 0
    offset: int = 0
    limit: int = 0
    flags: int = 0

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def dead(self) -> bool:
        return bool(self.flags & DEAD)

    @property
    def guarded(self) -> int:
        """The first address that is not left free below it."""
        return self.start - (PAGE_SIZE if self.flags & GROWSDOWN else 0)

    def __str__(self) -> str:
        return (f"{self.start:08x}-{self.end:08x} {area_words(self.flags)} inode {self.ino:#x} "
                f"offset {self.offset:#x} limit {self.limit}")

    def split(self, length: int) -> tuple["Area", "Area"]:
        """Returns its first LENGTH bytes, and the rest."""
        moves = self.flags & TYPE in (FILE, PHYS)
        low_limit = high_limit = self.limit
        if self.limit > 0:
            reaches = self.limit > length
            low_limit = 0 if reaches else self.limit
            high_limit = self.limit - length if reaches else -1
        high = replace(self, start=self.start + length, length=self.length - length,
                       offset=self.offset + (length if moves else 0), limit=high_limit)
        return replace(self, length=length, limit=low_limit), high

    def entry_flags(self, cow: bool, kernel: bool = False) -> int:
        """Returns the flags that the entry of a page present in it has."""
        flags = PRESENT | (PAGE_COW if cow else 0)
        if not kernel and self.flags & (RIGHTS | COPY_ON_WRITE):
            flags |= USER
        if not cow and self.flags & (VM_WRITE | COPY_ON_WRITE):
            flags |= WRITE
        return flags


@dataclass
class Model:
    """What a space must be like. pages: those present, and whether they have PAGE_COW."""

    lower: int = USER_START
    upper: int = USER_END
    areas: list[Area] = field(default_factory=list)
    pages: dict[int, bool] = field(default_factory=dict)

    @property
    def kernel(self) -> bool:
        return self.lower == KSPACE_START

    def copy(self) -> "Model":
        return Model(self.lower, self.upper, list(self.areas), dict(self.pages))

    @property
    def live(self) -> list[Area]:
        return [area for area in self.areas if not area.dead]

    def at(self, address: int) -> Area | None:
        return next((a for a in self.live if a.start <= address < a.end), None)

    def sizes(self) -> list[int]:
        """Returns v_size, p_size, s_size and phys_pg_count."""
        private = shared = 0
        live = self.live
        starts = [area.start for area in live]
        for page, cow in self.pages.items():
            area = live[bisect_right(starts, page) - 1]
            if cow or area.flags & SHARED:
                shared += 1
            elif area.flags & TYPE != PHYS:
                private += 1
        tables = 0 if self.kernel else 1 + len({page // SLOT_SIZE for page in self.pages})
        return [sum(area.length for area in live) // PAGE_SIZE, private, shared,
                private + shared + tables]

    # Mapping

    def _free(self, start: int, end: int) -> bool:
        return all(area.end <= start or area.guarded >= end for area in self.areas)

    def _first_fit(self, length: int) -> int:
        place = self.lower
        for area in self.areas:
            if area.guarded - place >= length:
                return place
            place = area.end
        return place if self.upper - place >= length else 0

    def _place(self, address: int, length: int, guard: int, fixed: bool) -> int | str:
        start, end = address - guard, address + length
        if address and self.lower <= start and end <= self.upper:
            if self._free(start, end):
                return address
            self.scavenge()
            if self._free(start, end):
                return address
        if fixed:
            return "ERANGE"
        place = self._first_fit(length + guard)
        if not place and self.scavenge():
            place = self._first_fit(length + guard)
        return place + guard if place else "ENOMEM"

    def map(self, address: int, length: int, ino: int, offset: int, limit: int,
            flags: int) -> int | str:
        """Returns where mspace_map() puts it, or the error."""
        kind = flags & TYPE
        stored = stored_flags(flags, self.kernel)
        if length > MAX_SIZE:
            return "E2BIG"
        if ((address | length | offset) % PAGE_SIZE or not length or stored is None
                or offset + length > 1 << 32 or (offset and kind not in (FILE, PHYS))
                or limit < -1 or (limit and kind != FILE) or bool(ino) != (kind == FILE)):
            return "EINVAL"
        guard = PAGE_SIZE if flags & GROWSDOWN else 0
        place = self._place(address, length, guard, bool(flags & FIXED))
        if isinstance(place, int):
            self.areas.append(Area(place, length, ino, offset, limit, stored))
            self.areas.sort(key=lambda area: area.start)
        return place

    # Changing

    def _cover(self, address: int, length: int, can: int) -> str:
        if (address | length) % PAGE_SIZE or not length:
            return "EINVAL"
        if address < self.lower or address + length > self.upper:
            return "EINVAL"
        end, missing = address, 0
        for area in self.live:
            if area.start <= end < area.end and end < address + length:
                missing |= can & ~area.flags
                end = area.end
        if end < address + length:
            return "ENOENT"
        return "EPERM" if missing else ""

    def _cut(self, address: int) -> None:
        area = self.at(address)
        if area and area.start != address:
            place = self.areas.index(area)
            self.areas[place:place + 1] = area.split(address - area.start)

    def _change(self, address: int, length: int, change: Callable[[Area], Area]) -> None:
        self._cut(address)
        self._cut(address + length)
        self.areas = [change(area) if not area.dead and address <= area.start < address + length
                      else area for area in self.areas]

    def unmap(self, address: int, length: int) -> str:
        """Returns the error that mspace_unmap() ends in, "" if it succeeds."""
        error = self._cover(address, length, 0)
        if not error:
            self._change(address, length, lambda a: replace(a, flags=a.flags | DEAD, ino=0))
            self.pages = {page: cow for page, cow in self.pages.items()
                          if not address <= page < address + length}
        return error

    def protect(self, address: int, length: int, rights: int) -> str:
        """Returns the error that mspace_protect() ends in."""
        if rights & ~RIGHTS:
            return "EINVAL"

        def change(area: Area) -> Area:
            given = rights
            if area.flags & TYPE == FILE and not area.flags & SHARED and rights & VM_WRITE:
                given = rights & ~VM_WRITE | COPY_ON_WRITE
            return replace(area, flags=area.flags & ~(RIGHTS | COPY_ON_WRITE) | given)

        error = self._cover(address, length, rights << 4)
        if not error:
            self._change(address, length, change)
        return error

    def scavenge(self) -> int:
        """Returns how many areas were DEAD."""
        count = len(self.areas) - len(self.live)
        self.areas = self.live
        return count

    def sweep(self) -> None:
        self.areas, self.pages = [], {}

    def fill(self, address: int, count: int, cow: bool = False) -> None:
        """Puts frames of their own at COUNT pages from ADDRESS on, where there are none."""
        for page in range(address, address + count * PAGE_SIZE, PAGE_SIZE):
            self.pages.setdefault(page, cow)
