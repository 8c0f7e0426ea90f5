"""Commands for address spaces, each with what the model says that it must answer."""

from collections.abc import Callable, Iterable

from .check import equal
from .machine import Answer
from .model import Step
from .mspace_memory import Space, compare, lock_taken
from .mspaces import KSPACE_END, KSPACE_START, Model
from .pagetables import PAGE_SIZE, Paged


def outcome(answer: Answer) -> str:
    """Returns what ANSWER says, so that two can be compared and read."""
    return answer.error or str(answer)


def judge(expected: str | Iterable[int], what: str) -> Callable[[Answer], None]:
    """Returns what fails unless the answer is EXPECTED: an error's name, or values."""
    if not isinstance(expected, str):
        expected = " ".join(("ok", *(f"{value:#x}" for value in expected)))
    return lambda answer: equal(outcome(answer), expected, what)


class Play:
    """One space and the model of it: makes steps, and changes the model with each."""

    def __init__(self, space: str, model: Model) -> None:
        """space: what commands call it: a number, or a variable of the probe's."""
        self.space = space
        self.model = model

    def _step(self, words: Iterable[object], expected: str | int | None) -> Step:
        """expected: an error's name, or the first value before the counters, or None."""
        command = " ".join(str(word) for word in words)
        if isinstance(expected, str) and expected:
            return Step(command, judge(expected, f"`{command}`"))
        first = [expected] if isinstance(expected, int) else []
        return Step(command, judge([*first, *self.model.sizes()], f"`{command}`"))

    def map(self, address: int, length: int, flags: int, ino: int = 0, offset: int = 0,
            limit: int = 0) -> Step:
        place = self.model.map(address, length, ino, offset, limit, flags)
        return self._step(("mspace_map", self.space, f"{address:#x} {length:#x} {ino:#x}",
                           f"{offset:#x} {limit & 0xFFFFFFFF:#x} {flags:#x}"), place)

    def unmap(self, address: int, length: int) -> Step:
        error = self.model.unmap(address, length)
        return self._step(("mspace_unmap", self.space, f"{address:#x} {length:#x}"), error)

    def protect(self, address: int, length: int, rights: int) -> Step:
        error = self.model.protect(address, length, rights)
        return self._step(("mspace_protect", self.space, f"{address:#x} {length:#x} {rights:#x}"),
                          error)

    def scavenge(self) -> Step:
        return self._step(("mspace_scavenge", self.space), self.model.scavenge())

    def sweep(self) -> Step:
        self.model.sweep()
        return self._step(("mspace_sweep", self.space), None)

    def fill(self, address: int, count: int, cow: bool = False) -> Step:
        """All the COUNT pages from ADDRESS on are in areas."""
        self.model.fill(address, count, cow)
        return self._step(("mspace_fill", self.space, f"{address:#x} {count} {int(cow)}"), None)


class Spaces(Paged):
    """A machine, and what the checks ask of its address spaces."""

    def create(self) -> int:
        """Returns where a new user space is."""
        return self.do("mspace_create")[0].value

    def play(self) -> Play:
        """Returns a new user space with its model."""
        return Play(f"{self.create():#x}", Model())

    def take(self, *steps: Step) -> None:
        """Has STEPS carried out, and each answer judged."""
        for answer, step in zip(self.run(step.command for step in steps), steps):
            step.judge(answer)

    def take_locked(self, play: Play, *steps: Step) -> None:
        """The same for STEPS of which each must take the lock of the space."""
        for step in steps:
            with lock_taken(self.machine, int(play.space, 0), step.command):
                self.take(step)

    @property
    def kernel_space(self) -> int:
        """Where the kernel's own space is."""
        return self.do("mspace_at 0")[0].value

    def kernel_play(self) -> Play:
        """Returns the kernel's own space, in which nothing is mapped, with its model."""
        return Play(f"{self.kernel_space:#x}", Model(KSPACE_START, KSPACE_END))

    def compare(self, play: Play) -> Space:
        """Fails the check unless the space lies in memory as the model of PLAY says."""
        return compare(self.machine, int(play.space, 0), play.model)

    def search(self, play: Play, address: int) -> int:
        """Returns where the descriptor of the area at ADDRESS is, by what the memory holds."""
        areas = self.compare(play).areas
        return next(place for place, area in areas.items() if area.start <= address < area.end)

    def shared_memory(self, pages: int) -> int:
        """Returns where the inode of new shared memory is."""
        return self.do(f"inode_create {pages * PAGE_SIZE:#x}")[0].value

    def inode_references(self, inode: int) -> int:
        return self.do(f"inode_references {inode:#x}")[0].value
