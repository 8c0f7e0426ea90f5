"""The pytest plugin: gives the checks their machines, and collects what became of each.

A machine that cannot even boot fails every check in the same way; it is tried once.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from .build import Kernel
from .check import About, CheckFailed
from .crash import Crash
from .machine import KernelDied, Machine
from .stages import all_stages


VAIN = ("hang", "asleep", "flood")  # ends of a kernel that cost all the time there is
VAIN_LIMIT = 3  # of them, after which a kernel gets
IMPATIENT = 0.3  # of that time: right work needs a small part of it


@dataclass
class Outcome:
    """What became of one check. `failure` is None if it passed."""

    name: str
    about: About
    passed: bool
    seconds: float = 0.0
    failure: BaseException | None = None
    done: list[str] = field(default_factory=list)  # lines of commands
    shortest: bool = False  # whether `done` is a whole sequence, shrunk, to be shown as it is
    todo: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def at_boot(self) -> bool:
        """Whether the kernel did not even get through its start."""
        return isinstance(self.failure, KernelDied) and self.failure.at_boot

    @property
    def crash(self) -> Crash | None:
        return self.failure.crash if isinstance(self.failure, KernelDied) else None


class Booter:
    """Boots machines for one check, and ends them with it."""

    def __init__(self, kernel: Kernel, seed: int, dead: dict[str, KernelDied],
                 patience: float) -> None:
        self.seed = seed
        self._patience = patience
        self.machines: list[Machine] = []
        self._kernel = kernel
        self._dead = dead

    def __call__(self, **options: Any) -> Machine:
        """Returns a new machine; for the options see Machine."""
        key = repr(sorted(options.items()))
        dead = self._dead.get(key) or (not options.get("stopped") and self._dead.get("[]"))
        if dead:
            raise dead
        try:
            machine = Machine(self._kernel, **options)
        except KernelDied as death:
            self._dead[key] = death
            raise
        machine.patience = self._patience
        self.machines.append(machine)
        return machine

    def close(self) -> None:
        for machine in self.machines:
            machine.close()


class Grading:
    """The plugin. Its outcomes are in the order of the checks."""

    def __init__(self, kernel: Kernel, seed: int, watch: Callable[[Outcome], None]) -> None:
        self.kernel = kernel
        self.seed = seed
        self.watch = watch
        self.outcomes: list[Outcome] = []
        self.broken: list[str] = []  # checks that failed by their own fault
        self._dead: dict[str, KernelDied] = {}
        self._boots: dict[str, Booter] = {}
        self._vain = 0  # checks in which the kernel was waited for in vain

    @pytest.fixture(name="seed")
    def seed_fixture(self) -> int:
        """The run's seed."""
        return self.seed

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> random.Random:
        """A generator that depends on the run's seed and the check's name alone."""
        return random.Random(f"{self.seed} {request.node.name}")

    @pytest.fixture
    def boot(self, request: pytest.FixtureRequest) -> Iterator[Booter]:
        booter = self._boots[request.node.nodeid] = Booter(
            self.kernel, self.seed, self._dead, IMPATIENT if self._vain >= VAIN_LIMIT else 1.0)
        yield booter
        booter.close()

    @pytest.fixture
    def machine(self, boot: Booter) -> Machine:
        return boot()

    @pytest.fixture
    def kernel_file(self) -> Kernel:
        """The kernel as a file, for checks that need not run it."""
        return self.kernel

    @pytest.hookimpl
    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "check(about): points and texts of a check")

    @pytest.hookimpl
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Puts the checks into the order of the handout's exercises, each file's own within."""
        def exercise(item: pytest.Item) -> tuple[bool, int]:
            about = next((m.args[0] for m in item.iter_markers("check")), None)
            digits = re.search(r"\d+$", about.read) if about else None
            return about is not None and about.bonus, int(digits[0]) if digits else 0

        items.sort(key=exercise)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
        result = yield
        report = result.get_result()  # type: ignore[attr-defined]
        marker = item.get_closest_marker("check")
        if marker is None or call.when == "teardown" and report.passed:
            return
        if call.when == "setup" and report.passed:
            return
        outcome = Outcome(item.name, marker.args[0], report.passed, call.duration)
        if call.excinfo:
            outcome.failure = call.excinfo.value
            self._describe(item, outcome)
        self.outcomes.append(outcome)
        if outcome.crash and outcome.crash.kind in VAIN:
            self._vain += 1
        self.watch(outcome)

    def _in_order(self, todo: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
        """Returns TODO in the order in which the functions are to be written."""
        files = [f"{stage.name}/{file}" for stage in all_stages() for file in stage.files]

        def place(entry: tuple[str, str, int]) -> tuple[int, int]:
            name = "/".join(entry[1].split("/")[-2:])
            return files.index(name) if name in files else len(files), entry[2]

        return sorted(todo, key=place)

    def _describe(self, item: pytest.Item, outcome: Outcome) -> None:
        failure = outcome.failure
        booter = self._boots.get(item.nodeid)
        machines: Sequence[Machine] = booter.machines if booter else []
        if isinstance(failure, CheckFailed):
            if failure.done is not None:
                outcome.done, outcome.shortest = failure.done, True
            elif machines:
                outcome.done = machines[-1].history
            if isinstance(failure, KernelDied) and failure.at_boot:
                outcome.todo = self._in_order(failure.todo)
            elif machines:
                outcome.todo = self._in_order(machines[-1].todo())
        else:
            self.broken.append(f"{item.nodeid}: {failure!r}")
