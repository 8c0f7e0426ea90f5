"""Address spaces as they lie in memory, read from outside: the struct, its tree of areas, the page
tables; and how they compare with a model."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .check import equal, fail, hexa, true
from .i18n import _
from .machine import Machine, Ram
from .mspaces import KSPACE_END, KSPACE_START, Area, Model
from .pagetables import PAGE_SIZE, SLOT_SIZE, Directory, Entry, flag_words

DEEPEST = 64  # nodes on one way down, in whatever tree is balanced
NODE_WORDS, VMA_WORDS, MSPACE_WORDS = 5, 13, 15
VMA_FLAGS = 36  # where in a struct vma they are
LOCK = 40  # where in a struct mspace it is: `locked`, then `file` and `line` of the last taker
KSPACE_SLOTS = range(KSPACE_START // SLOT_SIZE, KSPACE_END // SLOT_SIZE)


class Memory:
    """The kernel's memory by virtual addresses, through the tables of its first directory."""

    def __init__(self, machine: Machine) -> None:
        self.ram: Ram = machine.ram
        self.kernel = Directory(self.ram, self.ram.u32(machine.symbol("kernel_directory")))
        self._frames: dict[int, int] = {}

    def _frame(self, page: int) -> int:
        if page not in self._frames:
            leaf = self.kernel.leaf(page * PAGE_SIZE)
            if leaf is None:
                fail(_("a pointer to something that is mapped"), hexa(page * PAGE_SIZE))
            self._frames[page] = leaf.frame
        return self._frames[page]

    def words(self, address: int, count: int) -> tuple[int, ...]:
        """Returns COUNT 32-bit words at ADDRESS."""
        data = b""
        while len(data) < 4 * count:
            place = address + len(data)
            part = min(4 * count - len(data), PAGE_SIZE - place % PAGE_SIZE)
            data += self.ram.read(self._frame(place // PAGE_SIZE) + place % PAGE_SIZE, part)
        return struct.unpack(f"<{count}I", data)

    def write(self, address: int, *words: int) -> None:
        """Writes 32-bit words at ADDRESS."""
        for number, word in enumerate(words):
            place = address + 4 * number
            self.ram.write(self._frame(place // PAGE_SIZE) + place % PAGE_SIZE,
                           word.to_bytes(4, "little"))


def knows_taker(machine: Machine, space: int) -> bool:
    """Returns whether the lock of SPACE has ever been taken, as far as it remembers."""
    return any(Memory(machine).words(space + LOCK + 4, 2))


@contextmanager
def lock_taken(machine: Machine, space: int, command: str) -> Iterator[None]:
    """Fails the check unless COMMAND, carried out meanwhile, takes the lock of SPACE: what the lock
    remembers of its last taker is wiped out before."""
    Memory(machine).write(space + LOCK + 4, 0, 0)
    yield
    true(knows_taker(machine, space),
         _("`{command}` takes the lock of its space").format(command=command))


@dataclass(frozen=True)
class Node:
    """A node of a tree. depth: nodes on the way down to it, itself included."""

    address: int
    value: int
    depth: int


def read_tree(memory: Memory, tree: int) -> list[Node]:
    """Returns the nodes of the tree at TREE in the order of the links; fails the check if parents,
    order, count or balance are wrong."""
    root, count = memory.words(tree, 2)
    nodes = list(_below(memory, root, 0, 1))
    for left, right in zip(nodes, nodes[1:]):
        true(left.value < right.value, _("nodes in the order of their values"),
             f"{left.value:#x}, {right.value:#x}")
    equal(count, len(nodes), _("`count` of the tree"))
    depth = max((node.depth for node in nodes), default=0)
    true(2 ** depth <= (count + 1) ** 2,
         _("at most 2 * log2({count} + 1) nodes on any way down").format(count=count), depth)
    return nodes


def _below(memory: Memory, node: int, parent: int, depth: int) -> Iterator[Node]:
    """Yields NODE, which PARENT leads to, and all below it, in order."""
    if not node:
        return
    true(depth <= DEEPEST, _("a tree that is balanced, without loops"))
    found, left, right, value, _level = memory.words(node, NODE_WORDS)
    equal(hexa(found), hexa(parent),
          _("parent of the node with value {value}").format(value=hexa(value)))
    yield from _below(memory, left, node, depth + 1)
    yield Node(node, value, depth)
    yield from _below(memory, right, node, depth + 1)


@dataclass(frozen=True)
class Space:
    """A struct mspace. sizes: v_size, p_size, s_size and phys_pg_count."""

    address: int
    users: int
    directory: Directory
    bounds: tuple[int, int]
    sizes: list[int]
    locked: int
    areas: dict[int, Area]  # by the address of the descriptor


def _area(memory: Memory, node: Node, space: int) -> Area:
    words = memory.words(node.address, VMA_WORDS)
    start, (length, ino, offset, limit, flags, owner) = words[3], words[5:11]
    equal(hexa(owner), hexa(space), _("`mspace` of the area at {start}").format(start=hexa(start)))
    return Area(start, length, ino, offset, limit - (limit >> 31 << 32), flags)


def read_space(machine: Machine, address: int) -> Space:
    """Returns the struct mspace at ADDRESS with its areas; fails the check if they overlap."""
    memory = Memory(machine)
    words = memory.words(address, MSPACE_WORDS)
    areas = {node.address: _area(memory, node, address)
             for node in read_tree(memory, address + 4)}
    rows = list(areas.values())
    for left, right in zip(rows, rows[1:]):
        true(left.end <= right.start, _("areas that do not overlap"), f"{left}, {right}")
    return Space(address, words[0], Directory(machine.ram, words[3]), (words[4], words[5]),
                 list(words[6:10]), words[10], areas)


def compare(machine: Machine, address: int, model: Model) -> Space:
    """Fails the check unless the space at ADDRESS is as MODEL says, its page tables included."""
    space = read_space(machine, address)
    equal(space.locked, 0, _("`locked` of its lock"))
    compare_areas(space, model)
    for name, got, expected in zip(("v_size", "p_size", "s_size", "phys_pg_count"),
                                   space.sizes, model.sizes()):
        equal(got, expected, f"`{name}`")
    compare_pages(machine, space, model)
    return space


def compare_areas(space: Space, model: Model) -> None:
    """Fails the check unless the areas of SPACE are those of MODEL."""
    areas = list(space.areas.values())
    for got, expected in zip(areas, model.areas):
        equal(str(got), str(expected), _("an area"))
    equal([hexa(area.start) for area in areas], [hexa(area.start) for area in model.areas],
          _("where its areas are"))


def pages_of(machine: Machine, space: Space) -> dict[int, Entry]:
    """Returns what is present in SPACE: entries, by page."""
    if space.bounds[0] == KSPACE_START:
        return dict(Memory(machine).kernel.pages(KSPACE_SLOTS))
    return space.directory.user_pages()


def compare_pages(machine: Machine, space: Space, model: Model) -> None:
    """Fails the check unless the pages present in SPACE, and their flags, are as MODEL says."""
    pages = pages_of(machine, space)
    equal([hexa(page) for page in sorted(pages)], [hexa(page) for page in sorted(model.pages)],
          _("pages present"))
    for page, cow in model.pages.items():
        area = model.at(page)
        assert area
        equal(flag_words(pages[page].flags), flag_words(area.entry_flags(cow, model.kernel)),
              _("flags of {page}").format(page=hexa(page)))
