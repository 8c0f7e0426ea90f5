"""Swap as it lies in memory and on the disk, read from outside; and the model of the clock."""

from bisect import bisect_right
from dataclasses import dataclass

from .check import equal, fail, hexa, true
from .i18n import _
from .mspace_memory import Memory, read_tree
from .mspaces import ANON, RW
from .pagetables import PAGE_SIZE, USER_START, Directory, Entry
from .processes import Processes, links

PLACE = USER_START
PINNED, ACCESSED, OLD = range(3)  # enum look
STAYS, IN_CACHE, OF_ITS_OWN = range(3)  # enum page_way
LOW, HIGH = 16, 32
SLOTS_LIMIT = 0xFFFF
DISK, BLOCK_READ, BLOCK_WRITE = 0x40, 0x402, 0x403
NO_MEMORY = 0x1FF  # status
FLAGS_ANON = ANON | RW
_SET_WORDS = 5
_INODE_LINK = 20


@dataclass(frozen=True)
class Slot:
    """A struct slot."""

    references: int
    held: bool
    frame: int


@dataclass(frozen=True)
class Actor:
    """A kernel thread that touches memory when it is told to. space: where its mspace is."""

    pid: int
    space: int


@dataclass(frozen=True)
class Watched:
    """What was to be seen when the disk was done with a transfer, and nobody had gone on yet: how
    many transfers there were, whose the first was, and its slot."""

    count: int
    pid: int
    number: int
    slot: Slot


@dataclass(frozen=True)
class Disk:
    """What the disk has been asked for so far."""

    reads: int
    writes: int
    errors: int


