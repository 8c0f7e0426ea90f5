"""The stages: the numbered folders of ``kernel/`` are the list, and nothing else is."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from . import i18n
from .i18n import _

ROOT = Path(__file__).resolve().parent.parent.parent


class UserError(Exception):
    """A wrong request: one clear message, exit status 2."""


@dataclass(frozen=True)
class Bench:
    """One cost. command: answers the instructions that TIMES operations took. bar: instructions
    for one that are allowed. peers: what others need, in words."""

    title: str
    command: str
    times: int
    bar: int
    peers: str


@dataclass(frozen=True, order=True)
class Stage:
    """One stage, known by the name that it has in every tree, such as ``03-frames``."""

    name: str

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        """Two digits, such as ``03``."""
        return self.name[:2]

    @cached_property
    def _description(self) -> dict:
        path = ROOT / "grading" / self.name / "stage.toml"
        return tomllib.loads(path.read_text(encoding="utf-8"))

    @property
    def title(self) -> str:
        """In the student's language."""
        return self._description["title"][i18n.language]

    @property
    def files(self) -> list[str]:
        """The student's files, in the order in which they are to be written."""
        return self._description["files"]

    @property
    def tour(self) -> list[tuple[str, str]]:
        """What the demonstration shows of the stage: a sentence and a command each."""
        return [(step[i18n.language], step["type"]) for step in self._description.get("tour", [])]

    @property
    def benches(self) -> list[Bench]:
        """What of the stage has a cost worth knowing."""
        return [Bench(title=row[i18n.language], command=row["command"], times=row["times"],
                      bar=row["bar"], peers=row["peers"])
                for row in self._description.get("bench", [])]

    @property
    def handout(self) -> str:
        """The page, in the student's language, from the root of the tree."""
        return f"handouts/{i18n.language}/{self.name}.md"

    def exercise_of(self, function: str, file: str) -> int:
        """Returns the number of the first exercise that names FUNCTION and FILE, or one of them; 0
        if there is none."""
        called, filed = f"`{function}()`", f"`{file}`"
        for names in ((called, filed), (called,), (filed,)):
            for number, text in enumerate(_exercises(self.handout), 1):
                if all(name in text for name in names):
                    return number
        return 0

    @property
    def checks(self) -> Path:
        """The folder of the stage's checks."""
        return ROOT / "grading" / self.name


@cache
def _exercises(handout: str) -> list[str]:
    """Returns what a page says in each of its exercises, from the first on."""
    text = (ROOT / handout).read_text(encoding="utf-8")
    return re.split(r"^\(exercise-\d+\)=$", text, flags=re.MULTILINE)[1:]


def all_stages() -> list[Stage]:
    """Returns every stage that can be graded, in order."""
    folders = sorted((ROOT / "kernel").glob("[0-9][0-9]-*"))
    return [Stage(f.name) for f in folders if (ROOT / "grading" / f.name / "stage.toml").exists()]


def up_to(stage: Stage) -> list[Stage]:
    """Returns the stages that a kernel at STAGE consists of."""
    return [s for s in all_stages() if s <= stage]


def find(lab: str) -> Stage:
    """Returns the stage that LAB names: ``3``, ``03`` or ``03-frames``; UserError if none."""
    stages = all_stages()
    for stage in stages:
        if lab in (stage.name, stage.number, stage.number.lstrip("0")):
            return stage
    names = "\n".join(f"  LAB={s.number}  {s.name}: {s.title}" for s in stages)
    asked = _("There is no stage {lab}.").format(lab=lab) if lab else _("Which stage? Give LAB=.")
    listed = _("The stages are:")
    raise UserError(f"{asked} {listed}\n{names}")


def find_all(labs: str) -> list[Stage]:
    """Returns the stages that LABS names, with spaces or commas between them, in order; every one
    if it is empty. UserError if one of them is unknown."""
    if not labs:
        return all_stages()
    return sorted({find(name) for name in labs.replace(",", " ").split() or [labs]})
