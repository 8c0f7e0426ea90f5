"""A process that is used again is like one that was started for the purpose."""

from collections.abc import Iterator

import pytest
from conftest import Workshop

from miroir.crash import KernelDied
from miroir.machine import Machine
from miroir.spares import Spares
from miroir.stages import find

HIGH = 0x1800000  # no kernel uses it
RETURN, BREAKPOINT = b"\xC3", b"\xCC"  # instructions


@pytest.fixture(name="spares")
def spares_fixture() -> Iterator[Spares]:
    spares = Spares()
    yield spares
    spares.close()


def booted(workshop: Workshop, spares: Spares | None) -> Machine:
    return Machine(workshop.reference(find("11")), disk=4, append="colour=3", spares=spares)


def looked_at(machine: Machine) -> list:
    """What a machine that has just booted is like: RAM, of which nothing but the kernel's own
    depends on the clock; disk; what was printed; what is answered."""
    assert machine.qemu.disk
    return [machine.ram.read(0, 0xE0000), machine.ram.read(HIGH, 1 << 20),
            machine.qemu.disk.read(0, 4 << 20), machine.console.text,
            machine.call("areas_free_pages"), machine.registers().cr3]


def is_kept(workshop: Workshop, spares: Spares, machine: Machine) -> bool:
    """Ends MACHINE; returns whether the next one has the same process."""
    before = machine.qemu
    machine.close()
    after = booted(workshop, spares)
    same = after.qemu is before
    after.close()
    return same


def test_renewed_is_as_new(workshop: Workshop, spares: Spares) -> None:
    new = booted(workshop, None)
    expected = looked_at(new)
    new.close()
    processes = []
    for number in range(3):
        machine = booted(workshop, spares)
        processes.append(machine.qemu)
        assert looked_at(machine) == expected
        for place in (0x8000, HIGH):
            machine.ram.write(place, b"number %d" % number)
        machine.out8(0x21, 0xFF)
        machine.close()
    assert processes[0] is processes[1] is processes[2]


def test_one_that_went_on_is_kept(workshop: Workshop, spares: Spares) -> None:
    booted(workshop, spares).close()
    machine = booted(workshop, spares)
    machine.go(0.01)
    assert is_kept(workshop, spares, machine)


def test_one_that_may_be_different_is_not(workshop: Workshop, spares: Spares) -> None:
    booted(workshop, spares).close()
    machine = booted(workshop, spares)
    machine.console.send(b"half a li")
    assert not is_kept(workshop, spares, machine)
    machine = booted(workshop, spares)
    machine.monitor("log none")
    assert not is_kept(workshop, spares, machine)
    machine = booted(workshop, spares)
    machine.start("spin 0x7fffffffffffffff")
    assert not is_kept(workshop, spares, machine)
    machine = booted(workshop, spares)
    with pytest.raises(KernelDied):
        machine.call("read32 0")
    assert not is_kept(workshop, spares, machine)


def test_no_code_of_before_is_run(workshop: Workshop, spares: Spares) -> None:
    """QEMU keeps what it has translated of the guest's code. A renewed machine must not run that,
    even where the code was changed from outside, which QEMU does not see."""
    booted(workshop, spares).close()
    machine = booted(workshop, spares)
    place = machine.scratch
    machine.ram.write(place, RETURN)
    machine.call(f"page_jump {place:#x}")
    before = machine.qemu
    machine.close()
    machine = booted(workshop, spares)
    assert machine.qemu is before
    machine.ram.write(place, BREAKPOINT)
    machine.dies(f"page_jump {place:#x}")
    machine.close()
