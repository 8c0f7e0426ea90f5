"""Debian's package of the theme leaves its parts apart: a style sheet imports another by an address
that only a configured web server has, and a script is a module, which browsers do not load from the
file system. Joined, as upstream's own packages are, they work everywhere."""

import re
from pathlib import Path

SHEET = re.compile(r"@import url\(/javascript/([^)]*)\);\n?")
MODULE = re.compile(r'^import (?:\* as )?\w+ from "\./([\w-]+\.js)";\n')
AS_MODULE = '<script type="module" src="_static/scripts/furo.js'
AS_SCRIPT = '<script defer src="_static/scripts/furo.js'
SHARED = Path("/usr/share/javascript")


def _joined(pattern: re.Pattern[str], path: Path, folder: Path) -> None:
    """Puts into the file PATH, in place of PATTERN, the file of FOLDER that it names."""
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8")
    match = pattern.search(text)
    if match:
        part = folder / match[1]
        found = part.read_text(encoding="utf-8") if part.is_file() else ""
        path.write_text(text.replace(match[0], found), encoding="utf-8")


def _no_module(page: Path) -> None:
    """Has PAGE ask for a script, when the page is there, as for a module."""
    text = page.read_text(encoding="utf-8")
    if AS_MODULE in text:
        page.write_text(text.replace(AS_MODULE, AS_SCRIPT), encoding="utf-8")


def join(static: Path) -> None:
    """Mends the theme's files in STATIC, and the pages beside it, where they need that."""
    _joined(SHEET, static / "styles" / "furo.css", SHARED)
    _joined(MODULE, static / "scripts" / "furo.js", static / "scripts")
    for page in static.parent.glob("*.html"):
        _no_module(page)
