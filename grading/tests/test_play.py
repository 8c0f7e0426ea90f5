"""Looking at a kernel: on a terminal, in GDB, from an image, on the tour; and what it costs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Workshop, heed_interrupts, miroir, run
from rich.console import Console

from miroir import play
from miroir.bench import bench
from miroir.stages import ROOT, all_stages

STAGES = all_stages()
GDB_COMMANDS = """break kernel_main
continue
processor
translate 0x123456
kernel
tbreak probe_serve
continue
type image
break probe_image
continue
console
quit
"""


def test_run(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "miroir", "run", "--lab", "01", "--from", "solutions",
               "--build", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "grading"), "LANGUAGE": "en"}
    with subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, start_new_session=True,
                          preexec_fn=heed_interrupts) as process:
        assert process.stdin and process.stdout
        read = ""
        for said, typed in (("miroir> ", "image\n"), ("ok 0x100000", "")):
            while not read.endswith(said):
                character = process.stdout.read(1)
                assert character, read
                read += character
            process.stdin.write(typed)
            process.stdin.flush()
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()
    assert "Ctrl-C" in read
    assert process.returncode == 0


def test_gdb(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "grading")}
    result = subprocess.run(
        [sys.executable, "-m", "miroir", "gdb", "--lab", "01", "--from", "solutions", "--build",
         str(tmp_path)], env=environment, text=True, input=GDB_COMMANDS, capture_output=True,
        check=False)
    for words in ("Breakpoint 1, _start ()", "Breakpoint 2, kernel_main (magic=732803074",
                  "GDT=", "paging is off: the physical address is 0x00123456",
                  "solutions/01-boot/entry.asm", "what the kernel has printed so far",
                  "Breakpoint 4, probe_image", "miroir> image"):
        assert words in result.stdout + result.stderr, result.stdout + result.stderr
    assert "Error" not in result.stdout + result.stderr


def test_iso(tmp_path: Path) -> None:
    result = miroir("iso", "--lab", "01", "--from", "solutions", "--build", tmp_path)
    assert result.status == 0
    image = Path(result.output.strip())
    assert image.read_bytes()[0x8001:0x8006] == b"CD001"


def test_tour(workshop: Workshop) -> None:
    console = Console(record=True, width=1000, file=open(os.devnull, "w", encoding="utf-8"))
    play.tour(console, workshop.reference(STAGES[-1]), STAGES)
    text = console.export_text()
    assert "boot: by GRUB" in text
    for stage in STAGES:
        assert stage.tour, f"{stage} has nothing to show"
        for sentence, command in stage.tour:
            assert sentence in text and f"miroir> {command}" in text
    assert "err EINVAL" not in text and "err ENOSYS" not in text


def test_costs_are_within_their_bars(workshop: Workshop) -> None:
    console = Console(record=True, width=200, file=open(os.devnull, "w", encoding="utf-8"))
    within = bench(console, workshop.reference(STAGES[-1]), STAGES)
    assert within, console.export_text()


@pytest.mark.parametrize("language,words", [("en", "TARGET"), ("fr", "CIBLE")])
def test_help(language: str, words: str) -> None:
    result = run(["make", "help"], LANGUAGE=language)
    assert result.status == 0 and words in result.output
    for target in ("setup", "demo", "test", "build", "iso", "run", "grade", "gdb", "starters",
                   "kit", "bench", "clean", "help"):
        assert f"make {target} " in result.output


def test_student_tree(tmp_path: Path) -> None:
    """A student has what is needed to be graded, and none of the answers."""
    tree = tmp_path / "an étudiant's tree"
    assert run(["make", "kit", f"OUT={tree}"]).status == 0
    names = {path.name for path in tree.iterdir()}
    assert {"kernel", "labs", "grading", "handouts", "Makefile", "README.md"} <= names
    assert not {"solutions", ".git", "build"} & names
    assert not list(tree.rglob("mutants.toml")) and not (tree / "grading" / "tests").exists()
    for file in STAGES[0].files:
        source = ROOT / "solutions" / STAGES[0].name / file
        (tree / "labs" / STAGES[0].name / file).write_text(source.read_text())
    result = run(["make", "grade", "LAB=01"], cwd=tree)
    assert result.status == 0 and "100/100" in result.output
    for command in (["demo"], ["starters"], ["bench"], ["build", "LAB=02", "BASE=solutions"]):
        result = run(["make", *command], cwd=tree)
        assert result.status == 2 and "it has no solutions/" in result.errors
    assert "not empty" in run(["make", "kit", f"OUT={tree}"]).errors
    assert "OUT=folder" in run(["make", "kit"]).errors
