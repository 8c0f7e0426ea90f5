"""What the kit's own tests share: a build folder, and the grader as a command."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from miroir import mutants
from miroir.build import Kernel, Sources, build
from miroir.stages import ROOT, Stage


# What the random checks start from; another one, now and then, tells a check that needs luck.
SEED = int(os.environ.get("SEED") or 1)


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    status: int
    output: str
    errors: str


def heed_interrupts() -> None:
    """For Popen's preexec_fn: Ctrl-C works, though whoever runs the tests may ignore it (a shell
    does so for what it starts in the background)."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def clean_environment() -> dict[str, str]:
    """Returns our environment without a language and without what make told us."""
    left_out = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    return {k: v for k, v in os.environ.items() if k not in left_out}


def run(command: list[str], *, cwd: Path = ROOT, **environment: str) -> Finished:
    """Runs COMMAND in a clean environment with ENVIRONMENT added."""
    result = subprocess.run(command, cwd=cwd, env=clean_environment() | environment, text=True,
                            capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return Finished(result.returncode, result.stdout, result.stderr)


def miroir(*arguments: str | Path, **environment: str) -> Finished:
    """Runs one of the grader's commands."""
    environment.setdefault("PYTHONPATH", str(ROOT / "grading"))
    return run([sys.executable, "-m", "miroir", *map(str, arguments)], **environment)


class Workshop:
    """Builds and grades kernels under one folder that all tests of a run share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._forks: subprocess.Popen[str] | None = None

    def _miroir(self, arguments: list[str], environment: dict[str, str]) -> Finished:
        """Runs one of the grader's commands, in a process that need not start first."""
        if self._forks is None:
            self._forks = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("forks.py"))], text=True,
                env=clean_environment() | {"PYTHONPATH": str(ROOT / "grading")},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._forks.stdin and self._forks.stdout
        with TemporaryDirectory(prefix="miroir-") as folder:
            output, errors = Path(folder) / "output", Path(folder) / "errors"
            command = {"arguments": arguments, "environment": environment,
                       "output": str(output), "errors": str(errors)}
            self._forks.stdin.write(json.dumps(command) + "\n")
            self._forks.stdin.flush()
            status = int(self._forks.stdout.readline())
            return Finished(status, output.read_text(), errors.read_text())

    def close(self) -> None:
        if self._forks:
            self._forks.communicate()

    def _share_objects(self, own: Path) -> None:
        """Has the build folder OWN share with ours what is compiled: most of it is the same."""
        objects = self.folder / "objects"
        objects.mkdir(parents=True, exist_ok=True)
        own.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            (own / "objects").symlink_to(objects)

    def reference(self, stage: Stage) -> Kernel:
        """Returns the reference kernel at STAGE."""
        return build(Sources(stage, "solutions"), self.folder)

    def grade(self, sources: Sources, own: Path, *only: str, seed: int = SEED, jobs: int = 1,
              shrink: bool = True, **environment: str) -> dict:
        """Grades SOURCES in the build folder OWN; returns the JSON report."""
        self._share_objects(own)
        result = self._miroir(
            ["grade", "--lab", sources.stage.name, "--from", sources.origin, "--base",
             sources.base, "--build", str(own), "--seed", str(seed), "--jobs", str(jobs),
             *([] if shrink else ["--no-shrink"]), "--only", *only],
            environment)
        assert result.status in (0, 1), result.errors + result.output
        report = json.loads((own / "results" / f"{sources.stage.name}.json").read_text())
        report["status"], report["printed"] = result.status, result.output
        return report

    @contextmanager
    def changed(self, stage: Stage, files: dict[str, str], own: Path) -> Iterator[Sources]:
        """Gives the sources of the reference with FILES changed, to be graded in OWN."""
        with mutants.laid_out(stage, files) as sources:
            self.reference(stage)
            mutants.take_objects(own, self.folder / "objects", sources)
            yield sources


def scores(report: dict) -> dict[str, bool]:
    """Returns which checks of a report passed, by name."""
    return {test["number"]: test["status"] == "passed" for test in report["tests"]}


@pytest.fixture(scope="session", name="workshop")
def workshop_fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """The build folder is one for all processes of the run, and outside the tree."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    workshop = Workshop(folder / "build")
    yield workshop
    workshop.close()
