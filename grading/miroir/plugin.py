"""The pytest plugin: gives the checks their machines, and collects what became of each."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from .booter import Booter, Known
from .build import Kernel
from .check import CheckFailed
from .i18n import _
from .machine import Machine
from .outcome import Outcome
from .spares import Spares
from .workers import WorkerDied, Workers


@dataclass
class Ran:
    """What running one check brought, wherever it ran: plain data. reports: pytest's, as data.
    broken: why it failed by its own fault."""

    outcomes: list[Outcome]
    reports: list[dict]
    broken: list[str]
    known: Known


class Grading:
    """The plugin. Its outcomes are in the order of the checks."""

    def __init__(self, kernel: Kernel, seed: int, watch: Callable[[Outcome], None],
                 jobs: int = 1) -> None:
        self.kernel = kernel
        self.seed = seed
        self.watch = watch
        self.jobs = jobs
        self.outcomes: list[Outcome] = []
        self.broken: list[str] = []  # checks that failed by their own fault
        self._known = Known()
        self._spares = Spares()
        self._boots: dict[str, Booter] = {}
        self._reports: list[dict] | None = None  # in a worker: to be sent to the parent

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
            self.kernel, self.seed, self._known, self._spares)
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
        self._config = config
        config.addinivalue_line("markers", "check(about): points and texts of a check")

    @pytest.hookimpl
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Puts the checks into the order of the handout's exercises, each file's own within."""
        def exercise(item: pytest.Item) -> tuple[bool, int]:
            about = next((m.args[0] for m in item.iter_markers("check")), None)
            return (about.bonus, about.exercise) if about else (False, 0)

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
            failure, booter = call.excinfo.value, self._boots.get(item.nodeid)
            outcome.explain(failure, booter.machines if booter else [])
            if not isinstance(failure, CheckFailed):
                self.broken.append(f"{item.nodeid}: {failure!r}")
        self._known.count(outcome)
        self._tell(outcome)

    def _tell(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.watch(outcome)

    @pytest.hookimpl
    def pytest_unconfigure(self) -> None:
        self._spares.close()

    # In several processes

    @pytest.hookimpl
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Shares the checks out, if there are several; otherwise pytest's own loop runs them."""
        jobs = min(self.jobs, len(session.items))
        if jobs < 2 or session.testsfailed:  # in collecting
            return None
        with Workers(jobs, lambda n, known: self._run_apart(session.items[n], known),
                     self._spares.close) as workers:
            try:
                for ran in workers.results(len(session.items), lambda: self._known, self._learn,
                                           lambda: self._known.starts):
                    self._take(ran)
            except WorkerDied as death:
                self.broken.append(_("the process that ran {check} ended (status {status})").format(
                    check=session.items[death.number].name, status=death.status))
        return True

    def _run_apart(self, item: pytest.Item, known: Known) -> Ran:
        """In a worker: runs ITEM, and keeps for the parent what it shall tell."""
        self.outcomes, self.broken, self._reports, self._known = [], [], [], known
        self.watch = lambda outcome: None
        try:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        finally:
            if item.nodeid in self._boots:  # also when interrupted
                self._boots[item.nodeid].close()
        return Ran(self.outcomes, self._reports, self.broken, known)

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self._reports is not None:
            to_data = self._config.hook.pytest_report_to_serializable
            self._reports.append(to_data(config=self._config, report=report))

    def _learn(self, ran: Ran) -> None:
        """As soon as a check has run, whatever is still to be told of those before it."""
        self._known.add(ran.known)
        for outcome in ran.outcomes:
            self._known.count(outcome)

    def _take(self, ran: Ran) -> None:
        """Tells of a check that another process ran, as if this one had."""
        self.broken += ran.broken
        for data in ran.reports:
            hook = self._config.hook
            report = hook.pytest_report_from_serializable(config=self._config, data=data)
            hook.pytest_runtest_logreport(report=report)
        for outcome in ran.outcomes:
            self._tell(outcome)
