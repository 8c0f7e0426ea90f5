"""Every text that a student reads exists in French."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from miroir.errors import meanings, name_of
from miroir.i18n import GRADING, catalogues
from miroir.stages import ROOT, all_stages

FOLDERS = [GRADING / "miroir", *(stage.checks for stage in all_stages())]
ERROR = re.compile(r'X\((E\w+), (\d+), "([^"]+)"\)')
FIELD = re.compile(r"{[^}]*}")


def extracted(folder: Path) -> set[str]:
    found = extract_from_dir(folder, [("**.py", "python")], keywords={"_": None})
    return {message for _file, _line, message, _comments, _context in found}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_complete(folder: Path) -> None:
    with (folder / "fr.po").open("rb") as file:
        catalogue = [m for m in read_po(file, locale="fr") if m.id]
    translated = {m.id for m in catalogue if m.string and not m.fuzzy}
    wanted = extracted(folder)
    assert sorted(wanted - translated) == []
    assert sorted(translated - wanted) == []
    for message in catalogue:
        assert sorted(FIELD.findall(message.id)) == sorted(FIELD.findall(message.string))


@pytest.mark.parametrize("path", catalogues(), ids=lambda p: p.parent.name)
def test_french_typography(path: Path) -> None:
    with path.open("rb") as file:
        for message in read_po(file, locale="fr"):
            if message.id:
                prose = re.sub(r"`[^`]*`", "", message.string)
                assert not re.search(r"[^\u00a0\u202f:]([;!?»]|:(?=\s|$))", prose), message.string
                assert not re.search(r"«[^\u00a0\u202f]", prose), message.string
                assert "'" not in prose or "’" not in prose, message.string


def test_errors_are_those_of_the_kernel() -> None:
    listed = ERROR.findall((ROOT / "kernel" / "00-base" / "errno.h").read_text(encoding="utf-8"))
    assert {name: meaning for name, _number, meaning in listed} == meanings()
    for name, number, _meaning in listed:
        assert name_of(-int(number)) == name_of(2**32 - int(number)) == name
    assert name_of(-3) == name_of(0) == name_of(38) == ""
