"""The same anchors in both languages: those of the English page, so that a link to a section, and
the switch between the languages, need nothing but the other language's folder."""

import re
from pathlib import Path

FENCE = re.compile(r"^(`{3,})[^`]*?^\1$", re.S | re.M)
HEADING = re.compile(r"^(?:\(([\w-]+)\)=\n+)?(#+) (.*)$", re.M)


def slug(heading: str) -> str:
    """Returns a HEADING as an anchor: ``What lies where`` is ``what-lies-where``."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-") or "section"


def anchors(text: str) -> list[str]:
    """Returns the anchor of every heading of a page, in order: the one written over it, or one made
    of its words. Anchors that would come twice are numbered."""
    found: list[str] = []
    for label, _level, heading in HEADING.findall(FENCE.sub("", text)):
        name = label or slug(heading)
        again = [name, *(f"{name}-{number}" for number in range(2, 100))]
        found.append(next(each for each in again if each not in found))
    return found


def of_page(folder: Path, name: str) -> list[str]:
    """Returns the anchors of the page NAME, whose English version is in FOLDER; none if it is not
    there."""
    page = folder / f"{name}.md"
    return anchors(page.read_text(encoding="utf-8")) if page.is_file() else []
