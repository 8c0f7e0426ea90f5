"""Kernels that end otherwise than by answering: the report says how, and where."""

from pathlib import Path

import pytest
from conftest import Workshop, scores

from miroir.mutants import Mutant, read_mutants
from miroir.stages import all_stages

STAGE = all_stages()[0]
KERNELS = read_mutants(STAGE, Path(__file__).with_name("abnormal.toml"))


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda k: k.name)
def test_report(kernel: Mutant, workshop: Workshop, tmp_path: Path) -> None:
    with workshop.changed(STAGE, {kernel.file: kernel.text()}, tmp_path) as sources:
        report = workshop.grade(sources, tmp_path, "test_this_boot")
    assert report["status"] == 1 and report["score"] == 0
    assert not any(scores(report).values())
    outputs = report.get("output", "") + "".join(t["output"] for t in report["tests"])
    words = [w.replace("solutions/", "labs/") for w in kernel.caught]
    assert [w for w in words if w not in outputs] == []
    printed = " ".join(report["printed"].split())
    assert [w for w in words if w not in printed and "/" not in w] == []


def test_report_in_french(workshop: Workshop, tmp_path: Path) -> None:
    kernel = next(k for k in KERNELS if k.name == "triple-fault")
    with workshop.changed(STAGE, {kernel.file: kernel.text()}, tmp_path) as sources:
        report = workshop.grade(sources, tmp_path, "test_this_boot", LANGUAGE="fr")
    for words in ("triple faute", "Dernière exception", "boot_info_read+"):
        assert words in report["tests"][0]["output"]


def test_all_of_a_stage_that_never_answers(workshop: Workshop, tmp_path: Path) -> None:
    """A kernel that does not boot is waited for once, not once for each check."""
    hang = next(k for k in KERNELS if k.name == "hang")
    with workshop.changed(STAGE, {hang.file: hang.text()}, tmp_path) as sources:
        report = workshop.grade(sources, tmp_path)
    assert report["execution_time"] <= 20
    assert sum(scores(report).values()) <= 6  # what needs no boot: header, entry


def test_asleep(workshop: Workshop, tmp_path: Path) -> None:
    """A processor that sleeps uses no time; it is noticed all the same."""
    kernel = KERNELS[0]
    text = kernel.text().replace('"ud2"', '"movb $0xff, %%al; outb %%al, $0x21; 1: sti; hlt; '
                                 'jmp 1b" ::: "eax"')
    with workshop.changed(STAGE, {kernel.file: text}, tmp_path) as sources:
        report = workshop.grade(sources, tmp_path, "test_this_boot")
    assert "waits for an interrupt that does not come" in report["tests"][0]["output"]
