"""The guest seen from outside: its physical memory and its processor's registers."""

import re
import struct
from dataclasses import dataclass
from typing import Any

from .check import CheckFailed
from .i18n import _
from .qemu import Qemu


class Ram:
    """The guest's physical memory, read and written from outside."""

    def __init__(self, qemu: Qemu) -> None:
        self._memory = qemu.ram

    def __len__(self) -> int:
        return len(self._memory)

    def _inside(self, address: int, count: int) -> None:
        if not 0 <= address <= len(self._memory) - count:
            raise CheckFailed(_("an address in physical memory"), f"{address:#010x}")

    def read(self, address: int, count: int) -> bytes:
        """Returns COUNT bytes. Fails the check outside RAM."""
        self._inside(address, count)
        return self._memory[address:address + count]

    def write(self, address: int, data: bytes) -> None:
        self._inside(address, len(data))
        self._memory[address:address + len(data)] = data

    def words(self, address: int, count: int) -> tuple[int, ...]:
        """Returns COUNT 32-bit words."""
        return struct.unpack(f"<{count}I", self.read(address, 4 * count))

    def u32(self, address: int) -> int:
        return self.words(address, 1)[0]

    def u64(self, address: int) -> int:
        return int.from_bytes(self.read(address, 8), "little")

    def string(self, address: int, limit: int = 4096) -> str:
        """Returns the C string at ADDRESS, cut after LIMIT bytes."""
        self._inside(address, 1)
        data = self._memory[address:address + limit]
        return data.split(b"\0", 1)[0].decode("latin-1")


@dataclass(frozen=True)
class Registers:
    """The processor's registers. gdt, idt: base and limit. Segments: selectors."""

    eax: int
    ebx: int
    ecx: int
    edx: int
    esi: int
    edi: int
    ebp: int
    esp: int
    eip: int
    eflags: int
    cs: int
    ss: int
    ds: int
    es: int
    fs: int
    gs: int
    tr: int
    ldt: int
    cr0: int
    cr2: int
    cr3: int
    cr4: int
    gdt: tuple[int, int]
    idt: tuple[int, int]


def parse_registers(text: str) -> Registers:
    """Makes Registers of QEMU's `info registers`."""
    found: dict[str, int | tuple[int, int]] = {}
    for name, value in re.findall(r"\b([A-Z0-9]{2,3}) *=([0-9a-f]{8})\b", text):
        found[{"EFL": "eflags"}.get(name, name.lower())] = int(value, 16)
    for name, value in re.findall(r"\b([A-Z]{2,3}) *=([0-9a-f]{4}) ", text):
        found[name.lower()] = int(value, 16)
    for name, base, limit in re.findall(r"(GDT|IDT)= +([0-9a-f]{8}) ([0-9a-f]{8})", text):
        found[name.lower()] = (int(base, 16), int(limit, 16))
    fields: dict[str, Any] = {name: found[name] for name in Registers.__dataclass_fields__}
    return Registers(**fields)
