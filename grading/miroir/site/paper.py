"""The PDF of each language: the site's own pages, one after the other, printed by Chromium."""

import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from ..i18n import _
from ..stages import UserError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARTICLE = re.compile(r'<article role="main"[^>]*>(.*?)</article>', re.S)
HEAD = re.compile(r"<head>.*?</head>", re.S)
UNSEEN = re.compile(r'<span class="(?:w|n|p|o|pre)">([^<]*)</span>')
NEXT = re.compile(r'<link rel="next" [^>]*href="([^"]+)"')
PAPER = """<!doctype html><html lang="{language}">
{head}<body class="paper" data-theme="light">{articles}</body></html>
"""


def _works(chromium: str) -> bool:
    """Returns whether CHROMIUM is one: Ubuntu's only says which snap to install."""
    return not subprocess.run([chromium, "--version"], check=False, capture_output=True).returncode


def browser() -> str | None:
    """Returns the path of Chromium, or of a relative; None if there is none."""
    found = (shutil.which(name) for name in BROWSERS)
    return next((path for path in found if path and _works(path)), None)


def _pages(folder: Path) -> list[Path]:
    """Returns the pages in reading order: each names the next."""
    pages, name = [], "index.html"
    while name:
        pages.append(folder / name)
        match = NEXT.search(pages[-1].read_text(encoding="utf-8"))
        name = match[1] if match else ""
    return pages


def _article(page: Path) -> str:
    """Returns the article of PAGE with anchors, and links to pages, that are good for one page."""
    found = ARTICLE.search(page.read_text(encoding="utf-8"))
    assert found
    text = re.sub(r'<script.*?</script>|<nav class="languages.*?</nav>', "", found[1], flags=re.S)
    text = UNSEEN.sub(r"\1", text)  # as they are half of all that there is to be laid out
    text = re.sub(r'\bid="([^"]+)"', rf'id="{page.stem}--\1"', text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{page.stem}--\1"', text)
    text = re.sub(r'href="([\w-]+)\.html#([^"]+)"', r'href="#\1--\2"', text)
    text = re.sub(r'href="([\w-]+)\.html"', r'href="#page--\1"', text)
    return f'<article id="page--{page.stem}">{text}</article>'


def _print(chromium: str, source: Path, target: Path) -> None:
    """Prints the page SOURCE into the file TARGET; UserError if that fails."""
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium, "--headless", "--no-sandbox", "--disable-gpu",
                   f"--user-data-dir={profile}", "--no-pdf-header-footer",
                   "--generate-pdf-document-outline", f"--print-to-pdf={target}", source.as_uri()]
        result = subprocess.run(command, check=False, capture_output=True, text=True)
    if not target.is_file():
        raise UserError(_("{name} did not print the PDF:").format(name=chromium)
                        + f"\n{result.stderr}")


def one_page(folder: Path) -> str:
    """Returns all the pages of FOLDER, named as its language is, as one."""
    pages = _pages(folder)
    head = HEAD.search(pages[0].read_text(encoding="utf-8"))
    return PAPER.format(language=folder.name, head=head[0] if head else "",
                        articles="\n".join(map(_article, pages)))


def _paper(site: Path, language: str, chromium: str) -> None:
    folder = (site / language).resolve()
    source, target = folder / "paper.html", folder / f"miroir-{language}.pdf"
    target.unlink(missing_ok=True)
    source.write_text(one_page(folder), encoding="utf-8")
    _print(chromium, source, target)
    source.unlink()


def print_pdf(site: Path, languages: tuple[str, ...]) -> bool:
    """Writes ``<language>/miroir-<language>.pdf``; returns whether there is a browser to do it."""
    chromium = browser()
    if not chromium:
        return False
    with ThreadPoolExecutor() as pool:
        list(pool.map(partial(_paper, site, chromium=chromium), languages))
    return True
