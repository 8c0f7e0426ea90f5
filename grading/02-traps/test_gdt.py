"""The flat segments: descriptors are read from memory, selectors from the processor."""

import random

from miroir.check import check, equal, equal_bytes, hexa, true
from miroir.i18n import _
from miroir.machine import Machine, Registers
from miroir.qemu import POISON
from miroir.traps import check_interrupt_flag
from miroir.x86 import (TSS_BUSY, TSS_FREE, TSS_SIZE, Descriptor, decode_descriptor, is_kernels,
                        read_table, read_tss)

KERNEL_CODE, KERNEL_DATA, TSS = 0x08, 0x10, 0x28
ENTRIES = 7
PRESENT, SEGMENT, RING3, CODE, WRITABLE, ACCESSED = 0x80, 0x10, 0x60, 0x08, 0x02, 0x01
PAGES_32BIT = 0xC


@check(4, _("gdt_descriptor puts every bit where the processor looks for it"), read="exercise-1",
       why=_("Base and limit are scattered over the eight bytes, for the sake of the 80286: one "
             "piece in the wrong place, and the segment is somewhere else."))
def test_descriptor(quiet: Machine, rng: random.Random) -> None:
    rows = [(rng.getrandbits(32), rng.getrandbits(20), rng.getrandbits(8), rng.getrandbits(4))
            for _unused in range(20)]
    rows += [(1 << bit, 0, 0, 0) for bit in range(32)] + [(0, 1 << bit, 0, 0) for bit in range(20)]
    for row in rows:
        answer = quiet.run("gdt_descriptor {:#x} {:#x} {:#x} {:#x}".format(*row))[0]
        equal(str(decode_descriptor(answer.value)), str(Descriptor(*row)),
              f"`{answer.command}` → {answer.value:#018x}")
    longest = quiet.run("gdt_descriptor 0 0xffffffff 0 0xff")[0].value
    equal(f"{longest:#018x}", "0x00ff00000000ffff",
          _("a limit of 32 bits, cut to 20, and flags of 8, cut to 4"))


def flat(access: int) -> Descriptor:
    """A segment that covers 4 GiB."""
    return Descriptor(0, 0xFFFFF, PRESENT | SEGMENT | WRITABLE | access, PAGES_32BIT)


def loaded_table(machine: Machine) -> tuple[Registers, list[Descriptor]]:
    """Returns the registers, and the table that GDTR points to, decoded."""
    registers = machine.registers()
    equal(registers.gdt[1], 8 * ENTRIES - 1, _("limit in GDTR"))
    true(is_kernels(machine, registers.gdt), _("a table in the kernel's memory"),
         got=hexa(registers.gdt[0]))
    return registers, [decode_descriptor(v) for v in read_table(machine, registers.gdt)]


@check(5, _("The table that is loaded has the seven descriptors of the contract"),
       read="exercise-2",
       why=_("The processor believes this table and nothing else: who may run what, and write "
             "where."))
def test_table(quiet: Machine) -> None:
    check_flat_segments(loaded_table(quiet)[1])
    # From here on the processor lives on what it has copied.
    base, limit = quiet.registers().gdt
    quiet.ram.write(base, POISON.to_bytes(4, "little") * ((limit + 1) // 4))
    quiet.run("gdt_init")
    check_flat_segments(loaded_table(quiet)[1])


def check_flat_segments(table: list[Descriptor]) -> None:
    """Fails unless the first five descriptors of TABLE are those of the contract."""
    wanted = [Descriptor(0, 0, 0, 0), flat(CODE), flat(0), flat(CODE | RING3), flat(RING3)]
    for number, descriptor in enumerate(wanted):
        got = table[number]
        # The processor sets "accessed" by itself; a null descriptor is never looked at.
        if number:
            got = Descriptor(got.base, got.limit, got.access & ~ACCESSED, got.flags)
        equal(str(got), str(descriptor),
              _("the descriptor of selector {selector:#04x}").format(selector=8 * number))


@check(5, _("gdt_init reloads every segment register, CS too"), read="exercise-2",
       why=_("A segment register keeps a copy of the old descriptor until it is loaded again. "
             "With a stale one all goes well until the first interrupt comes back, and then it "
             "faults far from the mistake."))
def test_segments(quiet: Machine) -> None:
    check_interrupt_flag(quiet, "gdt_init")
    registers = loaded_table(quiet)[0]
    equal(hexa(registers.cs), hexa(KERNEL_CODE), "CS")
    for name in ("ds", "es", "fs", "gs", "ss"):
        equal(hexa(getattr(registers, name)), hexa(KERNEL_DATA), name.upper())


@check(4, _("Both task state segments are described, and the kernel's is loaded"),
       read="exercise-2",
       why=_("Without SS0 no program of ring 3 could be interrupted; without its own TSS a "
             "double fault would be the end without a word."))
def test_tss(quiet: Machine) -> None:
    poison = POISON.to_bytes(4, "little") * (TSS_SIZE // 4)
    for name in ("kernel_tss", "double_fault_tss"):
        quiet.ram.write(quiet.symbol(name), poison)
    quiet.run("gdt_init")
    registers, table = loaded_table(quiet)
    equal(hexa(registers.tr), hexa(TSS), "TR")
    for number, name, kind in ((5, "kernel_tss", TSS_BUSY), (6, "double_fault_tss", TSS_FREE)):
        wanted = Descriptor(quiet.symbol(name), TSS_SIZE - 1, PRESENT | kind, 0)
        equal(str(table[number]), str(wanted), _("the descriptor of `{name}`").format(name=name))
    fields = read_tss(quiet, quiet.symbol("kernel_tss"))
    equal(fields.pop("ss0"), KERNEL_DATA, "kernel_tss.ss0")
    equal(fields.pop("io_map"), TSS_SIZE, "kernel_tss.io_map")
    other = {name: value for name, value in fields.items() if value}
    true(not other, _("every other field of kernel_tss is 0"), got=other)
    equal_bytes(quiet.ram.read(quiet.symbol("double_fault_tss"), TSS_SIZE), poison,
                _("double_fault_tss, which idt_init fills in"))
