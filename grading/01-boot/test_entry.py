"""The header and the entry code: what happens before the first line of C."""

import random

import pytest

from miroir.build import Kernel
from miroir.check import check, equal, equal_bytes, hexa, true
from miroir.i18n import _
from miroir.machine import KernelDied, Machine
from miroir.qemu import Ended, POISON

MAGIC = 0x2BADB002
HEADER_FLAGS = 1 << 0 | 1 << 1
STACK_SIZE = 16384
NOWHERE = 0xE0000000  # an address without memory: what is written there is lost
AFTER = 0x10000  # bytes after bss_end that are looked at
DIRECTION_FLAG = 1 << 10
INTERRUPT_FLAG = 1 << 9


@check(6, _("A multiboot header lies in the first 8 KiB of the file"), read="exercise-1",
       why=_("A boot loader looks there and nowhere else; without a header it refuses the file."))
def test_header(kernel_file: Kernel) -> None:
    place = kernel_file.elf.multiboot_header()
    true(place is not None,
         _("three words, aligned to 4, that start with 0x1BADB002 and add up to 0"))
    flags = int.from_bytes(kernel_file.path.read_bytes()[place + 4:place + 8], "little")
    equal(hexa(flags), hexa(HEADER_FLAGS), _("the flags, bits 0 and 1"))


@pytest.fixture(name="entered")
def entered_fixture(boot) -> Machine:
    """A machine that is about to execute the first instruction of the kernel."""
    machine = boot(stopped=True)
    run_to(machine, "_start", _("a boot loader starts the kernel"))
    return machine


def run_to(machine: Machine, symbol: str, expected: str) -> None:
    """Goes on to SYMBOL; EXPECTED says what is wrong if that is never reached."""
    try:
        machine.debugger.run_to(machine.symbol(symbol))
    except KernelDied as death:
        death.expected = expected
        raise


def to_kernel_main(machine: Machine) -> dict[str, int]:
    """Goes on to kernel_main(); returns the registers there."""
    run_to(machine, "kernel_main", _("_start calls kernel_main"))
    return machine.debugger.registers()


@check(8, _("_start calls kernel_main with what the boot loader left in EAX and EBX"),
       read="exercise-2",
       why=_("These two registers are all that the boot loader says; once lost, they are lost."))
def test_arguments(entered: Machine, rng: random.Random) -> None:
    magic, information = rng.getrandbits(32), rng.randrange(0x1000, 0x9000)
    entered.debugger.set_registers(eax=magic, ebx=information)
    esp = to_kernel_main(entered)["esp"]
    held = {magic: _("that is what EAX held"), information: _("that is what EBX held")}

    def told(value: int) -> str:
        return f"{hexa(value)} ({held[value]})" if value in held else hexa(value)

    _back, first, second = entered.ram.words(esp, 3)
    equal(told(first), told(magic), _("the first argument, from EAX"))
    equal(told(second), told(information), _("the second argument, from EBX"))


def check_stack_of_its_own(machine: Machine, bottom: int, top: int) -> None:
    """Fails unless from BOTTOM to TOP there is room that the kernel has for nothing else."""
    equal(top - bottom, STACK_SIZE, _("bytes from boot_stack_bottom to boot_stack_top"))
    equal((bottom % 16, top % 16), (0, 0), _("both ends of the stack, modulo 16"))
    true(machine.symbol("kernel_start") <= bottom and top <= machine.symbol("kernel_end"),
         _("the stack in the kernel's memory"), got=hexa(bottom))
    inside = [name for name, address in machine.elf.symbols.items() if bottom < address < top]
    true(not inside, _("nothing else between boot_stack_bottom and boot_stack_top"),
         got=", ".join(inside))


@check(6, _("kernel_main runs on the kernel's own stack, in an orderly processor"),
       read="exercise-2",
       why=_("The loader's stack pointer is worth nothing: it may point to memory that the kernel "
             "is about to use. C code takes a clear direction flag for granted."))
def test_stack(entered: Machine) -> None:
    flags = entered.debugger.registers()["eflags"]
    entered.debugger.set_registers(esp=NOWHERE, ebp=POISON, eflags=flags | DIRECTION_FLAG)
    registers = to_kernel_main(entered)
    bottom, top = (entered.symbol(f"boot_stack_{end}") for end in ("bottom", "top"))
    check_stack_of_its_own(entered, bottom, top)
    true(top - 64 < registers["esp"] < top,
         _("ESP right under boot_stack_top ({top})").format(top=hexa(top)),
         got=hexa(registers["esp"]))
    equal(registers["esp"] % 4, 0, _("ESP, modulo 4"))
    equal(hexa(entered.ram.u32(registers["esp"] + 4)), hexa(MAGIC),
          _("the first argument, when the loader's ESP leads to no memory"))
    equal(registers["ebp"], 0, "EBP")
    equal(registers["eflags"] & (DIRECTION_FLAG | INTERRUPT_FLAG), 0,
          _("direction and interrupt flags"))


@check(6, _("Variables that start as zero are zero, whatever was in memory"), read="exercise-2",
       why=_("C promises it, and nobody but the entry code keeps the promise: a kind boot loader "
             "hides the mistake until the day you meet another one. What lies behind them is not "
             "yours."))
def test_bss(entered: Machine) -> None:
    start, end = entered.symbol("bss_start"), entered.symbol("bss_end")
    stack = range(entered.symbol("boot_stack_bottom"), entered.symbol("boot_stack_top"))
    entered.ram.write(start, POISON.to_bytes(4, "little") * ((end - start + AFTER) // 4))
    before = entered.ram.read(0, end + AFTER)
    to_kernel_main(entered)
    left = [start + i for i, byte in enumerate(entered.ram.read(start, end - start))
            if byte and start + i not in stack]
    true(not left, _("every byte from bss_start ({start}) to bss_end ({end}) is 0").format(
        start=hexa(start), end=hexa(end)),
        got=_("{count} bytes are not, the first at {first}").format(
            count=len(left), first=hexa(left[0])) if left else None)
    after = bytearray(entered.ram.read(0, end + AFTER))
    for own in (slice(start, end), slice(stack.start, stack.stop)):
        after[own] = before[own]
    equal_bytes(after[end:], before[end:], _("the memory after bss_end, where a module may lie"))
    equal_bytes(after, before, _("the memory outside of .bss and of the stack"))


@check(2, _("Should kernel_main return, the processor stops"), read="exercise-2",
       why=_("Behind the last instruction there is no end, only whatever bytes come next."))
def test_return(entered: Machine) -> None:
    registers = to_kernel_main(entered)
    back = entered.ram.u32(registers["esp"])
    entered.debugger.set_registers(eip=back, esp=registers["esp"] + 4)
    entered.debugger.go()
    try:
        entered.qemu.wait(lambda: False, 1.0)
    except Ended as ended:
        equal(ended.kind, "halt", _("how the machine ends"))
