"""The reference: full marks on every stage, and not a word from the compilers."""

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Workshop, run

from miroir.build import Sources
from miroir.stages import ROOT, Stage, all_stages, up_to


@pytest.mark.parametrize("stage", all_stages(), ids=str)
def test_full_marks(stage: Stage, workshop: Workshop, tmp_path: Path) -> None:
    sources = Sources(stage, "solutions")
    report = workshop.grade(sources, workshop.folder / "reference")
    failed = [test for test in report["tests"] if test["status"] != "passed"]
    assert not failed
    assert report["extra_data"]["points"] == report["extra_data"]["of"] == 100
    assert report["status"] == 0
    suites = ElementTree.parse(workshop.folder / "reference" / "results" / f"{stage.name}.xml")
    assert len(list(suites.iter("testcase"))) == len(report["tests"])
    assert not list(suites.iter("failure"))


@pytest.mark.parametrize("stage", all_stages(), ids=str)
def test_no_warning(stage: Stage, workshop: Workshop) -> None:
    kernel = workshop.reference(stage)
    assert (kernel.folder / "warnings").read_text() == ""


@pytest.mark.skipif(not shutil.which("clang"), reason="clang is not installed")
def test_no_warning_from_clang() -> None:
    stages = all_stages()
    for stage in stages:
        folders = [ROOT / "kernel" / s.name for s in up_to(stage)]
        includes = [f"-I{folder}" for folder in [ROOT / "kernel" / "00-base", *folders]]
        files = [*folders[-1].glob("*.c"), *(ROOT / "solutions" / stage.name).glob("*.c")]
        result = run(["clang", "--target=i386-linux-gnu", "-std=gnu11", "-ffreestanding", "-Wall",
                      "-Wextra", "-Wno-unused-parameter", "-fsyntax-only", *includes,
                      *map(str, sorted(files))])
        assert (result.status, result.errors) == (0, "")
