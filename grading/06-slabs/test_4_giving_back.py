"""Exercise 7: entries go back; and both allocators, under everything at once."""

import random
from bisect import bisect_left, insort
from functools import partial

from hypothesis import strategies as st

from miroir.booter import Keeper
from miroir.check import check, equal, fail, hexa, true
from miroir.i18n import _
from miroir.machine import Answer, Machine
from miroir.model import Step, explore
from miroir.pagetables import PAGE_SIZE
from miroir.slabs import (CHUNKS, DESCRIPTORS, LARGEST, SIZES, Kernel, Slabs, capacity_for,
                          chunk_for, equal_objects, pages_of)

FEW = [size for size in SIZES if pages_of(size) * PAGE_SIZE == CHUNKS * size]  # 8 to an entry


def check_given_back(slabs: Slabs) -> None:
    """Looks for an empty entry too many."""
    for size in SIZES:
        empty = sum(entry.where == "empty" for entry in slabs.of(size))
        true(empty <= 1, _("at most one empty entry of size {size}").format(size=size), empty)


@check(4, _("Of two empty entries one goes back; the last one stays until slabs_trim()"),
       read="exercise-7",
       why=_("Memory that was needed once, at noon, should not be missing elsewhere for the rest "
             "of the day."))
def test_give_back(kernel: Kernel, rng: random.Random) -> None:
    kernel.frees(*kernel.allocs(4096))
    kernel.do("slabs_trim")
    size, start = rng.choice(FEW), kernel.free()
    objects = kernel.allocs(*[size] * (3 * CHUNKS))
    rng.shuffle(objects)
    for left in range(len(objects) - 1, -1, -1):
        kernel.frees(objects[left])
        slabs = kernel.slabs().check()
        check_given_back(slabs)
        entries = slabs.of(size)
        equal(start - kernel.free(), len(entries) * pages_of(size),
              _("frames taken, with {count} entries of {pages} pages").format(
                  count=len(entries), pages=pages_of(size)))
    equal([entry.where for entry in entries], ["empty"],
          _("the lists of the entries of size {size}, all objects freed").format(size=size))
    kernel.do("slabs_trim")
    equal(kernel.free(), start, _("free frames after slabs_trim()"))
    kernel.slabs().check()


@check(3, _("At the edge of an entry, alloc() and free() in turn move no area"), read="exercise-7",
       why=_("If an entry went back as soon as it is empty, a loop that takes one object and "
             "frees it would map and unmap pages all day."))
def test_no_thrash(kernel: Kernel, rng: random.Random) -> None:
    size = rng.choice(FEW)
    objects = kernel.allocs(*[size] * CHUNKS)
    kernel.frees(*kernel.allocs(size))
    kernel.do("area_watch")
    for _unused in range(4):
        kernel.frees(*kernel.allocs(size))
        kernel.frees(*kernel.allocs(size, size, size))
    takes, gives, _deepest = kernel.machine.call("area_watched")
    equal([takes, gives], [0, 0], _("descriptors of areas taken and given back meanwhile"))
    kernel.frees(*objects)
    check_given_back(kernel.slabs().check())


@check(5, _("8 MiB, all of it allocated and freed: every frame is back"), read="exercise-7",
       why=_("What is lost in a day is seen in a year. Here a year takes a second: if one frame "
             "in a thousand stays behind, it shows."))
def test_exhaustion(boot, rng: random.Random) -> None:
    everything = [str(size) for size in (*SIZES, 3, 5000, 100, 12345)]
    for sizes in (everything, ["24"], [str(LARGEST + 1), str(rng.choice(SIZES[:8]))]):
        kernel = Kernel(boot(ram=8))
        start = kernel.free()
        rng.shuffle(sizes)
        kernel.do(f"slab_exhaust {' '.join(sizes)}")
        kernel.slabs().check()
        for command in (f"alloc {sizes[0]}" if len(sizes) < 2 else "alloc 40000", "area_alloc 12"):
            equal(kernel.machine.error(command), "ENOMEM", _("`{command}` when all is allocated")
                  .format(command=command))
        equal(kernel.do(f"slab_release {rng.getrandbits(32)}")[0].value, 0, _("errors of free()"))
        check_given_back(kernel.slabs().check())
        kernel.do("slabs_trim")
        equal(kernel.free(), start, _("free frames, as at the start (sizes: {sizes})").format(
            sizes=", ".join(sizes)))
        slabs = kernel.slabs().check()
        equal([entry.size for entry in slabs.entries], [DESCRIPTORS] * 2, _("sizes of all entries"))


class Storm:
    """What slab_storm does, number by number, and who lies where."""

    SLOTS, LOG = 256, 16000
    SPOILED = 0xBAD

    def __init__(self, chance: int) -> None:
        self.chance = chance
        self.slots: dict[int, tuple[int, int]] = {}  # number: address, end
        self.starts: list[int] = []
        self.ends: dict[int, int] = {}

    def size(self) -> int:
        """Returns the size that the next number chooses."""
        kind, number = self.chance >> 20 & 15, self.chance >> 4 & 0xFFFF
        return LARGEST + 1 + number % 12000 if kind == 15 else 1 + number % (8 << kind % 10)

    def judge(self, result: int) -> None:
        """Compares the RESULT of one step."""
        number = self.chance >> 24
        if number in self.slots:
            address = self.slots.pop(number)[0]
            equal(result, 0, _("the error of freeing {address} (0xbad: its bytes were overwritten)")
                  .format(address=hexa(address)))
            del self.starts[bisect_left(self.starts, address)]
            del self.ends[address]
        else:
            self._judge_object(number, self.size(), result)
        self.chance = (self.chance * 1664525 + 1013904223) & 0xFFFFFFFF

    def _judge_object(self, number: int, size: int, address: int) -> None:
        end = address + capacity_for(size)
        place = bisect_left(self.starts, address)
        before = self.ends[self.starts[place - 1]] if place else 0
        after = self.starts[place] if place < len(self.starts) else 1 << 32
        if not before <= address <= end <= after or address % (chunk_for(size) or PAGE_SIZE):
            fail(_("an object of {size} bytes, aligned, that overlaps no other").format(size=size),
                 hexa(address))
        self.slots[number] = address, end
        insort(self.starts, address)
        self.ends[address] = end


