"""Kernels: which sources one is made of, and how it is built.

A kernel is built by ``kernel/kernel.mk`` in a folder of its own under BUILD, in which ``kernel``,
``labs`` and ``solutions`` are links to the sources. Nothing is ever written beside the sources.
What is compiled of the kit's and the student's own tree is in BUILD/objects, for all kernels.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .elf import Elf
from .i18n import _
from .stages import ROOT, Stage, UserError, up_to

DEFAULT_BUILD = ROOT / "build"
WORDS_SHOWN = 60  # lines of the compiler's
SAME_SHOWN = 3  # of them, with other numbers in them at most
FORGET_AFTER = 3600  # seconds
NOT_THE_SOURCES = ("No space left on device", "Read-only file system", "Error 127")
TOOLS = ("make", "nasm", "awk")
COMPILERS = ("i686-linux-gnu-", "i686-elf-")  # Debian's, and those of other systems


class BuildError(Exception):
    """The sources do not make a kernel. `words` is what the compiler said."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Sources:
    """Whose files a kernel is made of.

    stage: the last stage in it.
    origin: "labs", "solutions", or a folder that holds the stages' folders.
    base: the same, for the stages before the last one.
    """

    stage: Stage
    origin: str = "labs"
    base: str = ""

    @property
    def is_shipped(self) -> bool:
        """Whether every file is the kit's or the student's own tree's."""
        return {self.origin, self.base or self.origin} <= {"labs", "solutions"}

    def folder(self, stage: Stage) -> tuple[str, Path]:
        """Returns the name that STAGE's files have in the build, and where they are."""
        origin = self.origin if stage == self.stage or not self.base else self.base
        if origin in ("labs", "solutions"):
            return f"{origin}/{stage.name}", ROOT / origin / stage.name
        name = "base" if stage != self.stage and self.base else "labs"
        return f"{name}/{stage.name}", Path(origin).resolve() / stage.name

    @property
    def key(self) -> str:
        """A name for the kernel, unique among those built in one BUILD folder."""
        base = self.base or self.origin
        if self.is_shipped:
            origin = self.origin if base == self.origin else f"{self.origin}-on-{base}"
        else:
            paths = f"{Path(self.origin).resolve()}|{Path(base).resolve()}"
            origin = hashlib.sha256(paths.encode()).hexdigest()[:12]
        return f"{self.stage.name}-{origin}"


@dataclass(frozen=True)
class Kernel:
    """A kernel that has been built."""

    path: Path
    folder: Path = field(compare=False)

    @cached_property
    def elf(self) -> Elf:
        return Elf(self.path)

    @cached_property
    def programs(self) -> dict[str, bytes]:
        """The programs for ring 3 that were built with it, by name."""
        return {path.name: path.read_bytes()
                for path in sorted((self.folder / "programs").glob("*"))}


def check_files(sources: Sources) -> None:
    """Raises BuildError if a student's file of any stage is not there, or is not a file."""
    for stage in up_to(sources.stage):
        name, folder = sources.folder(stage)
        for file in stage.files:
            path = folder / file
            if path.is_dir():
                raise BuildError(_("{path} is a folder; a file should be there.").format(
                    path=f"{name}/{file}"))
            if not path.is_file():
                raise BuildError(_("{path} is missing.").format(path=f"{name}/{file}"))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Makes FOLDER, and keeps others from building in it meanwhile."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise UserError(_("Cannot write to {folder}: {reason}. Give another folder with BUILD=.")
                        .format(folder=folder, reason=error.strerror)) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _link(name: Path, target: Path) -> None:
    if name.is_symlink() and name.readlink() == target:
        return
    if name.is_dir() and not name.is_symlink():
        shutil.rmtree(name)
    name.unlink(missing_ok=True)
    name.parent.mkdir(exist_ok=True)
    name.symlink_to(target)


def _arrange(folder: Path, sources: Sources) -> list[str]:
    """Lays the links to the sources in FOLDER; returns the students' folders, by stage."""
    _link(folder / "kernel", ROOT / "kernel")
    names = []
    for stage in up_to(sources.stage):
        name, path = sources.folder(stage)
        names.append(name)
        _link(folder / name, path)
    return names


