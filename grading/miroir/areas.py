"""Areas: a model of their allocator, and the kernel's own books as they lie in RAM."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from errno import ENOMEM

from .check import equal, fail, hexa, true
from .i18n import _
from .machine import Answer, Machine
from .pagetables import AREAS_START, IDENTITY_END, PAGE_SIZE, SLOT_SIZE, Directory, Paged

AREAS_END = 0xE0000000
SPACE = (AREAS_END - AREAS_START) // PAGE_SIZE  # pages
POOL = 64  # descriptors
DESCRIPTOR_SIZE = 32

Run = tuple[int, int]  # address and pages


def outcome(answer: Answer) -> str:
    """Returns the error of ANSWER; "ok" and what came with it if there is none."""
    return answer.error or str(answer)


def place(page: int) -> int:
    """Returns the address of page number PAGE of the space."""
    return AREAS_START + page * PAGE_SIZE


@dataclass
class AreaModel:
    """What the allocator must do with PAGES pages from START on."""

    start: int = AREAS_START
    pages: int = SPACE
    used: dict[int, int] = field(default_factory=dict)  # address: pages

    def free(self) -> list[Run]:
        """Returns the free areas, by address."""
        runs, end = [], self.start
        for address, pages in sorted(self.used.items()) + [(self.end, 0)]:
            if address > end:
                runs.append((end, (address - end) // PAGE_SIZE))
            end = address + pages * PAGE_SIZE
        return runs

    @property
    def end(self) -> int:
        return self.start + self.pages * PAGE_SIZE

    def alloc(self, pages: int) -> int | None:
        """Takes the first fit; returns its address."""
        address = next((a for a, length in self.free() if length >= pages), None)
        if address is not None:
            self.used[address] = pages
        return address

    def error(self, address: int) -> str:
        """Returns the error of freeing ADDRESS, "" if there is none."""
        if address % PAGE_SIZE or not AREAS_START <= address < AREAS_END:
            return "EINVAL"
        if address in self.used:
            return ""
        inside = any(a < address < a + n * PAGE_SIZE for a, n in self.used.items())
        return "EPERM" if inside else "ENOENT"


@dataclass(frozen=True)
class Area:
    """An area as its descriptor describes it. descriptor: where that lies."""

    address: int
    pages: int
    used: bool
    descriptor: int
    user: int

    @property
    def end(self) -> int:
        return self.address + self.pages * PAGE_SIZE

    def __str__(self) -> str:
        state = _("used") if self.used else _("free")
        return f"{hexa(self.address)}: {self.pages} {state}"


def kernel_directory(machine: Machine) -> Directory:
    """Returns the first directory, whose tables for areas all others share."""
    return Directory(machine.ram, machine.ram.u32(machine.symbol("kernel_directory")))


class Books:
    """The two lists of areas, walked from outside. Fails the check if a list is broken."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._directory = kernel_directory(machine)
        self.used = self._walk("areas_used", used=True)
        self.free = self._walk("areas_free", used=False)
        self.all = sorted(self.used + self.free, key=lambda area: area.address)

    def words(self, address: int, count: int) -> tuple[int, ...]:
        """Returns COUNT words at a virtual address of the kernel's, all in one page."""
        if address >= IDENTITY_END:
            leaf = self._directory.leaf(address)
            true(leaf, _("{page} is present").format(page=hexa(address)))
            assert leaf
            address = leaf.frame | address % PAGE_SIZE
        return self.machine.ram.words(address, count)

    def _walk(self, name: str, used: bool) -> list[Area]:
        head = self.machine.symbol(name)
        found: list[Area] = []
        before, link = head, self.words(head, 2)[0]
        while link != head:
            following, previous, address, pages, user = self.words(link, 5)
            equal(hexa(previous), hexa(before),
                  _("`previous` of the link at {place}, in {name}").format(
                      place=hexa(link), name=name))
            if len(found) > SPACE:
                fail(_("a list {name} that ends").format(name=name), _("a ring without its head"))
            found.append(Area(address, pages, used, link, user))
            before, link = link, following
        equal(hexa(self.words(head, 2)[1]), hexa(before), _("the last link of {name}").format(
            name=name))
        return found

    def descriptor(self, address: int) -> int:
        """Returns where the descriptor of the area lies that starts at ADDRESS; 0 if none does."""
        return next((area.descriptor for area in self.all if area.address == address), 0)

    def equal(self, model: AreaModel) -> None:
        """Compares with MODEL: each area in its list, and none else."""
        runs = [(address, pages, True) for address, pages in model.used.items()]
        runs += [(address, pages, False) for address, pages in model.free()]
        equal(described(str(area) for area in self.all),
              described(str(Area(*run, 0, 0)) for run in sorted(runs)),
              _("areas in both lists, by address"))
        equal(len({area.descriptor for area in self.all}), len(self.all),
              _("different descriptors in both lists"))


