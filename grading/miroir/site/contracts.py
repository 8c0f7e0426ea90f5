"""What the contract headers declare, for the site's reference: every public name with the comment
over it, as it stands in the header."""

import re
from dataclasses import dataclass
from pathlib import Path

from ..stages import ROOT

COMMENT = re.compile(r"/\*.*?\*/", re.S)
UNIMPORTANT = re.compile(r"#(include|ifndef|endif|undef)\b|#define MIROIR_\w+_H$")
ATTRIBUTE = re.compile(r"__attribute__\(\((?:[^()]|\([^()]*\))*\)\)")
NAMES = (
    (re.compile(r"^#define (\w+)", re.M), "{}"),
    (re.compile(r"^(?:typedef )?((?:struct|union|enum) \w+) ?{", re.M), "{}"),
    (re.compile(r"^typedef [^;{]*?\(?\*?(\w+)\)?(?:\([^;]*\))?;", re.M), "{}"),
    (re.compile(r"^extern [^;(]*?\b(\w+)(?:\[[^;]*)?;", re.M), "{}"),
    (re.compile(r"^(?!typedef|_Static_assert)[\w*][^;={}#]*?\b(\w+)\([^;{]*\)\s*[;{]", re.M),
     "{}()"),
)


@dataclass(frozen=True)
class Entry:
    """Lines FIRST to LAST of a header: a comment, if there is one, and what it is about."""

    names: tuple[str, ...]
    first: int
    last: int

    @property
    def anchor(self) -> str:
        """The place on the reference's page."""
        return anchor(self.names[0])


def anchor(name: str) -> str:
    """Returns the anchor of a declared NAME, such as ``frame-alloc`` for ``frame_alloc()``. That of
    a macro tells LIST_EMPTY from list_empty()."""
    words = re.sub(r"\W|_", "-", name.removesuffix("()")).lower()
    return f"macro-{words}" if name.isupper() else words


def _blocks(lines: list[str]) -> list[tuple[int, int]]:
    """Returns the runs of lines between empty ones, a body in braces or a comment being one."""
    blocks, start, depth, comment = [], 0, 0, False
    for number, line in enumerate([*lines, ""], 1):
        if not line.strip() and not depth and not comment:
            if start:
                blocks.append((start, number - 1))
            start = 0
            continue
        start = start or number
        code = re.sub(r"/\*.*?\*/", "", line)
        comment = "/*" in code or (comment and "*/" not in code)
        if not comment:
            depth += code.count("{") - code.count("}")
    return blocks


def _names(text: str) -> tuple[str, ...]:
    code = ATTRIBUTE.sub("", COMMENT.sub("", text))
    found = [(match.start(), form.format(match[1]))
             for pattern, form in NAMES for match in pattern.finditer(code)]
    return tuple(dict.fromkeys(name for _place, name in sorted(found)
                               if f"#undef {name}" not in code))


def entries(header: Path) -> list[Entry]:
    """Returns what HEADER declares, in its order. A comment that stands alone is with what follows
    it; a name that comes again, with its body, is there once."""
    lines = header.read_text(encoding="utf-8").splitlines()
    found: list[Entry] = []
    known: set[str] = set()
    comment = 0
    for first, last in _blocks(lines):
        if first <= introduction(header):
            continue
        while first <= last and UNIMPORTANT.match(lines[first - 1]):
            first += 1
        names = tuple(name for name in _names("\n".join(lines[first - 1:last]))
                      if name not in known)
        known.update(names)
        if names:
            found.append(Entry(names, comment or first, last))
        comment = 0 if names or first > last else comment or first
    return found


def introduction(header: Path) -> int:
    """Returns the number of the last line of the comment that opens HEADER."""
    text = header.read_text(encoding="utf-8")
    match = COMMENT.match(text)
    return text[:match.end()].count("\n") + 1 if match else 0


def headers(folder: str) -> list[Path]:
    """Returns the contract headers of kernel/FOLDER; those of the probe's own parts are none."""
    return [path for path in sorted((ROOT / "kernel" / folder).glob("*.h"))
            if not path.name.startswith("probe_")]


def folders() -> list[str]:
    """Returns the folders of kernel/ that hold contracts, the kit's base first."""
    return [path.name for path in sorted((ROOT / "kernel").glob("[0-9][0-9]-*"))
            if headers(path.name)]


def page_of(folder: str) -> str:
    """Returns the name of the page that holds the contracts of FOLDER."""
    return f"reference-{folder}"


def places() -> dict[str, str]:
    """Returns where each function is described, as ``page#anchor``, by its name without ()."""
    return {name.removesuffix("()"): f"{page_of(folder)}#{entry.anchor}"
            for folder in reversed(folders()) for header in headers(folder)
            for entry in entries(header) for name in entry.names if name.endswith("()")}
