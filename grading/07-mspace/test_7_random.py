"""Everything together: random sequences, counters after each command, page tables at the end."""

from hypothesis import strategies as st

from miroir.booter import Keeper
from miroir.check import check, equal
from miroir.i18n import _
from miroir.machine import Answer, Machine
from miroir.model import Step, explore
from miroir.mspace_memory import compare
from miroir.mspace_play import Play
from miroir.mspaces import (ANON, CAN, COPY_ON_WRITE, FILE, FIXED, GROWSDOWN, HEAP, PAGE_SIZE, READ,
                            RW, SHARED, STACK, TYPE, Model)
from miroir.pagetables import SLOT_SIZE, Paged

LENGTH = 100  # numbers in a sequence, 0 standing for nothing
SEQUENCES = 108  # 10,000 commands and more
WINDOW = 32  # pages in which everything happens, on both sides of a border between two tables
START = 24 * SLOT_SIZE - WINDOW // 2 * PAGE_SIZE
KINDS = (ANON | RW, ANON | READ | CAN, HEAP | RW, STACK | RW | GROWSDOWN, FILE | RW | SHARED,
         FILE | READ | CAN | COPY_ON_WRITE, FILE | READ, FILE | READ | SHARED | CAN)
LIMITS = (0, 0, -1, PAGE_SIZE + 5)
RIGHTS = (READ, RW, 0, READ | 1)


class Script(Keeper):
    """Makes steps of numbers, for explore()."""

    def __init__(self, boot) -> None:
        super().__init__(boot)
        self._inode = 0
        self._free = 0

    def __call__(self) -> Machine:
        machine = super().__call__()
        paged = Paged(machine)
        self._inode = paged.do(f"inode_create {64 * PAGE_SIZE:#x}")[0].value
        warm = [f"mspace_map $m {START + 2 * i * PAGE_SIZE:#x} 0x1000 0 0 0 {ANON | RW:#x}"
                for i in range(40)]  # the slabs grow as far as they will
        paged.do("m=mspace_create", *warm, "mspace_close $m")
        self._free = paged.free()
        return machine

    def steps(self, drawn: tuple[bytes, ...]) -> list[Step]:
        play = Play("$m", Model())
        steps = [Step("m=mspace_create", lambda answer: equal(answer.error, "", "`mspace_create`"))]
        numbers = (int.from_bytes(three, "big") for three in drawn)
        steps += [self._step(play, number - 1) for number in numbers if number]
        model = play.model.copy()
        steps.append(Step("mspace_at $m", lambda answer: self._compare(answer, model)))
        return steps

    def _compare(self, answer: Answer, model: Model) -> None:
        """Compares what lies in memory with MODEL, and then that all comes back."""
        compare(self.machine, answer.value, model)
        space = f"{answer.value:#x}"
        left = Paged(self.machine).do(f"mspace_close {space}",
                                      f"inode_references {self._inode:#x}")
        equal(left[1].value, 1, _("references of the inode, the space being closed"))
        equal(Paged(self.machine).free(), self._free, _("free frames, as before the sequence"))

    def _step(self, play: Play, number: int) -> Step:
        """Returns what NUMBER stands for."""
        number, what = divmod(number, 8)
        number, page = divmod(number, WINDOW)
        number, pages = divmod(number, 8)
        address, length = START + page * PAGE_SIZE, (pages + 1) * PAGE_SIZE
        if what < 3:
            return self._map(play, address, length, number)
        if what == 3:
            return play.unmap(address, length)
        if what == 4:
            return play.protect(address, length, RIGHTS[number % 4])
        if what == 5 and number % 4 == 0:
            return play.scavenge()
        return self._fill(play, address, number)

    def _map(self, play: Play, address: int, length: int, number: int) -> Step:
        number, kind = divmod(number, len(KINDS))
        number, limit = divmod(number, len(LIMITS))
        flags = KINDS[kind] | (FIXED if number % 2 else 0)
        if flags & TYPE == FILE:
            return play.map(address, length, flags, self._inode, (number // 2 % 8) * PAGE_SIZE,
                            LIMITS[limit])
        return play.map(address if number % 8 else 0, length, flags)

    @staticmethod
    def _fill(play: Play, address: int, number: int) -> Step:
        """Fills up to three pages from ADDRESS on, or whatever is the first area after it."""
        area = play.model.at(address) or next(iter(play.model.live), None)
        if area is None:
            return play.scavenge()
        start = address if play.model.at(address) else area.start
        pages = min(3, (area.end - start) // PAGE_SIZE)
        return play.fill(start, pages, bool(number % 2) and not area.flags & SHARED)


# As bytes: an integer takes Hypothesis longer to draw than the kernel to carry out its command.
numbers = st.tuples(*[st.binary(min_size=3, max_size=3)] * LENGTH)


@check(4, _("Thousands of random commands: areas, counters and page tables agree with a model"),
       read="exercise-6",
       why=_("A counter that is wrong once is wrong for ever. After each command the four counters "
             "are compared, after each sequence what lies in memory, and no frame is lost."))
def test_random(boot) -> None:
    script = Script(boot)
    explore(script, numbers, script.steps, examples=SEQUENCES)
