"""The kernel's file, read with pyelftools: its symbols, its lines, its multiboot header."""

import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

from elftools.dwarf.aranges import ARanges
from elftools.dwarf.dwarfinfo import DWARFInfo
from elftools.elf.elffile import ELFFile

MULTIBOOT_MAGIC = 0x1BADB002
MULTIBOOT_SEARCH = 8192  # bytes
SYMBOL = struct.Struct("<IIIBBH")  # name, value, size, type, visibility, section
UNDEFINED, NO_TYPE, FUNCTION = 0, 0, 2


@dataclass(frozen=True)
class Place:
    """A place in the code: function and offset, and file and line where they are known."""

    address: int
    function: str
    offset: int
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        where = f" ({self.file}:{self.line})" if self.file else ""
        return f"{self.function}+{self.offset:#x}{where}"


class Elf:
    """A kernel's file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._decoded: dict[int, list[tuple[int, str, int]]] = {}

    @cached_property
    def _parsed(self) -> tuple[dict[str, int], list[tuple[int, str]]]:
        symbols, functions = {}, []
        with self.path.open("rb") as file:
            elf = ELFFile(file)
            table = elf.get_section_by_name(".symtab")
            names = elf.get_section(table["sh_link"]).data()
            # By hand: pyelftools needs a twentieth of a second for a thousand symbols.
            for start, value, _size, info, _other, section in SYMBOL.iter_unpack(table.data()):
                name = names[start:names.index(b"\0", start)].decode()
                if section == UNDEFINED or not name:
                    continue
                symbols[name] = value
                if info & 15 in (NO_TYPE, FUNCTION):
                    functions.append((value, name))
        return symbols, sorted(functions)

    @property
    def symbols(self) -> dict[str, int]:
        """Every name in the kernel, with its address."""
        return self._parsed[0]

    @cached_property
    def _dwarf(self) -> DWARFInfo:
        return ELFFile(BytesIO(self.path.read_bytes())).get_dwarf_info()

    @cached_property
    def _ranges(self) -> ARanges | None:
        return self._dwarf.get_aranges()

    def _lines(self, address: int) -> list[tuple[int, str, int]]:
        """The lines of the source file that ADDRESS comes from; decoding all would take seconds."""
        unit = self._ranges.cu_offset_at_addr(address) if self._ranges else None
        return [] if unit is None else self._lines_of(unit)

    def _lines_of(self, unit: int) -> list[tuple[int, str, int]]:
        """Addresses at which a line's code starts, with file and line; file "" ends a sequence."""
        if unit not in self._decoded:
            program = self._dwarf.line_program_for_CU(self._dwarf.get_CU_at(unit))
            self._decoded[unit] = sorted(self._rows(program)) if program else []
        return self._decoded[unit]

    def _rows(self, program) -> list[tuple[int, str, int]]:
        header = program.header
        first = 0 if header["version"] >= 5 else 1

        def name(index: int) -> str:
            entry = header["file_entry"][index - first]
            directories = header["include_directory"]
            number = entry["dir_index"] - (0 if header["version"] >= 5 else 1)
            folder = directories[number].decode() if 0 <= number < len(directories) else ""
            return str(Path(folder) / entry["name"].decode())

        rows = []
        for entry in program.get_entries():
            state = entry.state
            if state is not None:
                end = state.end_sequence
                rows.append((state.address, "" if end else name(state.file), state.line))
        return rows

    def place(self, address: int, returned: bool = False) -> Place:
        """Returns what is at ADDRESS; with RETURNED, ADDRESS follows a call, which is meant."""
        functions = self._parsed[1]
        found = bisect_right(functions, (address - returned, "\uffff")) - 1
        start, end = self.symbols.get("kernel_start", 0), self.symbols.get("kernel_text_end", 0)
        if found < 0 or not start <= address < end:
            return Place(address, f"{address:#x}", 0)
        begin, function = functions[found]
        rows = self._lines(address - returned)
        row = bisect_right(rows, (address - returned, "\uffff", 0)) - 1
        file, line = rows[row][1:] if row >= 0 else ("", 0)
        return Place(address, function, address - begin, file, line)

    def multiboot_header(self) -> int | None:
        """Returns the offset in the file of a right multiboot header that a loader finds."""
        start = self.path.read_bytes()[:MULTIBOOT_SEARCH]
        for offset in range(0, len(start) - 11, 4):
            magic, flags, checksum = struct.unpack_from("<III", start, offset)
            if magic == MULTIBOOT_MAGIC and (magic + flags + checksum) & 0xFFFFFFFF == 0:
                return offset
        return None
