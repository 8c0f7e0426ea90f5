"""Builds the site: one folder for each language, and a first page that chooses between them.

Sphinx reads a folder of links to the pages, laid out as the tree is, because the reference's pages
are made, and the tree may be read-only.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ..i18n import _
from ..stages import ROOT, UserError
from . import reference
from .paper import print_pdf

LANGUAGES = ("en", "fr")
HANDOUTS = ROOT / "handouts"


def _write(path: Path, text: str) -> None:
    """Leaves a file alone that has TEXT already: Sphinx reads again what is newer."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _link(path: Path, target: Path) -> None:
    if not path.is_symlink() or path.readlink() != target:
        path.unlink(missing_ok=True)
        path.symlink_to(target)


def lay_out(work: Path) -> None:
    """Makes WORK what Sphinx reads."""
    (work / "handouts").mkdir(parents=True, exist_ok=True)
    for path in ROOT.iterdir():
        if path != HANDOUTS and path not in work.parents and not path.name.startswith("."):
            _link(work / path.name, path)
    _link(work / "handouts" / "figures", HANDOUTS / "figures")
    for language in LANGUAGES:
        folder = work / "handouts" / language
        folder.mkdir(exist_ok=True)
        pages = {path.name: path for path in (HANDOUTS / language).glob("*.md")}
        made = reference.pages(language)
        for old in folder.iterdir():
            if old.name not in pages and old.name not in made:
                old.unlink()
        for name, path in pages.items():
            _link(folder / name, path)
        for name, text in made.items():
            _write(folder / name, text)


def _sphinx(work: Path, site: Path, language: str) -> subprocess.Popen[str]:
    """Starts Sphinx for one language; every warning is an error."""
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "grading"), LC_ALL="C.UTF-8")
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going",
         "-t", language, "-c", str(HANDOUTS), "-d", str(work / f"doctrees-{language}"),
         str(work / "handouts" / language), str(site / language)],
        env=environment, text=True, stderr=subprocess.PIPE)


def build(folder: Path) -> Path:
    """Builds the site under FOLDER; returns its first page. UserError if a page is wrong."""
    site, work = folder / "handouts", folder / "handouts-work"
    lay_out(work)
    running = [_sphinx(work, site, language) for language in LANGUAGES]
    errors = "".join(process.communicate()[1] for process in running)
    if any(process.returncode for process in running):
        raise UserError(errors.strip())
    shutil.copyfile(HANDOUTS / "site" / "landing.html", site / "index.html")
    (site / ".nojekyll").touch()  # GitHub would leave out folders whose names start with _
    if not print_pdf(site, LANGUAGES):
        print(_("No Chromium here: the site is without its PDF files."), file=sys.stderr)
    return site / "index.html"
