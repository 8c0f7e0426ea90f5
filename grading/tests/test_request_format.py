"""The written specification of requests says what the headers say."""

import re
from collections.abc import Iterator

import pytest
from conftest import Workshop
from elftools.dwarf.die import DIE
from elftools.elf.elffile import ELFFile

from miroir.build import Kernel
from miroir.stages import ROOT, find

PAGES = [ROOT / "handouts" / language / "requests.md" for language in ("en", "fr")]
UNITS = {"none": "NONE", "aucune": "NONE", "bytes": "BYTES", "octets": "BYTES", "pages": "PAGES",
         "ticks": "TICKS", "battements": "TICKS"}


@pytest.fixture(name="kernel", scope="module")
def kernel_fixture(workshop: Workshop) -> Kernel:
    return workshop.reference(find("10"))


def rows(text: str, anchor: str) -> Iterator[list[str]]:
    """Yields the cells of the first table after ANCHOR, its heading left out."""
    table = re.search(r"\n\|.*?\n(?=\n)", text[text.index(f"({anchor})="):], re.S)
    assert table
    for line in table[0].strip().splitlines()[2:]:
        yield [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]


def top_dies(kernel: Kernel) -> Iterator[DIE]:
    with kernel.path.open("rb") as file:
        for unit in ELFFile(file).get_dwarf_info().iter_CUs():
            if b"10-requests" in unit.get_top_DIE().attributes["DW_AT_name"].value:
                yield from unit.get_top_DIE().iter_children()


def name_of(die: DIE) -> str:
    return die.attributes["DW_AT_name"].value.decode() if "DW_AT_name" in die.attributes else ""


def fields(kernel: Kernel, struct: str) -> list[list[str]]:
    """Returns name, offset and size of the fields of STRUCT, as the compiler has laid them out."""
    for die in top_dies(kernel):
        if die.tag == "DW_TAG_structure_type" and name_of(die) == struct \
                and "DW_AT_byte_size" in die.attributes:
            members = [(name_of(m), m.attributes["DW_AT_data_member_location"].value)
                       for m in die.iter_children()]
            ends = [offset for _name, offset in members[1:]]
            ends.append(die.attributes["DW_AT_byte_size"].value)
            return [[name, str(offset), str(end - offset)]
                    for (name, offset), end in zip(members, ends)]
    raise AssertionError(f"no struct {struct}")


def constants(kernel: Kernel, enum: str) -> dict[str, int]:
    for die in top_dies(kernel):
        if die.tag == "DW_TAG_enumeration_type" and name_of(die) == enum:
            return {name_of(c): c.attributes["DW_AT_const_value"].value
                    for c in die.iter_children()}
    raise AssertionError(f"no enum {enum}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
@pytest.mark.parametrize("anchor,struct", [("request", "request"), ("result", "request_result")])
def test_fields(page, anchor: str, struct: str, kernel: Kernel) -> None:
    written = [row[:3] for row in rows(page.read_text(encoding="utf-8"), anchor)]
    assert written == fields(kernel, struct)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
@pytest.mark.parametrize("anchor,enum", [("device", "device_kind"), ("natures", "request_nature"),
                                         ("reasons", "request_reason")])
def test_values(page, anchor: str, enum: str, kernel: Kernel) -> None:
    written = {row[0]: int(row[1], 0) for row in rows(page.read_text(encoding="utf-8"), anchor)}
    assert written == constants(kernel, enum)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_needs(page, kernel: Kernel) -> None:
    """The table of natures in the header, which is read as text: units are in no symbol table."""
    header = (ROOT / "kernel" / "10-requests" / "request.h").read_text(encoding="utf-8")
    most = {"CHUNK_MAX": re.search(r"#define CHUNK_MAX (\w+)", header)[1]}  # type: ignore[index]
    said = [[name, unit, least, int(most.get(top, top), 0), arguments] for
            name, unit, least, top, arguments in
            re.findall(r"X\((NATURE_\w+), \w+, \d+, (\w+), (\d+), (\w+), (\d+),", header)]
    written = [[row[0], UNITS[row[2]], row[3], int(row[4], 0), row[5]]
               for row in rows(page.read_text(encoding="utf-8"), "natures")]
    assert written == said
