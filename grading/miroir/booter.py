"""Machines for the checks, and what the checks so far have taught about the kernel.

A machine that cannot even boot fails every check in the same way; it is tried once.
"""

from dataclasses import dataclass, field
from typing import Any

from .build import Kernel
from .crash import Crash, KernelDied, Todo, dead_at_boot
from .machine import Machine
from .outcome import Outcome
from .spares import Spares

VAIN = ("hang", "asleep", "flood")  # ends of a kernel that cost all the time there is
VAIN_LIMIT = 3  # of them, after which a kernel gets
IMPATIENT = 0.3  # of that time: right work needs a small part of it


@dataclass
class Known:
    """What the checks so far have taught about the kernel.

    starts: it does, or it never will. vain: checks in which it was waited for in vain. dead: how
    it ended while it started, by the options of the machine.
    """

    starts: bool = False
    vain: int = 0
    dead: dict[str, tuple[Crash, list[Todo]]] = field(default_factory=dict)

    @property
    def patience(self) -> float:
        """The part of its time that a request gets."""
        return IMPATIENT if self.vain >= VAIN_LIMIT else 1.0

    def count(self, outcome: Outcome) -> None:
        """Counts OUTCOME if it is one that took all the time there is."""
        self.vain += outcome.crash is not None and outcome.crash.kind in VAIN

    def add(self, other: "Known") -> None:
        """Takes over what OTHER has, and we have not."""
        self.starts |= other.starts
        self.dead = other.dead | self.dead


class Booter:
    """Boots machines for one check, and ends them with it."""

    def __init__(self, kernel: Kernel, seed: int, known: Known, spares: Spares) -> None:
        self.seed = seed
        self.machines: list[Machine] = []
        self._kernel = kernel
        self._spares = spares
        self._known = known

    def __call__(self, **options: Any) -> Machine:
        """Returns a new machine; for the options see Machine."""
        key, dead = repr(sorted(options.items())), self._known.dead
        death = dead.get(key) or (None if options.get("stopped") else dead.get("[]"))
        if death:
            raise dead_at_boot(*death)
        try:
            machine = Machine(self._kernel, spares=self._spares, **options)
        except KernelDied as failure:
            dead[key] = failure.crash, failure.todo
            self._known.starts |= key == "[]"
            raise
        machine.patience = self._known.patience
        self.machines.append(machine)
        self._known.starts |= not options.get("stopped")
        return machine

    def close(self) -> None:
        """Ends them. May be called again."""
        for machine in self.machines:
            machine.close()


class Keeper:
    """Boots machines for explore(), all alike, and keeps hold of the last one, to look at its
    RAM."""

    def __init__(self, boot: Booter, **options: Any) -> None:
        self.seed = boot.seed
        self._boot = boot
        self._options = options

    def __call__(self) -> Machine:
        return self._boot(**self._options)

    @property
    def machine(self) -> Machine:
        return self._boot.machines[-1]
