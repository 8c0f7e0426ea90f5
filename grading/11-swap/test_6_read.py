"""Exercise 6: shared memory that is read like a file, when its pages are on the disk."""

import random

from miroir.check import check, equal
from miroir.i18n import _
from miroir.mspaces import RW, SHARED
from miroir.pagetables import PAGE_SIZE
from miroir.processes import CLOSE, MMAP, READ, SHM_OPEN
from miroir.swap import PLACE, Actor, Swap

NAME, BUFFER, SIZE = PLACE, PLACE + PAGE_SIZE, 2 * PAGE_SIZE
BEFORE = [100] + [512] * 7  # bytes to be read before the read that is about both pages
MOST, EIO = 512, -5


class Reader:
    """An actor who has two pages of shared memory open, and mapped at `start`; `memory` is where
    the inode is."""

    def __init__(self, swap: Swap, actor: Actor) -> None:
        self.swap, self.actor = swap, actor
        swap.write(actor, (NAME, int.from_bytes(b"shm", "little")))
        self.start = self.call(MMAP, 0, SIZE, RW | SHARED, self.open(), 0)
        self.memory = swap.inodes()[-1]

    def call(self, *words: int) -> int:
        """Makes a system call; returns its result."""
        command = " ".join(f"{word:#x}" for word in words)
        result = int(self.swap.machine.call(f"act_call {self.actor.pid} {command}")[0])
        return result - (result >> 31 << 32)

    def open(self) -> int:
        return self.call(SHM_OPEN, NAME, SIZE)

    def read(self, file: int, size: int) -> int:
        return self.call(READ, file, BUFFER, size)

    def all_goes(self) -> None:
        """Has the shared pages go, and the one that is read into."""
        pages = (self.start, self.start + PAGE_SIZE, BUFFER)
        self.swap.run([f"swap_out 0 {self.actor.pid} {page:#x}" for page in pages])
        self.swap.out_of_cache(self.memory, 0, PAGE_SIZE)


@check(1, _("read() of shared memory that is on the disk: every byte, whatever goes meanwhile"),
       read="exercise-6",
       why=_("It is read from the cache. A page that has come back there may be the first to go "
             "again: while the next one is waited for, say. And what is missing there looks "
             "blank."))
def test_read_call(swap: Swap, rng: random.Random) -> None:
    reader = Reader(swap, swap.actor(2))
    words = [rng.getrandbits(32) | 1 for _unused in range(2)]
    middle = reader.start + PAGE_SIZE  # one word before it, one after it
    swap.write(reader.actor, *zip((middle - 4, middle), words))
    for skip, index in [(skip, index) for skip in range(3) for index in range(2)]:
        file = reader.open()
        for size in BEFORE:
            reader.read(file, size)
        reader.all_goes()
        number = swap.number_of(reader.memory)
        swap.do(f"swap_out_meanwhile {skip} 1 {number} {index * PAGE_SIZE:#x}")
        equal(reader.read(file, MOST), MOST, _("bytes that read() returns"))
        first = PAGE_SIZE - 4 - sum(BEFORE)
        swap.equal_word(reader.actor, BUFFER + first, words[0])
        swap.equal_word(reader.actor, BUFFER + first + 4, words[1])
        reader.call(CLOSE, file)
    file = reader.open()
    reader.all_goes()
    swap.read(reader.actor, BUFFER)
    swap.do("disk_fail 0 1 1 0")
    equal([reader.read(file, MOST) for _unused in range(2)], [EIO, MOST],
          _("what read() returns when the disk fails, and the next time"))
