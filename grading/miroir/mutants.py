"""Wrong kernels on purpose: what shows that a check can fail.

A mutant is the reference with one text replaced. `solutions/NN-name/mutants.toml` lists a stage's;
beside it, `variants/` holds files that are different but right, and `cheats/` files that only look
right: the first comment of a cheat's file names the checks in which it must earn nothing. Where
little of a file is different, `changes.toml` stands instead: texts of the reference to be replaced.
"""

import re
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .build import Sources
from .stages import ROOT, Stage


@dataclass(frozen=True)
class Mutant:
    """A wrong version of the reference. caught: the checks that must fail."""

    stage: Stage
    name: str
    file: str
    find: str
    replace: str
    caught: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.stage.number}-{self.name}"

    def text(self) -> str:
        """Returns the wrong file. ValueError if what it replaces is not there exactly once."""
        return replaced(reference_text(self.stage, self.file), self.find, self.replace, str(self))


def reference_text(stage: Stage, file: str) -> str:
    return (ROOT / "solutions" / stage.name / file).read_text(encoding="utf-8")


def replaced(text: str, find: str, replacement: str, whose: str) -> str:
    """Returns TEXT with FIND replaced. ValueError, about WHOSE, if it is not there exactly once."""
    if text.count(find) != 1:
        raise ValueError(f"{whose}: {text.count(find)} places of {find!r}")
    return text.replace(find, replacement)


def read_mutants(stage: Stage, path: Path | None = None) -> list[Mutant]:
    """Returns the mutants of STAGE, or those that PATH lists."""
    path = path or ROOT / "solutions" / stage.name / "mutants.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", [])
    return [Mutant(stage, row["name"], row["file"], row["find"], row["replace"],
                   (row["caught"],) if isinstance(row["caught"], str) else tuple(row["caught"]))
            for row in rows]


def others(stage: Stage, kind: str) -> list[Path]:
    """Returns the folders of STAGE's "variants" or "cheats"."""
    return sorted((ROOT / "solutions" / stage.name / kind).glob("*/"))


def files_of(stage: Stage, folder: Path) -> dict[str, str]:
    """Returns the files, by name, that the variant or cheat in FOLDER has instead of STAGE's."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}
    for change in tomllib.loads(texts.pop("changes.toml", "")).get("change", []):
        file = change["file"]
        text = texts[file] if file in texts else reference_text(stage, file)
        texts[file] = replaced(text, change["find"], change["replace"], folder.name)
    return texts


def cheated_checks(folder: Path) -> tuple[str, ...]:
    """Returns the checks in which the cheat in FOLDER must earn nothing."""
    comments = (path.read_text(encoding="utf-8").partition("*/")[0]
                for path in sorted(folder.iterdir()))
    return tuple(name for comment in comments for name in re.findall(r"\btest_\w+", comment))


@contextmanager
def laid_out(stage: Stage, changed: dict[str, str]) -> Iterator[Sources]:
    """Gives the sources of a kernel whose last stage has the files CHANGED, by name, instead of
    the reference's; the stages before it are the reference."""
    with TemporaryDirectory(prefix="miroir-") as folder:
        target = Path(folder) / stage.name
        target.mkdir()
        for file in stage.files:
            text = changed.get(file)
            if text is None:
                (target / file).symlink_to(ROOT / "solutions" / stage.name / file)
            else:
                (target / file).write_text(text, encoding="utf-8")
        for file in changed.keys() - set(stage.files):
            (target / file).write_text(changed[file], encoding="utf-8")
        yield Sources(stage, folder, "solutions")


def take_objects(build_folder: Path, objects: Path, sources: Sources) -> None:
    """Gives the build of SOURCES in BUILD_FOLDER what OBJECTS has of those of its files that are
    the reference's, so that only the others are compiled."""
    name, path = sources.folder(sources.stage)
    own = build_folder.resolve() / "kernels" / sources.key / "obj" / name
    own.mkdir(parents=True, exist_ok=True)
    for file in path.iterdir():
        if file.is_symlink():  # see laid_out()
            for made in (objects / "solutions" / sources.stage.name).glob(f"{file.name}.o*"):
                shutil.copy2(made, own)
