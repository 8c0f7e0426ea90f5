"""Grading one stage: build, check, write down."""

import io
import os
import random
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

import pytest

from . import check
from .build import DEFAULT_BUILD, BuildError, Kernel, Sources, build
from .i18n import _
from .outcome import Outcome
from .plugin import Grading
from .report import Verdict, write_json
from .stages import UserError
from .workers import cores


@dataclass(frozen=True)
class Request:
    """What to grade, and how.

    only: names of checks; all if empty. seed: what the random checks start from. watch: is told
    what became of each check, in their order, as soon as it is known. jobs: processes that share
    the checks out among them; as many as there are cores if 0. The verdict does not depend on it.
    shrink: look for the shortest sequence of commands that fails, which may take many boots.
    """

    sources: Sources
    build_folder: Path = DEFAULT_BUILD
    seed: int = 0
    only: tuple[str, ...] = ()
    watch: Callable[[Outcome], None] = lambda outcome: None
    jobs: int = 0
    shrink: bool = True


def new_seed() -> int:
    """Returns a seed that a person can type."""
    return random.SystemRandom().randrange(1_000_000)


def grade(request: Request) -> Verdict:
    """Grades one stage and writes its results under the build folder.

    Raises UserError if the grader itself could not do its work.
    """
    stage = request.sources.stage
    results = request.build_folder / "results"
    try:
        results.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(_("Cannot write to {folder}: {reason}. Give another folder with BUILD=.")
                        .format(folder=results, reason=error.strerror)) from error
    verdict = Verdict(stage, request.sources.origin, request.seed)
    try:
        kernel = build(request.sources, request.build_folder)
    except BuildError as error:
        verdict.words = error.words
        _write_unbuilt(results / f"{stage.name}.xml", stage.name, error.words)
    else:
        verdict.outcomes = run_checks(request, kernel, results / f"{stage.name}.xml")
    write_json(verdict, results / f"{stage.name}.json")
    return verdict


def run_checks(request: Request, kernel: Kernel, junit: Path) -> list:
    """Runs the stage's checks on KERNEL with pytest; returns their outcomes."""
    check.shrink = request.shrink
    grading = Grading(kernel, request.seed, request.watch, request.jobs or cores())
    folder = request.sources.stage.checks
    targets = [str(path) for path in sorted(folder.glob("test_*.py"))
               if not request.only or _has_one_of(path, request.only)]
    if not targets:
        raise _no_check(request)
    arguments = ["-p", "no:cacheprovider", "-p", "no:terminal", "--rootdir", str(folder),
                 "-c", "/dev/null", "--import-mode=importlib", "--assert=plain",
                 f"--junitxml={junit}", "-o", "junit_family=xunit2"]
    if request.only:
        arguments += ["-k", " or ".join(request.only)]
    # Whatever plugins this machine has, the verdict shall be the same; nor are they worth waiting.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    said = io.StringIO()
    # Only what pytest says of itself is caught here: Grading tells the rest to the terminal.
    with redirect_stderr(said):
        status = pytest.main([*arguments, *targets], plugins=[grading])
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise _no_check(request)
    if grading.broken or status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        problems = "\n".join(grading.broken) or said.getvalue().strip() or str(status)
        raise UserError(_("The grader itself failed: {problems}").format(problems=problems))
    return grading.outcomes


def _no_check(request: Request) -> UserError:
    return UserError(_("No check is called {names}.").format(names=", ".join(request.only)))


def _has_one_of(path: Path, names: tuple[str, ...]) -> bool:
    text = path.read_text(encoding="utf-8")
    return any(f"def {name}" in text for name in names)


def _write_unbuilt(path: Path, name: str, words: str) -> None:
    """Writes the JUnit report of a stage that has no kernel."""
    from xml.etree import ElementTree

    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(suites, "testsuite", name=name, tests="1", errors="1",
                                   failures="0", skipped="0")
    case = ElementTree.SubElement(suite, "testcase", classname=name, name="build")
    ElementTree.SubElement(case, "error", message=words.splitlines()[0]).text = words
    ElementTree.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)
