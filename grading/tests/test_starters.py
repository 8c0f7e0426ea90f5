"""Starters: made of the reference, alive, worth nothing, and clear about what comes first."""

import re
from pathlib import Path

import pytest
from conftest import Workshop

from miroir import starters
from miroir.build import Sources, build
from miroir.machine import KernelDied, Machine
from miroir.stages import ROOT, Stage, all_stages

STAGES = all_stages()


def test_labs_are_what_the_reference_makes() -> None:
    found = {path.relative_to(ROOT): path.read_text(encoding="utf-8")
             for path in (ROOT / "labs").rglob("*") if path.is_file()}
    assert found == starters.all_starters()


def test_markers() -> None:
    text = "a\n    // BEGIN SOLUTION\n    //| b;\n    //|\n    c;\n    // END SOLUTION\nd\n"
    assert starters.starter(text, "x.c") == "a\n    b;\n\nd\n"
    assert starters.starter("; BEGIN SOLUTION\n;| b\nc\n; END SOLUTION\n", "x.asm") == "b\n"
    for wrong in ("// BEGIN SOLUTION\n", "// END SOLUTION\n",
                  "// BEGIN SOLUTION\n// BEGIN SOLUTION\n"):
        with pytest.raises(starters.MarkerError):
            starters.starter(wrong, "x.c")


@pytest.mark.parametrize("stage", STAGES, ids=str)
def test_worth_nothing_and_says_what_to_write_first(stage: Stage, workshop: Workshop) -> None:
    report = workshop.grade(Sources(stage, "labs", "solutions"), workshop.folder / "starter")
    passed = [test["number"] for test in report["tests"] if test["status"] == "passed"]
    assert (report["score"], passed, report["status"]) == (0, [], 1)
    for test in report["tests"]:
        first = "multiboot|0x1BADB002"
        if stage != STAGES[0]:
            first = rf"write first\s*:.*labs/{stage.name}/"
        assert re.search(first, test["output"]), test["name"]


def test_what_only_the_start_has_reached(workshop: Workshop, tmp_path: Path) -> None:
    """It is told apart where it is for later, and so not the reason of the failure."""
    stage = next(stage for stage in STAGES if stage.name == "06-slabs")
    text = (ROOT / "solutions" / stage.name / "slabs.c").read_text(encoding="utf-8")
    wrong = {"slabs.c": text.replace("desc->pages = ", "desc->pages = 1 + "),
             "growth.c": starters.all_starters()[Path("labs") / stage.name / "growth.c"]}
    with workshop.changed(stage, wrong, tmp_path) as sources:
        test, = workshop.grade(sources, tmp_path, "test_sizes")["tests"]
    assert re.search(r"still empty\s*: slabs_start\(\)", test["output"])


@pytest.mark.parametrize("stage", STAGES, ids=str)
@pytest.mark.parametrize("base", ["solutions", "labs"])
def test_compiles_without_a_warning_and_boots(stage: Stage, base: str, workshop: Workshop) -> None:
    kernel = build(Sources(stage, "labs", base), workshop.folder)
    assert (kernel.folder / "warnings").read_text() == ""
    try:
        Machine(kernel).close()
    except KernelDied as death:
        # Without the first stage there is nothing that a boot loader could start.
        assert death.crash.kind == "not multiboot"
        assert base == "labs" or stage == STAGES[0]
    else:
        assert base == "solutions" and stage != STAGES[0]
