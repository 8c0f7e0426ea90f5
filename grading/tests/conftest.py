"""What the kit's own tests share: a build folder, and the grader as a command."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from miroir import mutants
from miroir.build import Kernel, Sources, build
from miroir.stages import ROOT, Stage


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    status: int
    output: str
    errors: str


def run(command: list[str], *, cwd: Path = ROOT, **environment: str) -> Finished:
    """Runs COMMAND; the environment is ours, without a language, and with ENVIRONMENT."""
    clean = {k: v for k, v in os.environ.items()
             if k not in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "MAKEFLAGS", "MAKELEVEL",
                          "MFLAGS")}
    result = subprocess.run(command, cwd=cwd, env=clean | environment, text=True,
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

    def reference(self, stage: Stage) -> Kernel:
        """Returns the reference kernel at STAGE."""
        return build(Sources(stage, "solutions"), self.folder)

    def grade(self, sources: Sources, own: Path, *only: str, seed: int = 1,
              **environment: str) -> dict:
        """Grades SOURCES in the build folder OWN; returns the JSON report."""
        result = miroir("grade", "--lab", sources.stage.name, "--from", sources.origin, "--base",
                        sources.base, "--build", own, "--seed", str(seed), "--only", *only,
                        **environment)
        assert result.status in (0, 1), result.errors + result.output
        report = json.loads((own / "results" / f"{sources.stage.name}.json").read_text())
        report["status"], report["printed"] = result.status, result.output
        return report

    @contextmanager
    def changed(self, stage: Stage, files: dict[str, str], own: Path) -> Iterator[Sources]:
        """Gives the sources of the reference with FILES changed, to be graded in OWN."""
        with mutants.laid_out(stage, files) as sources:
            mutants.share_objects(own, self.reference(stage).folder, sources)
            yield sources


def scores(report: dict) -> dict[str, bool]:
    """Returns which checks of a report passed, by name."""
    return {test["number"]: test["status"] == "passed" for test in report["tests"]}


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The build folder is one for all processes of the run, and outside the tree."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    return Workshop(folder / "build")
