"""The site's pages made from the contract headers, one for each folder of ``kernel/``."""

from pathlib import Path

from ..stages import ROOT
from . import contracts

WORDS = {
    "en": ("Reference: {folder}",
           "What the headers of `kernel/{folder}/` declare, as it stands there."),
    "fr": ("Référence : {folder}",
           "Ce que déclarent les en-têtes de `kernel/{folder}/`, tel quel ; les commentaires y "
           "sont en anglais."),
}


def _code(header: Path, first: int, last: int) -> str:
    path = header.relative_to(ROOT).as_posix()
    return (f"```{{literalinclude}} ../../{path}\n:language: c\n:lines: {first}-{last}\n```\n")


def _header(header: Path) -> str:
    """Returns the section about one HEADER."""
    parts = [f"({header.stem}-h)=\n## `{header.name}`\n"]
    if last := contracts.introduction(header):
        parts.append(_code(header, 1, last))
    for entry in contracts.entries(header):
        title = ", ".join(f"`{name}`" for name in entry.names)
        parts.append(f"({entry.anchor})=\n### {title}\n\n"
                     + _code(header, entry.first, entry.last))
    return "\n".join(parts)


def pages(language: str) -> dict[str, str]:
    """Returns the text of each page of the reference, by its file name."""
    title, introduction = WORDS[language]
    return {f"{contracts.page_of(folder)}.md":
            "\n".join([f"# {title.format(folder=folder)}\n",
                       introduction.format(folder=folder) + "\n",
                       *map(_header, contracts.headers(folder))])
            for folder in contracts.folders()}