class Swap(Processes):
    """A machine whose pages can go."""

    # From outside

    def slot(self, number: int) -> Slot:
        table = Memory(self.machine)
        place = table.words(self.machine.symbol("slots"), 1)[0]
        if not place:
            fail(_("a table of slots"), _("none"))
        counts, frame = table.words(place + 8 * number, 2)
        return Slot(counts & 0xFFFF, bool(counts >> 16), frame)

    def slot_rows(self, count: int) -> list[Slot]:
        """Returns the first COUNT slots, from number 1 on."""
        table = Memory(self.machine)
        place = table.words(self.machine.symbol("slots"), 1)[0]
        words = table.words(place + 8, 2 * count)
        return [Slot(c & 0xFFFF, bool(c >> 16), f) for c, f in zip(words[::2], words[1::2])]

    def absent(self) -> dict[int, dict[int, int]]:
        """Returns the table of absent pages: the slots, by owner and page."""
        memory = Memory(self.machine)
        found: dict[int, dict[int, int]] = {}
        for link in links(memory, self.machine.symbol("absent_sets")):
            owner = memory.words(link, _SET_WORDS)[2]
            true(owner not in found, _("one set for each owner"), hexa(owner))
            nodes = read_tree(memory, link + 12)
            true(nodes, _("no set without pages"), hexa(owner))
            found[owner] = {node.value: memory.words(node.address + 20, 1)[0] for node in nodes}
        return found

    def absent_of(self, owner: int) -> dict[int, int]:
        return self.absent().get(owner, {})

    def entry(self, space: int, page: int) -> Entry | None:
        """Returns the page table entry of PAGE; None if it is not present."""
        return Directory(self.ram, Memory(self.machine).words(space, 4)[3]).leaf(page)

    def present(self, space: int) -> list[int]:
        """Returns the pages present in SPACE."""
        return sorted(Directory(self.ram, Memory(self.machine).words(space, 4)[3]).user_pages())

    def frame_of(self, space: int, page: int) -> int:
        entry = self.entry(space, page)
        if entry is None:
            fail(_("{page} is present").format(page=hexa(page)), _("not present"))
        return entry.frame

    def block(self, slot: int) -> bytes:
        """Returns what is on the disk in SLOT."""
        disk = self.machine.qemu.disk
        assert disk
        return disk.read(slot * PAGE_SIZE, PAGE_SIZE)

    def disk(self) -> Disk:
        return Disk(*map(int, self.machine.call("disk")[1:]))

    def transfers(self) -> list[int]:
        """Returns where the transfers are that somebody waits for."""
        return links(Memory(self.machine), self.machine.symbol("swap_transfers"))

    def watched(self) -> Watched:
        """Returns what `transfers_watch` has led to."""
        count, pid, number, references, held, frame = map(
            int, self.machine.call("transfers_watched"))
        return Watched(count, pid, number, Slot(references, bool(held), frame))

    def free_slots(self) -> int:
        return int(self.machine.call("slots")[1])

    def trimmed(self) -> int:
        """Returns how many frames are free when the slabs have given back what they can."""
        self.do("slabs_trim")
        return self.free()

    # Doing

    def actor(self, pages: int = 0) -> Actor:
        """Starts an actor, with so many pages of memory at PLACE."""
        made = Actor(*map(int, self.machine.call("actor")))
        if pages:
            self.map(made, PLACE, pages)
        return made

    def fork(self, actor: Actor) -> Actor:
        """Starts an actor in a clone of another one's space."""
        return Actor(*map(int, self.machine.call(f"actor_fork {actor.pid}")))

    def map(self, actor: Actor, page: int, pages: int, flags: int = FLAGS_ANON, inode: int = 0,
            limit: int = 0, offset: int = 0) -> None:
        self.do(f"mspace_map {actor.space:#x} {page:#x} {pages * PAGE_SIZE:#x} {inode:#x} "
                f"{offset:#x} {limit:#x} {flags:#x}")

    def write(self, actor: Actor, *words: tuple[int, int]) -> None:
        """Has ACTOR write words: addresses and values."""
        for answer in self.do(*(f"act {actor.pid} {at:#x} {value:#x}" for at, value in words)):
            equal(answer.value, 0, _("`{command}` is ended by a fault (1) or not (0)").format(
                command=answer.command))

    def read(self, actor: Actor, address: int) -> int:
        """Returns the word that ACTOR reads."""
        ended, word, *_rest = self.machine.call(f"act {actor.pid} {address:#x}")
        equal(ended, 0, _("`{command}` is ended by a fault (1) or not (0)").format(
            command=f"act {actor.pid} {address:#x}"))
        return int(word)

    def equal_word(self, actor: Actor, address: int, value: int) -> None:
        equal(hexa(self.read(actor, address)), hexa(value),
              _("the word at {address} that process {pid} reads").format(
                  address=hexa(address), pid=actor.pid))

    def out(self, actor: Actor, *pages: int) -> None:
        """Has pages of ACTOR go."""
        self.do(*(f"swap_out 0 {actor.pid} {page:#x}" for page in pages))

    def out_of_cache(self, inode: int, *offsets: int) -> None:
        """Has pages of an inode's cache go."""
        self.do(*(f"swap_out 1 {self.number_of(inode)} {offset:#x}" for offset in offsets))

    def kernel_space(self) -> int:
        """Returns where the kernel's own space is."""
        return int(self.machine.call("mspace_at 0")[0])

    def inodes(self) -> list[int]:
        """Returns where all inodes are, the newest last."""
        return [link - _INODE_LINK for link in links(Memory(self.machine),
                                                     self.machine.symbol("inodes"))]

    def number_of(self, inode: int) -> int:
        """Returns the number of the inode at INODE."""
        return Memory(self.machine).words(inode, 8)[7]

    def cached(self, inode: int) -> list[int]:
        """Returns the frame of each page in the cache of an inode, 0 where there is none."""
        memory = Memory(self.machine)
        _references, size, _name, _data, pages = memory.words(inode, 5)
        count = -(-size // PAGE_SIZE)
        return list(memory.words(pages, count)) if pages else [0] * count

    def end(self, *actors: Actor) -> None:
        """Ends actors, and forgets them."""
        self.kill(*(actor.pid for actor in actors))


class Clock:
    """The model: pages in a circle, and a hand."""

    def __init__(self) -> None:
        self.pages: dict[int, bool] = {}  # whether it was used, by page
        self.pinned: set[int] = set()
        self.hand = 0

    def choose(self) -> int | None:
        """Returns the page that goes next, where the hand is then; None if none can."""
        order = sorted(self.pages)
        if not set(order) - self.pinned:
            return None
        start = bisect_right(order, self.hand)
        for page in (order[start:] + order[:start]) * 2:
            self.hand = page
            if page in self.pinned:
                continue
            if not self.pages[page]:
                return page
            self.pages[page] = False
        raise AssertionError("a page that was not used, in the second round at last")


def page_ins(references: list[int], keep: int) -> list[bool]:
    """Returns for each of the pages referred to whether it has to come from the disk, if at most
    KEEP of them are in memory."""
    clock, known, result = Clock(), set(), []
    for page in references:
        if page not in clock.pages:
            while len(clock.pages) >= keep:
                victim = clock.choose()
                assert victim is not None
                del clock.pages[victim]
        result.append(page not in clock.pages and page in known)
        clock.pages[page] = True
        known.add(page)
    return result