def described(lines: Iterable[str]) -> str:
    return ", ".join(lines) or _("none")


def pages_present(machine: Machine) -> list[int]:
    """Returns the pages of the areas' space that are present in the page tables."""
    slots = range(AREAS_START // SLOT_SIZE, AREAS_END // SLOT_SIZE)
    return [page for page, _entry in kernel_directory(machine).pages(slots)]


class Areas:
    """A machine with areas, and the model that it must agree with."""

    def __init__(self, machine: Machine, start: int = AREAS_START, pages: int = SPACE) -> None:
        self.machine = machine
        self.paged = Paged(machine)
        self.model = AreaModel(start, pages)
        self.do(*["area_watch"], f"areas_init {start:#x} {pages}")

    @property
    def do(self) -> Callable[..., list[Answer]]:
        return self.paged.do

    def alloc(self, *sizes: int) -> list[int]:
        """Allocates areas of SIZES pages, which must be where the model says."""
        expected = [self.model.alloc(pages) for pages in sizes]
        for answer, address in zip(self.paged.run(f"area_alloc {n}" for n in sizes), expected):
            equal(answer.error or hexa(answer.value),
                  "ENOMEM" if address is None else hexa(address), f"`{answer.command}`")
        return [address for address in expected if address is not None]

    def free(self, *addresses: int) -> None:
        """Frees areas, all of which must be used."""
        self.do(*(f"area_free {address:#x}" for address in addresses))
        for address in addresses:
            del self.model.used[address]

    def watched(self) -> tuple[int, int]:
        """Returns how often a descriptor was taken, and given back, since area_watch."""
        takes, gives, _deepest = self.machine.call("area_watched")
        return int(takes), int(gives)

    def check(self) -> Books:
        """Compares the books in RAM with the model; returns them."""
        books = Books(self.machine)
        books.equal(self.model)
        return books

    def check_descriptors(self) -> None:
        """Compares how many areas there are with how many descriptors are taken; area_watch was
        called when there was one."""
        takes, gives = self.watched()
        equal(1 + takes - gives, len(self.check().all),
              _("descriptors taken and not given back, as many as there are areas"))


class Storm:
    """Thousands of random requests, carried out by the kernel at once (`area_storm`), and what the
    model says to each."""

    LOG = 8000  # results that fit into the machine's scratch memory

    def __init__(self, areas: Areas, chance: int) -> None:
        self._areas = areas
        self._chance = chance
        self._slots = [0] * 64

    def blow(self, count: int) -> None:
        """Has COUNT requests carried out; fails the check at the first wrong result."""
        machine = self._areas.machine
        for start in range(0, count, self.LOG):
            batch = min(self.LOG, count - start)
            machine.call(f"area_storm {self._chance:#x} {batch} {machine.scratch:#x}", 60.0)
            for number, got in enumerate(machine.ram.words(machine.scratch, batch), start):
                command, expected = self._next()
                equal(hexa(got), hexa(expected), _("result of request {number}, `{command}`")
                      .format(number=number, command=command))

    def _next(self) -> tuple[str, int]:
        """Returns the next request, and its result."""
        chance, model = self._chance, self._areas.model
        self._chance = (chance * 1664525 + 1013904223) % (1 << 32)
        slot = chance >> 26
        address = self._slots[slot]
        if address:
            self._slots[slot] = 0
            del model.used[address]
            return f"area_free {address:#x}", 0
        pages = 1 + (chance >> 20) % 8
        self._slots[slot] = model.alloc(pages) or 0
        return f"area_alloc {pages}", self._slots[slot] or -ENOMEM % (1 << 32)
