"""Grading the grader: every wrong kernel is caught, and every right one is not.

There are hundreds of wrong ones. A run tries some of each stage, which SEED chooses; with
MUTANTS=all in the environment, it tries them all.
"""

import os
import random
import shutil
from pathlib import Path

import pytest
from conftest import SEED, Workshop, scores

from miroir.mutants import Mutant, cheated_checks, files_of, others, read_mutants
from miroir.stages import Stage, all_stages

STAGES = all_stages()
SOME = 2  # of each stage


def some_mutants(stage: Stage) -> list[Mutant]:
    """Returns the mutants of STAGE that this run tries."""
    mutants = read_mutants(stage)
    if os.environ.get("MUTANTS") == "all" or len(mutants) <= SOME:
        return mutants
    return random.Random(f"{SEED} {stage}").sample(mutants, SOME)


MUTANTS = [mutant for stage in STAGES for mutant in some_mutants(stage)]


def folders(kind: str) -> list:
    return [pytest.param(stage, folder, id=f"{stage.number}-{folder.name}")
            for stage in STAGES for folder in others(stage, kind)]


@pytest.fixture(name="own")
def own_folder(tmp_path: Path):
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_mutant_is_caught(mutant: Mutant, workshop: Workshop, own: Path) -> None:
    with workshop.changed(mutant.stage, {mutant.file: mutant.text()}, own) as sources:
        report = workshop.grade(sources, own, *mutant.caught, shrink=False)
    assert "tests" in report and report["tests"], report.get("output")
    passed = scores(report)
    assert {name: passed[name] for name in mutant.caught} == dict.fromkeys(mutant.caught, False)


@pytest.mark.parametrize("stage", STAGES, ids=str)
def test_every_check_has_its_mutant(stage: Stage, workshop: Workshop) -> None:
    caught = {name for mutant in read_mutants(stage) for name in mutant.caught}
    checks = {name for path in stage.checks.glob("test_*.py")
              for name in _checks(path.read_text(encoding="utf-8"))}
    assert checks == caught


def _checks(text: str) -> list[str]:
    return [line.split("(")[0].removeprefix("def ") for line in text.splitlines()
            if line.startswith("def test_")]


@pytest.mark.parametrize("stage,folder", folders("variants"))
def test_different_but_right(stage: Stage, folder: Path, workshop: Workshop, own: Path) -> None:
    with workshop.changed(stage, files_of(stage, folder), own) as sources:
        report = workshop.grade(sources, own)
    failed = [test for test in report["tests"] if test["status"] != "passed"
              and not test.get("extra_data", {}).get("bonus")]
    assert not failed
    assert report["extra_data"]["points"] == 100


@pytest.mark.parametrize("stage", STAGES, ids=str)
def test_there_is_a_variant_and_a_cheat(stage: Stage) -> None:
    assert others(stage, "variants") and others(stage, "cheats")


@pytest.mark.parametrize("stage,folder", folders("cheats"))
def test_cheat_earns_nothing(stage: Stage, folder: Path, workshop: Workshop, own: Path) -> None:
    names = cheated_checks(folder)
    assert names
    with workshop.changed(stage, files_of(stage, folder), own) as sources:
        report = workshop.grade(sources, own, *names, shrink=False)
    passed = scores(report)
    assert {name: passed[name] for name in names} == dict.fromkeys(names, False)


def test_a_sequence_that_fails_is_shrunk(workshop: Workshop, own: Path) -> None:
    """A student is shown less than what a random check happened to try."""
    every = (m for stage in STAGES for m in read_mutants(stage))
    mutant = next(m for m in every if str(m) == "03-freed-at-once")
    with workshop.changed(mutant.stage, {mutant.file: mutant.text()}, own) as sources:
        def shown(seed: int, shrink: bool) -> str:
            report = workshop.grade(sources, own, "test_frames_any", seed=seed, shrink=shrink)
            return report["tests"][0]["output"]

        # One that fails may happen to be the shortest.
        assert any(len(shown(seed, True)) < len(shown(seed, False)) for seed in (1, 2, 3, 4))