@check(4, _("100,000 random operations: no object overlaps another, and the books agree"),
       read="exercise-7",
       why=_("Chains, lists, areas and frames are four books on the same goods, kept by two "
             "allocators that call one another."))
def test_storm(kernel: Kernel, rng: random.Random) -> None:
    storm = Storm(rng.getrandbits(32))
    held = kernel.held()
    left = 100000
    while left:
        count = min(left, Storm.LOG)
        kernel.machine.call(f"slab_storm {storm.chance:#x} {count} {kernel.machine.scratch:#x}")
        for result in kernel.ram.words(kernel.machine.scratch, count):
            storm.judge(result)
        left -= count
        check_objects(kernel, storm)
    equal(kernel.held(), held, _("free frames and pages of used areas together"))


def check_objects(kernel: Kernel, storm: Storm) -> None:
    """Compares what lies in RAM with what STORM has allocated."""
    slabs = kernel.slabs().check()
    check_given_back(slabs)
    chunks = [a for a, end in storm.slots.values() if end - a <= LARGEST]
    equal_objects(slabs, chunks)
    equal(len(slabs.other_areas()), len(storm.slots) - len(chunks), _("large objects"))


# Short sequences against a model: what fails is shown as commands

_SIZES = st.sampled_from([1, 8, 24, 32, 33, 500, 512, 513, 1024, 2000, 2048, 4096, 4097, 9000])
_OPERATIONS = st.lists(st.tuples(st.sampled_from(["alloc", "alloc", "fill", "free", "some"]),
                                 _SIZES, st.integers(0, 30)), min_size=1, max_size=30)


class Game:
    """One sequence of commands, and what is allocated."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.names: list[str] = []
        self.live: dict[str, tuple[int, int]] = {}  # name: address, capacity

    def alloc(self, size: int) -> None:
        name = f"a{len(self.steps)}"
        self.names.append(name)
        self.steps.append(Step(f"{name}=alloc {size}", partial(self._judge_alloc, name, size)))

    def free(self, number: int) -> None:
        name = self.names.pop(number % len(self.names))
        self.steps.append(Step(f"free ${name}", partial(self._judge_free, name)))

    def play(self, kind: str, size: int, which: int) -> None:
        if kind == "fill":
            for _unused in range(min(CHUNKS + 1, 60 - len(self.names))):
                self.alloc(size)
        elif kind == "alloc" or not self.names:
            self.alloc(size)
        else:
            for _unused in range(min({"free": 1, "some": 6}[kind], len(self.names))):
                self.free(which)

    def _judge_alloc(self, name: str, size: int, answer: Answer) -> None:
        capacity = capacity_for(size)
        clash = any(answer.value < a + c and a < answer.value + capacity
                    for a, c in self.live.values())
        if clash or answer.value % min(capacity, PAGE_SIZE):
            fail(_("an object of {size} bytes, aligned, that overlaps no other").format(size=size),
                 answer)
        self.live[name] = answer.value, capacity

    def _judge_free(self, name: str, answer: Answer) -> None:
        equal(answer.error, "", f"`{answer.command}`")
        del self.live[name]


class Script(Keeper):
    """Makes steps of operations, for explore()."""

    def __init__(self, boot) -> None:
        super().__init__(boot)
        self._free = 0  # frames, after the boot
        self._undo: list[str] = []  # what takes the sequence before back

    def __call__(self) -> Machine:
        machine = super().__call__()
        self._free, self._undo = Kernel(machine).free(), []
        return machine

    def steps(self, operations: list[tuple[str, int, int]]) -> list[Step]:
        game = Game()
        for operation in operations:
            game.play(*operation)
        undo = [Step(command) for command in self._undo]
        return undo + game.steps + [Step("frames", partial(self._judge_ram, game))]

    def _judge_ram(self, game: Game, answer: Answer) -> None:
        slabs = Kernel(self.machine).slabs().check()
        check_given_back(slabs)
        equal_objects(slabs, [a for a, capacity in game.live.values() if capacity <= LARGEST])
        pages = sum(area.pages for area in slabs.books.used) - 2  # those at the start
        equal(int(answer.values[0]) + int(answer.values[2]), self._free - pages,
              _("free frames, by the pages of all areas"))
        self._undo = [f"free {address:#x}" for address, _capacity in game.live.values()]
        self._undo.append("slabs_trim")


@check(2, _("Any sequence of allocations and releases"), read="exercise-7",
       why=_("What survives sequences that nobody would have thought of can be built upon."))
def test_any(boot) -> None:
    script = Script(boot)
    explore(script, _OPERATIONS, script.steps, 30)
