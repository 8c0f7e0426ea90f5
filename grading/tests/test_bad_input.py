"""Wrong requests and hostile surroundings: one clear message, the right status, nothing lost."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from conftest import Workshop, clean_environment, heed_interrupts, miroir, run

from miroir.i18n import choose
from miroir.stages import ROOT, all_stages, find_all

STAGES = all_stages()


def student_tree(folder: Path, solved: int = 1) -> Path:
    """Makes a copy of labs/ with the first SOLVED stages done; returns it."""
    labs = folder / "labs"
    shutil.copytree(ROOT / "labs", labs)
    for stage in STAGES[:solved]:
        (labs / stage.name).mkdir(exist_ok=True)
        for file in stage.files:
            shutil.copyfile(ROOT / "solutions" / stage.name / file, labs / stage.name / file)
    return labs


@pytest.mark.parametrize("lab,told", [("17", "17"), ("x", "x"), ("../01-boot", "../01-boot"),
                                      ("01-boo", "01-boo"), ("1 17", "17"), (",", ",")])
def test_unknown_stage(lab: str, told: str) -> None:
    result = miroir("grade", "--lab", lab)
    assert result.status == 2
    for stage in STAGES:
        assert stage.name in result.errors
    assert f"There is no stage {told}." in result.errors
    assert "Traceback" not in result.errors


@pytest.mark.parametrize("labs,found", [("2, 01-boot 02", [0, 1]), ("3", [2]),
                                        ("", range(len(STAGES)))])
def test_several_stages(labs: str, found: Sequence[int]) -> None:
    assert find_all(labs) == [STAGES[i] for i in found]


def test_missing_stage() -> None:
    result = miroir("build")
    assert result.status == 2 and "LAB=" in result.errors
    assert "Quelle étape" in miroir("build", LANGUAGE="fr").errors


def test_no_such_folder() -> None:
    result = miroir("grade", "--lab", "01", "--from", "/no/such")
    assert (result.status, result.errors) == (2, "There is no folder /no/such.\n")


@pytest.mark.parametrize("tool,package", [
    ("qemu-system-i386", "QEMU"), ("nasm", "nasm"), ("i686-linux-gnu-gcc", "i686-linux-gnu-gcc")])
def test_missing_tool(tool: str, package: str, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for folder in os.environ["PATH"].split(":"):
        for path in Path(folder).glob("*") if folder else []:
            if path.name != tool and not (tools / path.name).is_symlink():
                (tools / path.name).symlink_to(path)
    result = miroir("grade", "--lab", "01", "--from", "solutions", "--build", tmp_path / "b",
                    PATH=str(tools))
    assert result.status == 2
    assert package in result.errors and "make setup" in result.errors
    assert "Traceback" not in result.errors + result.output


@pytest.mark.parametrize("harm", ["missing", "folder"])
def test_student_file(harm: str, tmp_path: Path) -> None:
    labs = student_tree(tmp_path)
    file = labs / "01-boot" / "serial.c"
    file.unlink()
    if harm == "folder":
        file.mkdir()
    result = miroir("grade", "--lab", "01", "--from", labs, "--build", tmp_path / "b")
    assert result.status == 1
    assert "labs/01-boot/serial.c is" in result.output and "0/100" in result.output


def test_source_that_does_not_compile(tmp_path: Path) -> None:
    labs = student_tree(tmp_path)
    file = labs / "01-boot" / "serial.c"
    text = file.read_text() + "int f(void) { return x; }\n"
    file.write_text(text)
    result = miroir("grade", "--lab", "01", "--from", labs, "--build", tmp_path / "b")
    assert result.status == 1
    line = text.count("\n")
    assert f"labs/01-boot/serial.c:{line}:" in result.output and "0/100" in result.output
    assert file.read_text() == text
    assert (tmp_path / "b" / "results" / "01-boot.xml").read_text().count("<error") == 1


def test_layers(tmp_path: Path) -> None:
    """A file of a stage does not see a later stage's headers."""
    labs = student_tree(tmp_path, 2)
    header = next((ROOT / "kernel" / STAGES[1].name).glob("*.h")).name
    file = labs / "01-boot" / "serial.c"
    file.write_text(f'#include "{header}"\n' + file.read_text())
    result = miroir("grade", "--lab", STAGES[1].number, "--from", labs, "--build", tmp_path / "b")
    assert result.status == 1 and f"{header}: No such file" in result.output


