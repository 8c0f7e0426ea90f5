"""Page faults: a model of what faults.h and resolve.h say, on top of that of address spaces."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .mspaces import (CAN_WRITE, COPY_ON_WRITE, FILE, GROWSDOWN, PHYS, RESOLVE, RIGHTS, SHARED,
                      TYPE, VM_WRITE, Area, Model)
from .pagetables import PAGE_SIZE, PRESENT, USER, WRITE

MISSING, WRITE_DENIED, OTHER = range(3)
_BITS = ((PRESENT, "PRESENT"), (WRITE, "WRITE"), (USER, "USER"))
STACK_STEP, STACK_LIMIT = 32, 256


def error_words(error: int) -> str:
    """Returns an error code as a person reads it, with the names of page_fault.h."""
    names = [name for bit, name in _BITS if error & bit]
    rest = error & ~(PRESENT | WRITE | USER)
    if not names:
        return f"{error:#x}"
    return f"{error:#x} ({' | '.join(names + [f'{rest:#x}'] * bool(rest))})"


def decode(error: int) -> int:
    """Returns what fault_decode() does."""
    if error & ~(PRESENT | WRITE | USER):
        return OTHER
    if not error & PRESENT:
        return MISSING
    return WRITE_DENIED if error & WRITE else OTHER


def allows(flags: int, write: bool) -> bool:
    """Returns what vma_allows() does for an area with FLAGS."""
    return bool(flags & ((VM_WRITE if write else RIGHTS) | COPY_ON_WRITE))


class Frame:
    """A frame with what is in it. address: where it must lie; None: anywhere, by itself."""

    def __init__(self, content: bytes = b"", address: int | None = None) -> None:
        self.content = bytearray(content.ljust(PAGE_SIZE, b"\0"))
        self.address = address


@dataclass
class Inode:
    """A file, or shared memory. cache: the frames of its pages that are filled, by number."""

    address: int
    data: bytes
    cache: dict[int, Frame] = field(default_factory=dict)

    def page(self, index: int) -> Frame:
        """Returns the cache's frame of page number INDEX."""
        start = index * PAGE_SIZE
        return self.cache.setdefault(index, Frame(self.data[start:start + PAGE_SIZE]))

    def read(self, offset: int, count: int) -> bytes:
        """Returns COUNT bytes, or fewer, of the page at OFFSET."""
        index = offset // PAGE_SIZE
        page = self.cache.get(index) or Frame(self.data[offset:offset + PAGE_SIZE])
        return bytes(page.content[:max(0, min(count, len(self.data) - offset))])


@dataclass
class Policy:
    """What spaces have in common. inodes: by address. spaces: all that there are."""

    eager: bool = False
    inodes: dict[int, Inode] = field(default_factory=dict)
    spaces: dict[int, "FaultModel"] = field(default_factory=dict)

    def users(self, frame: Frame) -> int:
        """Returns how many references FRAME has."""
        shown = sum(f is frame for space in self.spaces.values() for f in space.frames.values())
        return shown + sum(f is frame for i in self.inodes.values() for f in i.cache.values())

    def frames(self) -> list[Frame]:
        """Returns every frame taken for a page or a cache, each once."""
        found: dict[int, Frame] = {}
        for holder in [space.frames for space in self.spaces.values()] + \
                      [inode.cache for inode in self.inodes.values()]:
            found |= {id(frame): frame for frame in holder.values() if frame.address is None}
        return list(found.values())


