"""Exercise 2: the flags of an area, and how it is split."""

import random

from miroir.check import check, equal
from miroir.i18n import _
from miroir.mspace_play import Spaces, judge
from miroir.mspaces import (ANON, CAN, CAN_EXEC, CAN_READ, CAN_WRITE, COPY_ON_WRITE, DEAD, EXEC,
                            FILE, FIXED, GROWSDOWN, HEAP, PAGE_SIZE, PHYS, READ, RESOLVE, RW,
                            SHARED, STACK, VM_WRITE, Area, stored_flags)

KINDS = (0, HEAP, STACK, FILE, PHYS, ANON, 0x600, 0xF00)
BITS = (EXEC, VM_WRITE, READ, SHARED, CAN_EXEC, CAN_WRITE, CAN_READ, COPY_ON_WRITE, GROWSDOWN,
        FIXED, RESOLVE)
PLAIN = (0, READ, RW, RW | CAN, READ | CAN_READ | CAN_WRITE, READ | EXEC, CAN, VM_WRITE)
EXTRA = (0, SHARED, COPY_ON_WRITE, SHARED | COPY_ON_WRITE, GROWSDOWN, RESOLVE | FIXED, DEAD, 0x1000,
         0x2000, 0x40000, 1 << 31)


@check(4, _("Flags are completed, or refused, type by type"), read="exercise-2",
       why=_("Every rule that is checked once, when the area is made, is one that no page fault "
             "has to think of later."))
def test_flags(spaces: Spaces, rng: random.Random) -> None:
    flags = {kind | plain | extra for kind in KINDS for plain in PLAIN for extra in EXTRA}
    flags |= {rng.choice(KINDS) | sum(rng.sample(BITS, rng.randrange(6))) for _unused in range(200)}
    cases = [(value, kernel) for value in sorted(flags) for kernel in (0, 1)]
    answers = spaces.run(f"vma_flags {value:#x} {kernel}" for value, kernel in cases)
    for answer, (value, kernel) in zip(answers, cases):
        stored = stored_flags(value, bool(kernel))
        judge("EINVAL" if stored is None else [stored], f"`{answer.command}`")(answer)


def fields(area: Area) -> str:
    """Returns AREA as it is compared."""
    return (f"{area.start:#x} length {area.length:#x} inode {area.ino:#x} offset {area.offset:#x} "
            f"limit {area.limit} flags {area.flags:#x}")


def read_fields(words: list[int]) -> str:
    start, length, ino, offset, limit, flags = words
    return fields(Area(start, length, ino, offset, limit - (limit >> 31 << 32), flags))


@check(4, _("A split gives each byte to one of the two, with its offset and its limit"),
       read="exercise-2",
       why=_("The program's file ends in the middle of an area, and what is after the limit is "
             "blank. If a split loses that, the program finds bytes of something else in its "
             "variables."))
def test_split(spaces: Spaces, rng: random.Random) -> None:
    inode = spaces.shared_memory(8)
    start, offset = (rng.randrange(1, 1000) * PAGE_SIZE for _unused in range(2))
    limits = {0, -1, 1, 3 * PAGE_SIZE, 3 * PAGE_SIZE + 100, 8 * PAGE_SIZE, 4 * PAGE_SIZE - 1}
    cases = [(Area(start, 8 * PAGE_SIZE, inode, offset, limit, 0x3E4), pages * PAGE_SIZE)
             for limit in sorted(limits) for pages in (1, 2, 3, 4, 7)]
    cases += [(Area(start, 8 * PAGE_SIZE, 0, offset if kind == PHYS else 0, 0, kind | RW | RW << 4),
               pages * PAGE_SIZE) for kind in (HEAP, STACK, PHYS, ANON) for pages in (1, 5)]
    for area, length in cases:
        references = spaces.inode_references(inode)
        command = (f"vma_split {area.start:#x} {area.length:#x} {area.ino:#x} {area.offset:#x} "
                   f"{area.limit & 0xFFFFFFFF:#x} {area.flags:#x} {length:#x}")
        values = [int(value) for value in spaces.do(command)[0].values]
        low, high = area.split(length)
        equal(read_fields(values[:6]), fields(low), _("`{command}`: the low part").format(
            command=command))
        equal(read_fields(values[6:12]), fields(high), _("`{command}`: the high part").format(
            command=command))
        equal(values[12:], [2, 1], _("areas in the tree, and 1 if the high one is among them, and "
                                     "of the same space"))
        equal(spaces.inode_references(inode), references + bool(area.ino),
              _("references of the inode"))