@pytest.mark.parametrize("what", ["file", "below-file"])
def test_build_folder_that_cannot_be(what: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    folder = tmp_path / "file" if what == "file" else tmp_path / "file" / "build"
    result = miroir("grade", "--lab", "01", "--build", folder)
    assert result.status == 2
    assert "Cannot write to" in result.errors and "BUILD=" in result.errors
    assert len(result.errors.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_build_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    result = miroir("grade", "--lab", "01", "--build", tmp_path / "build")
    tmp_path.chmod(0o755)
    assert result.status == 2 and "Cannot write to" in result.errors


def test_disk_full(tmp_path: Path) -> None:
    """Not a word of the student's fault when there is no room for the results."""
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "01-boot.json.new").symlink_to("/dev/full")
    result = miroir("grade", "--lab", "01", "--from", "solutions", "--build", tmp_path)
    assert result.status == 2 and "No space left on device" in result.errors
    assert "Traceback" not in result.errors


def test_disk_full_while_building(tmp_path: Path) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    if run(["mount", "-t", "tmpfs", "-o", "size=100k", "none", str(mount)]).status:
        pytest.skip("only root can make a small disk")
    try:
        result = miroir("grade", "--lab", "01", "--from", "solutions", "--build", mount / "b")
    finally:
        run(["umount", str(mount)])
    assert result.status == 2 and "No space left on device" in result.errors
    assert "0/100" not in result.output


def test_spaces_and_accents_in_paths(tmp_path: Path) -> None:
    """Another checkout folder, with a name that shells and make do not like; read only, too."""
    tree = tmp_path / "un noyau, à moi"
    for name in ("kernel", "grading", "solutions", "labs", "scripts", "Makefile"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        tree.mkdir(exist_ok=True)
        copy(source, tree / name)
    for script in (tree / "scripts").iterdir():
        script.chmod(0o755)
    result = run(["make", "grade", "LAB=1", "FROM=solutions", f"BUILD={tmp_path}/le résultat"],
                 cwd=tree)
    assert (result.status, result.errors) == (0, "")
    assert (tmp_path / "le résultat" / "results" / "01-boot.json").exists()
    assert not (tree / "build").exists()


def test_exit_statuses_of_make(tmp_path: Path) -> None:
    """make itself only knows 2; `make grade` has all three."""
    for origin, status in (("solutions", 0), ("labs", 1), ("/no/such", 2)):
        result = run(["make", "grade", "LAB=01", f"FROM={origin}", f"BUILD={tmp_path}"])
        assert result.status == status, result.output + result.errors


def test_interrupted(workshop: Workshop, tmp_path: Path) -> None:
    """Ctrl-C in the middle: no QEMU is left, and it is said."""
    with subprocess.Popen(["make", "grade", "LAB=01", "FROM=solutions", f"BUILD={tmp_path}"],
                          cwd=ROOT, start_new_session=True, preexec_fn=heed_interrupts,
                          text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as make:
        guests: list[psutil.Process] = []
        while not guests and make.poll() is None:
            guests = [p for p in psutil.Process(make.pid).children(recursive=True)
                      if "qemu" in _name(p)]
            time.sleep(0)  # look again at once
        os.killpg(make.pid, signal.SIGINT)
        _output, errors = make.communicate()
    assert guests
    assert "Interrupted." in errors and "Traceback" not in errors
    assert make.returncode != 0
    assert not [p for p in guests if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def test_reader_goes_away(tmp_path: Path) -> None:
    """`make grade | head`: the stage is graded to its end, and nobody complains."""
    command = ["make", "grade", "LAB=01", "FROM=solutions", f"BUILD={tmp_path}"]
    with subprocess.Popen(command, cwd=ROOT, env=clean_environment(), text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as make:
        assert make.stdout and make.stderr
        make.stdout.readline()
        make.stdout.close()
        errors = make.stderr.read()
    assert (make.returncode, errors) == (0, "")
    assert (tmp_path / "results" / "01-boot.json").exists()


def test_killed(workshop: Workshop, tmp_path: Path) -> None:
    """A grader that is killed on the spot takes its QEMU with it."""
    command = ["/bin/sh", "-c", 'exec "$(scripts/python)" -m miroir grade --lab 01 --from '
               f"solutions --build '{tmp_path}'"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL,
                          env=os.environ | {"PYTHONPATH": str(ROOT / "grading")}) as grader:
        guests: list[psutil.Process] = []
        while not guests and grader.poll() is None:
            guests = [p for p in psutil.Process(grader.pid).children(recursive=True)
                      if "qemu" in _name(p)]
        grader.kill()
    assert guests
    psutil.wait_procs(guests, timeout=20)
    assert not [p for p in guests if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""


@pytest.mark.parametrize("environment,language", [
    ({}, "en"), ({"LANGUAGE": "fr"}, "fr"), ({"LANGUAGE": "tlh"}, "en"),
    ({"LANGUAGE": "tlh:fr:en"}, "fr"), ({"LANG": "fr_CA.UTF-8"}, "fr"),
    ({"LANGUAGE": "en", "LANG": "fr_FR.UTF-8"}, "en"), ({"LANG": "C"}, "en"),
    ({"LC_ALL": "fr_FR", "LANG": "en_US"}, "fr"), ({"LANGUAGE": "", "LC_MESSAGES": "fr"}, "fr")])
def test_language(environment: dict[str, str], language: str) -> None:
    assert choose(environment) == language


def test_unknown_language_is_english_silently(tmp_path: Path) -> None:
    result = miroir("grade", "--lab", "01", "--build", tmp_path, "--only", "test_header",
                    LANGUAGE="xx_YY")
    assert "A multiboot header lies" in result.output and result.errors == ""
