"""Checks in several processes: the verdict is that of one, and a process that dies is told."""

import os
import signal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Workshop

from miroir.build import Kernel, Sources
from miroir.grade import Request, run_checks
from miroir.stages import ROOT, Stage, UserError, all_stages
from miroir.workers import WorkerDied, Workers

CHECKS = '''"""Checks of which one ends the process that runs it."""
import os, signal
from miroir.check import check, true

@check(1, "first", why="-", read="exercise-1")
def test_first():
    true(False, "this")

@check(1, "second", why="-", read="exercise-1")
def test_second():
    os.kill(os.getpid(), signal.SIGKILL)
'''


class OtherChecks(Stage):
    """A stage that is checked by files of the test's."""

    folder = Path()

    @property
    def checks(self) -> Path:
        return self.folder


def collect(jobs: int, work, count: int, together: bool = True) -> tuple[list, list]:
    """Returns the results of WORK for the numbers below COUNT, and in which order they came."""
    came: list = []
    with Workers(jobs, work) as workers:
        given = list(workers.results(count, lambda: len(came), came.append, lambda: together))
    return given, came


def test_results_are_in_order() -> None:
    given, came = collect(3, lambda number, known: (number, os.getpid()), 20)
    assert [number for number, _process in given] == list(range(20))
    assert sorted(came) == given
    assert os.getpid() not in {process for _number, process in given}


def test_one_after_the_other_until_all_may_run() -> None:
    given, _came = collect(3, lambda number, known: known, 6, together=False)
    assert given == [0, 2, 4, 5, 3, 1]  # how many had come before each, begun from both ends


@pytest.mark.parametrize("end,status", [
    (lambda: os._exit(3), 3), (lambda: os.kill(os.getpid(), signal.SIGKILL), -signal.SIGKILL)])
def test_a_worker_that_ends_is_noticed(end, status: int) -> None:
    with pytest.raises(WorkerDied) as death:
        collect(2, lambda number, known: end() if number == 3 else number, 8)
    assert (death.value.number, death.value.status) == (3, status)


def test_a_check_that_ends_its_process_is_the_graders_fault(
        workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test_it.py").write_text(CHECKS)
    monkeypatch.setattr(OtherChecks, "folder", tmp_path)
    stage = OtherChecks("01-boot")
    kernel: Kernel = workshop.reference(all_stages()[0])
    told: list[str] = []
    request = Request(Sources(stage, "solutions"), tmp_path, jobs=2,
                      watch=lambda outcome: told.append(outcome.name))
    with pytest.raises(UserError, match=r"The grader itself failed: .*test_second.*\(.*-9\)"):
        run_checks(request, kernel, tmp_path / "it.xml")
    assert told == ["test_first"]


def test_the_verdict_does_not_depend_on_the_processes(workshop: Workshop, tmp_path: Path) -> None:
    stage = all_stages()[0]
    text = (ROOT / "solutions" / stage.name / "serial.c").read_text().replace(
        "return in8(port->base + DATA);", "return in8(port->base + DATA) ^ 1;")
    reports, names = [], []
    with workshop.changed(stage, {"serial.c": text}, tmp_path) as sources:
        for jobs in (1, 2):
            report = workshop.grade(sources, tmp_path, jobs=jobs)
            del report["execution_time"]
            reports.append(report)
            suites = ElementTree.parse(tmp_path / "results" / f"{stage.name}.xml")
            names.append([(case.get("name"), [child.tag for child in case])
                          for case in suites.iter("testcase")])
    assert 0 < reports[0]["score"] < 100
    assert reports[0] == reports[1]
    assert names[0] == names[1] and len(names[0]) == len(reports[0]["tests"])
