"""Starters: what a student begins with, made of the reference.

Between a line that ends in ``BEGIN SOLUTION`` and one that ends in ``END SOLUTION`` only the lines
that start with ``//| `` (``;| `` in assembly) are kept, without that mark; the rest is kept as it
stands.
"""

import re
from pathlib import Path

from .stages import ROOT, all_stages

_MARK = re.compile(r"^(\s*)(?://|;)\| ?(.*)$")


class MarkerError(Exception):
    """A region without its beginning or its end."""


def starter(text: str, name: str) -> str:
    """Returns the starter of the reference TEXT. NAME is for MarkerError."""
    kept: list[str] = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        word = line.strip().lstrip("/; ")
        if word in ("BEGIN SOLUTION", "END SOLUTION"):
            if inside == (word == "BEGIN SOLUTION"):
                raise MarkerError(f"{name}:{number}: {word}")
            inside = not inside
        elif not inside:
            kept.append(line)
        elif mark := _MARK.match(line):
            kept.append((mark[1] + mark[2]).rstrip())
    if inside:
        raise MarkerError(f"{name}: END SOLUTION")
    return _without_double_blanks(kept)


def _without_double_blanks(lines: list[str]) -> str:
    text = "\n".join(lines) + "\n"
    return re.sub(r"\n{3,}", "\n\n", text).replace("{\n\n", "{\n")


def all_starters() -> dict[Path, str]:
    """Returns the content of every file that labs/ shall hold, by path from the root."""
    found = {}
    for stage in all_stages():
        for file in stage.files:
            path = Path("solutions") / stage.name / file
            text = (ROOT / path).read_text(encoding="utf-8")
            found[Path("labs") / stage.name / file] = starter(text, str(path))
    return found


def write() -> list[Path]:
    """Writes labs/ as it shall be; returns the paths of the files that changed."""
    changed = []
    for path, text in all_starters().items():
        target = ROOT / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