def _arrange_objects(folder: Path, objects: Path, sources: Sources) -> None:
    """Lays the links to what kernels share, OBJECTS, in FOLDER. What is compiled of a source that
    is not in our tree stays in FOLDER."""
    own = objects / sources.stage.name  # programs see the headers of all stages up to the last
    links = {"obj/kernel": objects / "kernel", "obj/user": own / "user",
             "programs": own / "programs"}
    for stage in up_to(sources.stage):
        name, path = sources.folder(stage)
        if path == ROOT / name:
            links[f"obj/{name.partition('/')[0]}"] = objects / name.partition("/")[0]
    for link, target in links.items():
        target.mkdir(parents=True, exist_ok=True)
        _link(folder / link, target)
    _link(folder / "flags", objects / "flags")


def build(sources: Sources, build_folder: Path = DEFAULT_BUILD, options: str = "") -> Kernel:
    """Builds the kernel of SOURCES, or what of it has changed, under BUILD_FOLDER.

    options: more arguments for make, such as "OPT=-Og".
    Raises BuildError for sources at fault, UserError for a folder that cannot be written to.
    """
    check_files(sources)
    folder = build_folder.resolve() / "kernels" / sources.key
    objects = build_folder.resolve() / "objects"
    with locked(folder):
        try:
            students = _arrange(folder, sources)
            _arrange_objects(folder, objects, sources)
        except OSError as error:
            raise UserError(f"{error.filename}: {error.strerror}") from error
        with locked(objects):
            _make(folder, sources.stage, students, options)
        path = folder / "kernel.elf"
        # A name by content: a kernel that is running is never written over.
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        return Kernel(_keep(path, folder / f"kernel-{digest}.elf"), folder)


def _keep(path: Path, kept: Path) -> Path:
    """Links PATH to the name KEPT, and forgets kernels that nobody can be running any more."""
    for old in path.parent.glob("kernel-*.elf"):
        if old != kept and time.time() - old.stat().st_mtime > FORGET_AFTER:
            old.unlink()
    if not kept.exists():
        os.link(path, kept)
    return kept


def _make(folder: Path, stage: Stage, students: list[str], options: str) -> None:
    cross = next((each for each in COMPILERS if shutil.which(f"{each}gcc")), COMPILERS[0])
    command = ["make", "-s", f"-j{os.cpu_count() or 1}", "-f", "kernel/kernel.mk",
               f"CROSS={cross}", f"STAGE={stage.name}", f"STUDENT={' '.join(students)}",
               *options.split()]
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS")}
    environment["LC_ALL"] = "C.UTF-8"
    for tool in (*TOOLS, f"{cross}gcc", f"{cross}ld", f"{cross}nm"):
        if not shutil.which(tool):
            raise UserError(_("{name} is not installed: run `make setup`.").format(name=tool))
    result = subprocess.run(command, cwd=folder, env=environment, text=True, errors="replace",
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if result.returncode == 0:
        (folder / "warnings").write_text(result.stdout)
        return
    if any(words in result.stdout for words in NOT_THE_SOURCES):
        raise UserError(result.stdout.strip())
    raise BuildError(_without_make(result.stdout))


def _without_make(output: str) -> str:
    """Returns the compiler's words without what make adds, each kind of complaint a few times: a
    mistake in a macro of the assembler's is told once for each of its uses."""
    told: Counter[str] = Counter()
    words = []
    for line in output.strip().splitlines():
        complaint = re.sub(r"\d+", "", line)
        told[complaint] += 1
        if not line.startswith("make") and told[complaint] <= SAME_SHOWN:
            words.append(line)
    return "\n".join(sorted(words, key=_is_warning)[:WORDS_SHOWN]) or output.strip()


def _is_warning(line: str) -> bool:
    """Errors come first: of the assembler's lines, each of which says all."""
    return line.split(":")[0].endswith(".asm") and ": warning:" in line