@dataclass
class FaultModel(Model):
    """A space whose pages come by faults. frames: what is at each page present."""

    policy: Policy = field(default_factory=Policy)
    frames: dict[int, Frame] = field(default_factory=dict)

    def put(self, page: int, frame: Frame, cow: bool = False) -> str:
        """Has PAGE show FRAME. Returns "": no error."""
        self.pages[page], self.frames[page] = cow, frame
        return ""

    def _forget(self) -> None:
        """Drops the frames of pages that are not present any more."""
        self.frames = {page: frame for page, frame in self.frames.items() if page in self.pages}

    # Changes of areas

    def map(self, address: int, length: int, ino: int, offset: int, limit: int,
            flags: int) -> int | str:
        place = super().map(address, length, ino, offset, limit, flags)
        if isinstance(place, int) and (flags & RESOLVE or self.policy.eager):
            error = self.resolve_now(range(place, place + length, PAGE_SIZE))
            if error:
                self.areas = [area for area in self.areas if area.start != place]
                for page in range(place, place + length, PAGE_SIZE):
                    self.pages.pop(page, None)
                self._forget()
                return error
        return place

    def unmap(self, address: int, length: int) -> str:
        error = super().unmap(address, length)
        self._forget()
        return error

    def sweep(self) -> None:
        super().sweep()
        self._forget()

    def clone(self) -> "FaultModel":
        """Returns what mspace_clone() makes of it."""
        made = FaultModel(areas=self.live, policy=self.policy)
        for page, frame in self.frames.items():
            area = self.at(page)
            assert area
            if area.flags & SHARED:
                made.put(page, frame)
            elif self.policy.eager and area.flags & CAN_WRITE:
                made.put(page, Frame(bytes(frame.content)))
            else:
                made.put(page, frame, cow=True)
                self.pages[page] = True
        return made

    # Faults

    def fault(self, address: int, error: int) -> str:
        """Returns the error that mspace_fault() ends in, "" if it succeeds."""
        page, write = address // PAGE_SIZE * PAGE_SIZE, bool(error & WRITE)
        if decode(error) == OTHER:
            return "EFAULT"
        area = self.at(page)
        stack = None if area or self.policy.eager else self._reaching(page)
        found = area or stack
        if not found or not allows(found.flags, write):
            return "EFAULT"
        if self.policy.eager and (page not in self.pages or write and self.pages[page]):
            return "EFAULT"
        if stack:
            grown = replace(stack, start=page, length=stack.end - page)
            self.areas[self.areas.index(stack)] = grown
            found = grown
        return self._resolve(found, page, write)

    def access(self, address: int, write: bool) -> str:
        """Returns how an access by the kernel ends: "", or the error of its fault. What is present
        can always be read by it."""
        if not write and address // PAGE_SIZE * PAGE_SIZE in self.pages:
            return ""
        return self.fault(address, WRITE if write else 0)

    def _reaching(self, page: int) -> Area | None:
        """Returns the stack that may grow as far as PAGE."""
        self.scavenge()
        above = next((area for area in self.areas if area.start > page), None)
        below = max((area.end for area in self.areas if area.end <= page), default=self.lower)
        if not above or not above.flags & GROWSDOWN or page < below + PAGE_SIZE:
            return None
        near = above.start - page <= STACK_STEP * PAGE_SIZE
        return above if near and above.end - page <= STACK_LIMIT * PAGE_SIZE else None

    def _resolve(self, area: Area, page: int, write: bool) -> str:
        if page not in self.pages:
            return self._fill(area, page, write)
        return self.unshare(page) if write else ""

    def unshare(self, page: int) -> str:
        """Makes the frame at PAGE its own, as vma_unshare() does."""
        frame = self.frames[page]
        if not self.pages[page]:
            return ""
        alone = self.policy.users(frame) == 1
        return self.put(page, frame if alone else Frame(bytes(frame.content)))

    def resolve_now(self, pages: Iterable[int]) -> str:
        """Puts PAGES in place before they are touched; returns the first error."""
        for page in pages:
            area = self.at(page)
            assert area
            error = self._resolve(area, page, bool(area.flags & CAN_WRITE))
            if error:
                return error
        return ""

    def _fill(self, area: Area, page: int, write: bool) -> str:
        kind = area.flags & TYPE
        if kind == PHYS:
            return self.put(page, Frame(address=area.offset + page - area.start))
        return self._fill_file(area, page, write) if kind == FILE else self.put(page, Frame())

    def _fill_file(self, area: Area, page: int, write: bool) -> str:
        inode, before = self.policy.inodes[area.ino], page - area.start
        offset, private = area.offset + before, not area.flags & SHARED
        count = PAGE_SIZE if not area.limit else max(0, min(PAGE_SIZE, area.limit - before))
        if count and offset >= len(inode.data):
            return "EIO"
        if count < PAGE_SIZE or private and write:
            return self.put(page, Frame(inode.read(offset, count)))
        return self.put(page, inode.page(offset // PAGE_SIZE), cow=private)
