"""The student's tree: the kit without what is the instructor's."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from .i18n import _
from .stages import ROOT, UserError

INSTRUCTORS = ("solutions", "grading/tests", ".ci", ".github", ".git", ".gitignore", "build")
LEFTOVERS = ("__pycache__", ".hypothesis", ".pytest_cache", ".mypy_cache")


def _students() -> Iterator[Path]:
    """Gives the paths, from the root, of the files that students get."""
    kept_out = {ROOT / name for name in INSTRUCTORS}
    pending = [ROOT]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            if path in kept_out or path.name in LEFTOVERS:
                continue
            if path.is_dir():
                pending.append(path)
            else:
                yield path.relative_to(ROOT)


def copy_to(target: Path) -> None:
    """Writes the student's tree to TARGET. UserError if there is anything yet."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UserError(_("{folder} is not empty: give a new folder with OUT=.").format(
            folder=target))
    for path in list(_students()):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target / path)
