"""Slabs as they lie in RAM: descriptors, entries and chains, walked from outside."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .areas import AREAS_END, Area, Books
from .check import equal, fail, hexa, true
from .i18n import _
from .machine import Machine
from .pagetables import AREAS_START, PAGE_SIZE, Directory, Paged

SIZES = tuple(8 << i for i in range(10))
LARGEST = 4096
CHUNKS = 8  # in an entry, at least
DESCRIPTORS = 32  # the size of the descriptors' chunks
DESC_SIZE = 32  # bytes of a struct slab_desc
LISTS = ("partial", "full", "empty")


def pages_of(size: int) -> int:
    """Returns the pages of an entry of chunks of SIZE bytes."""
    return -(-CHUNKS * size // PAGE_SIZE)


def chunk_for(size: int) -> int:
    """Returns the size of the chunk for SIZE bytes; 0 if there is none."""
    return next((chunk for chunk in SIZES if 0 < size <= chunk), 0)


def capacity_for(size: int) -> int:
    """Returns how many bytes a new object of SIZE bytes can hold."""
    return chunk_for(size) or -(-size // PAGE_SIZE) * PAGE_SIZE


@dataclass(frozen=True)
class Entry:
    """An entry, and its free chunks in the order of the chain."""

    address: int
    where: str  # the list that it is in
    size: int
    base: int
    free: list[int]

    @cached_property
    def free_set(self) -> set[int]:
        return set(self.free)

    @property
    def end(self) -> int:
        return self.base + pages_of(self.size) * PAGE_SIZE

    @property
    def total(self) -> int:
        return (self.end - self.base) // self.size

    @property
    def used(self) -> int:
        return self.total - len(self.free)

    @property
    def rightful_list(self) -> str:
        return "empty" if not self.used else "full" if not self.free else "partial"

    def __contains__(self, address: int) -> bool:
        return self.base <= address < self.end


class Slabs:
    """All that is in RAM at one time. Fails the check if a list or a chain is broken."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.books = Books(machine)
        self._directory = Kernel(machine).directory
        self._frames = machine.run("frame_at 0")[0].value
        self._pages: dict[int, tuple[int, ...]] = {}  # words, by page
        self._areas = {area.address: area.pages for area in self.books.used}
        self.entries = [entry for number in range(len(SIZES)) for name in LISTS
                        for entry in self._walk(number, name)]
        self._owners = {page: entry for entry in self.entries
                        for page in range(entry.base, entry.end, PAGE_SIZE)}

    def _word(self, address: int) -> int:
        """Returns the word at a virtual address of an area's."""
        page = address & -PAGE_SIZE
        if page not in self._pages:
            leaf = self._directory.leaf(page)
            true(leaf, _("{page} is present").format(page=hexa(page)))
            assert leaf
            self._pages[page] = self.machine.ram.words(leaf.frame, PAGE_SIZE // 4)
        return self._pages[page][address % PAGE_SIZE // 4]

    def _walk(self, number: int, name: str) -> list[Entry]:
        desc = self.machine.symbol("slab_descs") + number * DESC_SIZE
        head = desc + 8 * LISTS.index(name)
        found: list[Entry] = []
        before, link = head, self.books.words(head, 1)[0]
        while link != head:
            following, previous, owner, base, free_el = self.books.words(link, 5)
            equal([hexa(previous), hexa(owner)], [hexa(before), hexa(desc)],
                  _("`previous` and `desc` of the entry at {place}, in {name} of size {size}")
                  .format(place=hexa(link), name=name, size=SIZES[number]))
            if any(entry.address == link for entry in found):
                fail(_("a list {name} that ends").format(name=name), _("a ring without its head"))
            found.append(Entry(link, name, SIZES[number], base,
                               self.chain(SIZES[number], base, free_el)))
            before, link = link, following
        return found

    def chain(self, size: int, base: int, chunk: int) -> list[int]:
        """Returns the free chunks from CHUNK on, in an area at BASE of chunks of SIZE bytes."""
        equal(self._areas.get(base), pages_of(size),
              _("pages of the used area at {base}, of an entry of size {size}").format(
                  base=hexa(base), size=size))
        found: dict[int, None] = {}
        end = base + pages_of(size) * PAGE_SIZE
        while chunk:
            if chunk in found or not base <= chunk < end or chunk % size:
                fail(_("each chunk of the chain is a chunk of the area at {base}, and comes once")
                     .format(base=hexa(base)), hexa(chunk))
            found[chunk] = None
            chunk = self._word(chunk)
        return list(found)

    def of(self, size: int) -> list[Entry]:
        return [entry for entry in self.entries if entry.size == size]

    def entry_at(self, address: int) -> Entry:
        """Returns the entry in whose area ADDRESS lies; fails the check if there is none."""
        found = self._owners.get(address & -PAGE_SIZE)
        true(found, _("{address} lies in the area of an entry").format(address=hexa(address)))
        assert found
        return found

    def tallies(self, base: int, pages: int) -> set[int]:
        """Returns the tallies of the frames that PAGES pages from BASE on are mapped to."""
        leaves = [self._directory.leaf(base + i * PAGE_SIZE) for i in range(pages)]
        return {self.machine.ram.u32(self._frames + 16 * (leaf.frame // PAGE_SIZE) + 12)
                if leaf else -1 for leaf in leaves}

    def is_used(self, address: int) -> bool:
        """Returns whether ADDRESS is the start of a chunk that is not free."""
        entry = self._owners.get(address & -PAGE_SIZE)
        return bool(entry and address % entry.size == 0 and address not in entry.free_set)

    def check(self) -> "Slabs":
        """Compares all that must agree: lists and chains, entries and frames, descriptors and
        chunks."""
        for entry in self.entries:
            equal(entry.where, entry.rightful_list,
                  _("the list of the entry at {place} (size {size}), {used} of whose {total} "
                    "chunks are used").format(place=hexa(entry.address), size=entry.size,
                                              used=entry.used, total=entry.total))
            equal({hexa(t) for t in self.tallies(entry.base, pages_of(entry.size))},
                  {hexa(entry.address)}, _("tally of the frames of the area at {base}").format(
                      base=hexa(entry.base)))
        for place in [*self.areas_descriptors(), *(e.address for e in self.entries)]:
            true(not AREAS_START <= place < AREAS_END or self.is_used(place),
                 _("the descriptor at {place} is a chunk in use").format(place=hexa(place)),
                 _("a free one, or none"))
        true(any(entry.where == "empty" for entry in self.of(DESCRIPTORS)),
             _("the descriptors' size has its reserve, an entry in empty"))
        return self

    def areas_descriptors(self) -> list[int]:
        return [area.descriptor for area in self.books.all]

    def other_areas(self) -> list[Area]:
        """Returns the used areas that are not those of entries."""
        bases = {entry.base for entry in self.entries}
        return [area for area in self.books.used if area.address not in bases]

    def objects(self) -> set[int]:
        """Returns the used chunks, of all sizes, that are no descriptors."""
        used: set[int] = set()
        for entry in self.entries:
            used.update(set(range(entry.base, entry.end, entry.size)) - entry.free_set)
        return used - {*self.areas_descriptors(), *(entry.address for entry in self.entries)}


def equal_objects(slabs: Slabs, objects: Iterable[int]) -> None:
    """Compares what is in use with OBJECTS, chunks all of them."""
    found, wanted = slabs.objects(), set(objects)
    equal([hexa(a) for a in sorted(wanted - found)], [], _("objects that are free chunks"))
    equal([hexa(a) for a in sorted(found - wanted)], [],
          _("used chunks that are neither objects nor descriptors"))


class Kernel(Paged):
    """A machine with slabs, and what the checks ask of it."""

    @property
    def directory(self) -> Directory:
        """The kernel's: nobody switches here."""
        return Directory(self.ram, self.ram.u32(self.machine.symbol("kernel_directory")))

    def slabs(self) -> Slabs:
        return Slabs(self.machine)

    def held(self) -> int:
        """Returns free frames and pages of used areas together: what neither is lost nor made."""
        return self.free() + sum(area.pages for area in Books(self.machine).used)

    def allocs(self, *sizes: int) -> list[int]:
        """Allocates objects, all of which must be given; returns their addresses."""
        return [answer.value for answer in self.do(*(f"alloc {size}" for size in sizes))]

    def frees(self, *objects: int) -> None:
        self.do(*(f"free {address:#x}" for address in objects))

    def adopt(self, size: int) -> int:
        """Has the kit make an entry of chunks of SIZE bytes; returns its address."""
        return int(self.machine.call(f"slab_adopt {size}")[0])

    def deepest(self) -> int:
        """Returns how deep takes and gives of descriptors were in one another, since area_watch."""
        return int(self.machine.call("area_watched")[2])


def bytes_at(kernel: Kernel, address: int, count: int) -> bytes:
    """Returns COUNT bytes at a virtual address, through the page tables."""
    data = b""
    while count:
        part = min(count, PAGE_SIZE - address % PAGE_SIZE)
        data += kernel.ram.read(kernel.leaf(address).frame + address % PAGE_SIZE, part)
        address, count = address + part, count - part
    return data


def fill(kernel: Kernel, address: int, data: bytes) -> None:
    """Writes DATA at a virtual address, through the page tables."""
    while data:
        part = min(len(data), PAGE_SIZE - address % PAGE_SIZE)
        kernel.ram.write(kernel.leaf(address).frame + address % PAGE_SIZE, data[:part])
        address, data = address + part, data[part:]
