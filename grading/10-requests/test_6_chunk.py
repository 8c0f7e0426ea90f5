"""Exercise 6: chunks."""

import random

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspace_memory import Space, read_space
from miroir.mspaces import ANON, RW, Area
from miroir.pagetables import PAGE_SIZE
from miroir.requests import (CHUNK_ALLOC, CHUNK_FREE, CHUNK_INFO, CHUNK_MAX, FOR_KERNEL, MEMORY,
                             Request, device)

RED, RED_BYTE = 16, 0xFD
NEXT = 256  # to be added to a number: its lowest byte stays the same


def length(size: int) -> int:
    return -(-(size + RED) // PAGE_SIZE) * PAGE_SIZE


class Owner:
    """A space with an owner's chunks in it."""

    def __init__(self, machine: Machine, number: int) -> None:
        self.machine = machine
        self.number = number
        self.address = int(machine.call("mspace_create")[0])

    @property
    def space(self) -> Space:
        return read_space(self.machine, self.address)

    def alloc(self, size: int) -> int:
        return int(self.machine.call(f"chunk_alloc {self.number} {self.address:#x} {size}")[0])

    def area(self, chunk: int) -> Area | None:
        """Returns the area that starts at CHUNK."""
        return next((a for a in self.space.areas.values() if a.start == chunk and not a.dead), None)

    def byte(self, address: int) -> int:
        """Returns where, in RAM, the byte at ADDRESS is; fails the check if no page is there."""
        leaf = self.space.directory.leaf(address // PAGE_SIZE * PAGE_SIZE)
        true(leaf, _("the page of {address} is present").format(address=hexa(address)))
        return leaf.frame + address % PAGE_SIZE

    def corrupted(self, chunk: int) -> int:
        return int(self.machine.call(f"chunk_info {self.number} {chunk:#x}")[3])


SIZES = (1, 4096 - RED - 1, 4096 - RED, 4096 - RED + 1, 4095, 4096, 4097, 8191, 8192 - RED, 100000)


@check(2, _("chunk_alloc(): an area of its own, with a red zone after the last byte"),
       read="exercise-6",
       why=_("Sixteen bytes more than asked for catch the most common mistake there is, writing "
             "one byte too many. They need to be there, and filled, before the program runs."))
def test_alloc(quiet: Machine, rng: random.Random) -> None:
    owner = Owner(quiet, rng.randrange(1, 1000))
    sizes = [*SIZES, rng.randrange(1, 50000)]
    for answer, size in zip(quiet.run("; ".join(f"chunk_length {size}" for size in sizes)), sizes):
        equal(answer.value, length(size), f"`{answer.command}`")
    for size in sizes:
        chunk = owner.alloc(size)
        area = owner.area(chunk)
        true(area, _("an area starts where the chunk does, {chunk}").format(chunk=hexa(chunk)))
        equal([area.length, hexa(area.flags)], [length(size), hexa(ANON | RW | RW << 4)],
              _("length and flags of the area for {size} bytes").format(size=size))
        red = bytes(quiet.ram.read(owner.byte(a), 1)[0] for a in
                    (chunk + size, chunk + size + RED - 1, chunk + length(size) - 1))
        equal(red, bytes([RED_BYTE] * 3), _("bytes of the red zone after {size}").format(size=size))
        first = (chunk + size) // PAGE_SIZE * PAGE_SIZE
        pages = [p for p in owner.space.directory.user_pages() if area.start <= p < area.end]
        equal([hexa(p) for p in pages], [hexa(p) for p in range(first, area.end, PAGE_SIZE)],
              _("pages present of a chunk of {size} bytes").format(size=size))
        true(not any(quiet.ram.read(owner.byte(first), max(0, chunk + size - first))),
             _("the chunk's own bytes are blank"))
        equal(quiet.call(f"chunk_info {owner.number} {chunk:#x}"), [owner.number, chunk, size, 0],
              _("owner, address, size, and whether it is corrupted"))


@check(2, _("A chunk that cannot be is refused, and nothing is lost"), read="exercise-6",
       why=_("Half a chunk would be worse than none: an area without an owner, or a descriptor of "
             "nothing."))
def test_refused(quiet: Machine) -> None:
    owner = Owner(quiet, 5)
    chunk = owner.alloc(10)
    quiet.run(f"chunk_free 5 {chunk:#x}; mspace_sweep {owner.address:#x}; slabs_trim")
    before = quiet.call("frames")
    name = f"{owner.number} {owner.address:#x}"
    for size in (0, CHUNK_MAX + 1, 0xFFFFFFFF, 0xFFFFFFF0):
        equal(quiet.error(f"chunk_alloc {name} {size}"), "EINVAL", f"`chunk_alloc {name} {size}`")
    chunk = owner.alloc(CHUNK_MAX)
    answer = quiet.run(f"chunk_free 5 {chunk:#x}")[0]
    equal(answer.error or answer.value, 0, f"`{answer.command}`")
    quiet.run(f"chunk_free 5 {owner.alloc(1):#x}")
    for left in (0, 1):
        answers = quiet.run("; ".join([f"frames_hoard {left}",
                                       *[f"chunk_alloc {name} 4090"] * 120, "frames_release"]))
        for answer in answers[1:-1]:
            equal(answer.error, "ENOMEM", _("with {left} frames left").format(left=left))
        equal(len([a for a in owner.space.areas.values() if not a.dead]), 0, _("areas left behind"))
        equal(quiet.error(f"chunk_info 5 {chunk:#x}"), "ENOENT", f"`chunk_info 5 {chunk:#x}`")
    # Then its space is full, and there is no place, and no area, for any other.
    line = "; ".join([f"chunk_alloc {name} {CHUNK_MAX}"] * 80)
    errors = [answer.error for _unused in range(3) for answer in quiet.run(line)]
    equal(errors, sorted(errors), _("errors until the space is full"))
    equal(errors[-1], "ENOMEM", _("the answer when it is"))
    quiet.run(f"chunks_forget 5; mspace_sweep {owner.address:#x}; slabs_trim")
    equal(quiet.call("frames"), before, _("frames free, as before"))


@check(2, _("Only its owner gives a chunk back, or asks about it"), read="exercise-6",
       why=_("A chunk is dedicated to one process. Its address says nothing: every process has "
             "something at that address."))
def test_owner(quiet: Machine) -> None:
    one, two = Owner(quiet, 11), Owner(quiet, NEXT + 11)
    chunk = one.alloc(300)
    for command, expected in (
            (f"chunk_info {two.number} {chunk:#x}", "EPERM"),
            (f"chunk_free {two.number} {chunk:#x}", "EPERM"),
            (f"chunk_info 11 {chunk + 0x1000:#x}", "ENOENT"), (f"chunk_free 11 {chunk + 1:#x}",
                                                               "ENOENT"),
            (f"chunk_info 11 {chunk:#x}", "ok"), (f"chunk_free 11 {chunk - 0x1000:#x}", "ENOENT")):
        equal(quiet.error(command) or "ok", expected, f"`{command}`")
    equal(hexa(two.alloc(70000)), hexa(chunk), _("the other owner's first chunk, in its own space"))
    sizes = [quiet.call(f"chunk_info {n} {chunk:#x}")[2] for n in (11, two.number)]
    equal(sizes, [300, 70000], _("sizes of the two chunks at one address"))
    quiet.call(f"chunk_free 11 {chunk:#x}")
    equal([quiet.error(f"chunk_info {n} {chunk:#x}") for n in (11, two.number)], ["EPERM", ""],
          _("errors of chunk_info, once the first of them is gone"))
    true(two.space.directory.leaf(chunk + 70000), _("the other's pages are still there"))
    kernel = quiet.call("chunk_alloc 13 0 6000")[0]
    answers = quiet.run(f"chunk_info 13 {kernel:#x}; chunk_free 13 {kernel:#x}")
    equal([answer.error or answer.values for answer in answers], [[13, kernel, 6000, 0], [0]],
          _("a chunk in the kernel's own space: chunk_info(), chunk_free()"))


@check(2, _("A red zone that has changed says that the chunk is corrupted, for good"),
       read="exercise-6",
       why=_("A program that writes past its end does not know it. The kernel does, at the next "
             "occasion; and a byte that is put right again does not undo what happened."))
def test_corrupted(quiet: Machine, rng: random.Random) -> None:
    owner = Owner(quiet, 21)
    for size in (100, 4090, 8192 - RED, rng.randrange(1, 20000)):
        end = length(size)
        for offset, wrong in ((size, 1), (end - 1, 1), (rng.randrange(size, end), 1),
                              (size - 1, 0), (0, 0)):
            chunk = owner.alloc(size)
            if offset < size:
                # Present if the red zone shares its page; else it comes when it is touched.
                quiet.run(f"mspace_fault {owner.address:#x} {chunk + offset:#x} 2")
            place = owner.byte(chunk + offset)
            kept = quiet.ram.read(place, 1)
            quiet.ram.write(place, bytes([kept[0] ^ 1 << rng.randrange(8)]))
            equal(owner.corrupted(chunk), wrong,
                  _("corrupted: byte {offset} of a chunk of {size} has changed").format(
                      offset=offset, size=size))
            quiet.ram.write(place, kept)
            equal(quiet.call(f"chunk_free 21 {chunk:#x}"), [wrong],
                  _("what chunk_free() says of it, the byte being as before"))
    chunk = owner.alloc(5000)
    quiet.ram.write(owner.byte(chunk + 5000), b"?")
    equal(quiet.call(f"chunk_free 21 {chunk:#x}"), [1], _("what chunk_free() sees by itself"))
    chunk = owner.alloc(5000)
    quiet.run(f"mspace_unmap {owner.address:#x} {chunk + 4096:#x} 4096")
    equal(quiet.call(f"chunk_free 21 {chunk:#x}"), [1], _("what it says if the red zone is gone"))
    equal(quiet.error(f"chunk_info 21 {chunk:#x}"), "ENOENT", _("the chunk, after that"))
    true(owner.area(chunk), _("what is left of it stays"))


def stirred(owner: Owner, size: int, *commands: str) -> list[int]:
    """Returns what is said of a chunk of SIZE bytes, {chunk} in COMMANDS: whether it is corrupted
    after these, and what chunk_free() answers."""
    chunk, space = owner.alloc(size), hexa(owner.address)
    for command in commands:
        owner.machine.call(command.format(space=space, chunk=hexa(chunk),
                                          second=hexa(chunk + PAGE_SIZE)))
    corrupted = owner.corrupted(chunk)
    return [corrupted, int(owner.machine.call(f"chunk_free {owner.number} {chunk:#x}")[0])]


@check(1, _("What counts is what is in the red zone's pages now, whatever else became of them"),
       read="exercise-6",
       why=_("A page can be copied, hidden, unmapped, or be another one by now. Only the page "
             "tables say where the red zone is, each time anew."))
def test_red_zone_moved(quiet: Machine) -> None:
    owner = Owner(quiet, 25)
    unmap = "mspace_unmap {space} {second} 4096"
    two_pages = 4090
    for what, size, wrong, commands in (
            (_("whose rights were taken"), two_pages, 0,
             ["mspace_protect {space} {chunk} 0x2000 0"]),
            (_("whose first page was unmapped"), two_pages, 1,
             ["mspace_unmap {space} {chunk} 4096"]),
            (_("whose last page was unmapped"), two_pages, 1, [unmap]),
            (_("whose last page is a new one"), 5000, 1,
             [unmap, f"mspace_map {{space}} {{second}} 4096 0 0 0 {ANON | RW:#x}"])):
        equal(stirred(owner, size, *commands), [wrong] * 2,
              _("whether a chunk is corrupted {what}, before and as it is freed").format(what=what))
    chunk = owner.alloc(100)
    quiet.run(f"mspace_clone {owner.address:#x}; mspace_fault {owner.address:#x} {chunk:#x} 7")
    quiet.ram.write(owner.byte(chunk + 100), b"?")
    equal(owner.corrupted(chunk), 1, _("corrupted: a byte in the copy of its page has changed"))


@check(1, _("A chunk that cannot be unmapped stays"), read="exercise-6",
       why=_("Who is told that it has failed asks again, later: the chunk must still be there, "
             "with all that is known of it."))
def test_stays(quiet: Machine) -> None:
    owner = Owner(quiet, 26)
    chunk = owner.alloc(5000)
    # Now its pages are part of a larger area, which has to be split: that takes memory.
    quiet.run(f"mspace_unmap {owner.address:#x} {chunk:#x} 0x2000; "
              f"mspace_map {owner.address:#x} {chunk:#x} 0x4000 0 0 0 {ANON | RW:#x}")
    answers = quiet.run(f"frames_hoard 0; vma_hoard 0; chunk_free 26 {chunk:#x}; vma_release; "
                        f"frames_release; chunk_info 26 {chunk:#x}; chunk_free 26 {chunk:#x}; "
                        f"chunk_info 26 {chunk:#x}")
    equal([answers[i].error or answers[i].values for i in (2, 5, 6, 7)],
          ["ENOMEM", [26, chunk, 5000, 1], [1], "ENOENT"],
          _("chunk_free() without memory, chunk_info(), chunk_free() with memory, chunk_info()"))


@check(2, _("What is given back, or whose owner has ended, is gone"), read="exercise-6",
       why=_("A chunk that outlives its owner is memory that nobody can ever give back."))
def test_gone(quiet: Machine, rng: random.Random) -> None:
    owner, other = Owner(quiet, 31), Owner(quiet, NEXT + 31)
    other.alloc(10)
    quiet.call(f"chunk_free 31 {owner.alloc(10):#x}")
    quiet.run(f"mspace_sweep {owner.address:#x}; slabs_trim")
    before = quiet.call("frames")
    chunks = [owner.alloc(rng.randrange(1, 20000)) for _unused in range(6)]
    for chunk in rng.sample(chunks, 3):
        quiet.call(f"chunk_free 31 {chunk:#x}")
        chunks.remove(chunk)
        true(not owner.space.directory.leaf(chunk), _("no page where it was"))
        true(quiet.error(f"chunk_free 31 {chunk:#x}") in ("ENOENT", "EPERM"),
             _("the same chunk, freed twice, is not found"))
    quiet.call("chunks_forget 31")
    for chunk in chunks:  # the other owner has one at the first address, too
        true(quiet.error(f"chunk_info 31 {chunk:#x}") in ("ENOENT", "EPERM"),
             _("no chunk at {chunk}, its owner being forgotten").format(chunk=hexa(chunk)))
    equal(len([a for a in owner.space.areas.values() if not a.dead]), 3,
          _("areas of its space, which chunks_forget() leaves alone"))
    quiet.run(f"mspace_sweep {owner.address:#x}; slabs_trim")
    equal(quiet.call("frames"), before, _("frames free, as before"))
    equal(quiet.call(f"chunk_info {other.number} 0x400000")[2], 10, _("the other's chunk"))


@check(2, _("The handler carries out what is asked about chunks, for the sender"),
       read="exercise-6",
       why=_("A request says for whom: the handler must not take whoever happens to run."))
def test_chunks_handled(quiet: Machine) -> None:
    space = quiet.call("mspace_create")[0]
    quiet.run(f"mspace_switch {space:#x}")

    def perform(sender: int, nature: int, need: int = 0, *arguments: int) -> list:
        request = Request(sender, device(MEMORY, 1), nature, FOR_KERNEL, need, arguments)
        return quiet.call(f"request_perform {request.words}")[:3]

    status, address, pages = perform(0, CHUNK_ALLOC, 9000)
    equal([status, pages], [0, 1], _("status and pages of a new chunk"))
    for sender, nature, expected in ((0, CHUNK_INFO, [0, 9000, 0]), (77, CHUNK_INFO, [-2, 0, 0]),
                                     (77, CHUNK_ALLOC, [-2, 0, 0]), (0, CHUNK_FREE, [0, 0, 0]),
                                     (0, CHUNK_FREE, [-2, 0, 0]), (0, CHUNK_INFO, [-2, 0, 0])):
        need, arguments = (100, ()) if nature == CHUNK_ALLOC else (0, (int(address),))
        equal(perform(sender, nature, need, *arguments), expected,
              _("status, value and pages for nature {nature} of sender {sender}").format(
                  nature=nature, sender=sender))
    _status, address, _pages = perform(0, CHUNK_ALLOC, 100)
    leaf = read_space(quiet, int(space)).directory.leaf(int(address))
    true(leaf, _("the chunk's page is present"))
    quiet.ram.write(leaf.frame + 100, b"!")
    equal(perform(0, CHUNK_INFO, 0, int(address)), [1, 100, 0],
          _("status, value and pages for a chunk that is corrupted"))
    equal(perform(0, CHUNK_FREE, 0, int(address)), [0, 1, 0],
          _("status, value and pages as it is given back"))
