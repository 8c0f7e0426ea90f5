"""Style, as far as programs can see it. A tool that is not installed is passed over: none of them
is needed to build or to grade."""

import re
import shutil
from pathlib import Path

import pytest
from conftest import run

from miroir.stages import ROOT

C_FILES = sorted(path for folder in ("kernel", "solutions")
                 for path in (ROOT / folder).rglob("*.[ch]"))
PYTHON = ["grading/miroir", "grading/tests"]
TEXTS = [path for folder in ("kernel", "solutions", "labs", "grading", "handouts", "scripts")
         for path in (ROOT / folder).rglob("*.*")
         if path.suffix in (".c", ".h", ".asm", ".py", ".po", ".toml", ".md", ".js", ".css", ".mk")]


def tool(name: str):
    return pytest.mark.skipif(not shutil.which(name), reason=f"{name} is not installed")


@tool("clang-format")
def test_c_is_formatted() -> None:
    result = run(["clang-format", "--dry-run", "-Werror", *map(str, C_FILES)])
    assert (result.status, result.errors) == (0, "")


@tool("cppcheck")
def test_cppcheck_is_quiet() -> None:
    stages = sorted((ROOT / "kernel").glob("[0-9]*"))
    result = run(["cppcheck", "--quiet", "--error-exitcode=1", "--platform=unix32", "--std=c11",
                  "--enable=warning,portability", "--inline-suppr", "-i", "cheats",
                  "--suppress=comparePointers",  # sections' ends are symbols of the linker's
                  *(f"-I{folder}" for folder in stages), *map(str, stages),
                  str(ROOT / "solutions")])
    assert (result.status, result.errors) == (0, "")


@tool("flake8")
def test_flake8_is_quiet() -> None:
    assert run(["flake8", "grading"]).output == ""


@tool("mypy")
def test_mypy_is_quiet() -> None:
    result = run(["mypy", "--python-executable", "/usr/bin/python3", "--config-file",
                  "grading/tests/mypy.ini", "--cache-dir", "/dev/null", "grading/miroir"])
    assert result.status == 0, result.output


@tool("shellcheck")
def test_shellcheck_is_quiet() -> None:
    scripts = sorted((ROOT / "scripts").iterdir())
    assert run(["shellcheck", *map(str, scripts), ".ci/run"]).output == ""


@pytest.mark.parametrize("path", [p for p in C_FILES if "cheats" not in p.parts],
                         ids=lambda p: str(p.relative_to(ROOT)))
def test_files_say_what_they_are_for_and_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(r"/\* [A-Z]", text)
    assert text.count("\n") < 500


def test_functions_are_short() -> None:
    """From the brace at the end of a line that starts at the margin to that at the margin."""
    long = []
    for path in C_FILES:
        start, name = 0, ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.match(r"\w.*\{$", line) or line == "{":
                start, name = number, line
            elif line == "}" and number - start > 60:
                long.append(f"{path.relative_to(ROOT)}:{start}: {name}")
    assert long == []


def test_no_hurry_in_the_grader() -> None:
    """No sleeping, no fixed ports, no shared names."""
    for path in (ROOT / "grading").rglob("*.py"):
        if "tests" not in path.parts:
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"time\.sleep|localhost|127\.0\.0\.1|[\"']/tmp", text), path


def test_no_merge_is_half_done() -> None:
    """A comment, or a catalogue, swallows the lines that Git leaves in a conflict."""
    mark = re.compile("^(<{7} |={7}$|>{7} )", re.M)
    assert [str(path) for path in TEXTS if mark.search(path.read_text(encoding="utf-8"))] == []
