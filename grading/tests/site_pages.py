"""The built site, for the tests that look at it."""

import fcntl
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from conftest import Finished, run

from miroir.stages import ROOT

LANGUAGES = ("en", "fr")


@dataclass(frozen=True)
class Site:
    """The folder of the site, what `make handouts` said, and the processor time that it took."""

    folder: Path
    made: Finished
    seconds: float

    def pages(self, language: str) -> list[Path]:
        return sorted((self.folder / language).glob("*.html"))


def built(folder: Path) -> Site:
    """Builds the site in FOLDER, or waits for another process of this run that does so."""
    folder.mkdir(parents=True, exist_ok=True)
    said = folder / "said"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            measured = str(Path(__file__).with_name("processor_time.py"))
            made = run([sys.executable, measured, sys.executable, "-m", "miroir", "handouts",
                        "--build", str(folder)], PYTHONPATH=str(ROOT / "grading"))
            output, _newline, seconds = made.output.rstrip().rpartition("\n")
            said.write_text(f"{seconds} {made.status}\n{output}{made.errors}")
    first, _newline, output = said.read_text().partition("\n")
    took, status = first.split()
    return Site(folder / "handouts", Finished(int(status), output, ""), float(took))


@dataclass
class Html(HTMLParser):
    """What a page refers to, and what can be referred to in it."""

    path: Path
    links: list[str] = field(default_factory=list)  # of people
    parts: list[str] = field(default_factory=list)  # scripts, styles, pictures
    anchors: set[str] = field(default_factory=set)
    without_alternative: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors.add(values.get("id", ""))
        if tag in ("a", "form"):
            self.links.append(values.get("href", values.get("action", "")))
        elif tag == "link" and values.get("rel") != "stylesheet":
            self.links.append(values.get("href", ""))
        elif tag in ("script", "img", "link"):
            self.parts.append(values.get("src", values.get("href", "")))
        if tag == "img" and len(values.get("alt", "")) < 20:
            self.without_alternative.append(values.get("src", ""))

    def files(self) -> Iterator[Path]:
        """Gives the files that a browser loads to show the page."""
        yield self.path
        for part in filter(None, self.parts):
            yield (self.path.parent / part.partition("?")[0]).resolve()
