"""The processor's descriptors, decoded from guest memory, independently of any kernel."""

from dataclasses import dataclass

from .machine import Machine

TASK_GATE, INTERRUPT_GATE, TRAP_GATE = 0x5, 0xE, 0xF
TSS_FREE, TSS_BUSY = 0x9, 0xB
TSS_SIZE = 104
TSS_FIELDS = (
    "link", "esp0", "ss0", "esp1", "ss1", "esp2", "ss2", "cr3", "eip", "eflags", "eax", "ecx",
    "edx", "ebx", "esp", "ebp", "esi", "edi", "es", "cs", "ss", "ds", "fs", "gs", "ldt")


def bits(value: int, low: int, count: int) -> int:
    """Returns COUNT bits of VALUE, from bit LOW."""
    return value >> low & (1 << count) - 1


@dataclass(frozen=True)
class Descriptor:
    """A segment descriptor. limit: the field of 20 bits. flags: bits 52 to 55."""

    base: int
    limit: int
    access: int
    flags: int

    def __str__(self) -> str:
        return (f"base={self.base:#010x} limit={self.limit:#07x} access={self.access:#04x} "
                f"flags={self.flags:#x}")


def decode_descriptor(value: int) -> Descriptor:
    """Returns what the 64 bits of a segment descriptor mean."""
    return Descriptor(base=bits(value, 16, 24) | bits(value, 56, 8) << 24,
                      limit=bits(value, 0, 16) | bits(value, 48, 4) << 16,
                      access=bits(value, 40, 8), flags=bits(value, 52, 4))


@dataclass(frozen=True)
class Gate:
    """A gate of the interrupt descriptor table."""

    selector: int
    offset: int
    type: int
    ring: int
    present: bool

    def __str__(self) -> str:
        return (f"selector={self.selector:#06x} offset={self.offset:#010x} type={self.type:#x} "
                f"ring={self.ring} present={int(self.present)}")


def decode_gate(value: int) -> Gate:
    """Returns what the 64 bits of a gate mean."""
    return Gate(selector=bits(value, 16, 16), offset=bits(value, 0, 16) | bits(value, 48, 16) << 16,
                type=bits(value, 40, 5), ring=bits(value, 45, 2), present=bool(bits(value, 47, 1)))


def read_table(machine: Machine, table: tuple[int, int]) -> list[int]:
    """Returns the 64-bit entries of TABLE, the base and limit of a GDT or an IDT."""
    base, limit = table
    return [machine.ram.u64(base + 8 * i) for i in range((limit + 1) // 8)]


def is_kernels(machine: Machine, table: tuple[int, int]) -> bool:
    """Whether TABLE lies in the kernel's own memory."""
    base, limit = table
    return (machine.symbol("kernel_start") <= base
            and base + limit < machine.symbol("kernel_end"))


def read_tss(machine: Machine, address: int) -> dict[str, int]:
    """Returns the fields of the TSS at ADDRESS, selectors without the bits above them."""
    words = machine.ram.words(address, TSS_SIZE // 4)
    fields = dict(zip(TSS_FIELDS, words))
    for name in ("link", "ss0", "ss1", "ss2", "es", "cs", "ss", "ds", "fs", "gs", "ldt"):
        fields[name] &= 0xFFFF
    return fields | {"trap": words[-1] & 0xFFFF, "io_map": words[-1] >> 16}
