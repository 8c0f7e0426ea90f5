"""A process that is used again is like one that was started for the purpose."""

from collections.abc import Iterator

import pytest
from conftest import Workshop

from miroir.crash import KernelDied
from miroir.machine import Machine
from miroir.spares import Spares
from miroir.stages import find

HIGH = 0x1800000  # no kernel uses it


@pytest.fixture(name="spares")
def spares_fixture() -> Iterator[Spares]:
    spares = Spares()
    yield spares
    spares.close()


def booted(workshop: Workshop, spares: Spares) -> Machine:
    return Machine(workshop.reference(find("11")), disk=4, append="colour=3", spares=spares)


def is_kept(workshop: Workshop, spares: Spares, machine: Machine) -> bool:
    """Ends MACHINE; returns whether the next one has the same process."""
    before = machine.qemu
    machine.close()
    after = booted(workshop, spares)
    same = after.qemu is before
    after.close()
    return same


def test_renewed_is_as_new(workshop: Workshop, spares: Spares) -> None:
    """Guest RAM in every byte, but for the clock's; disk; what was printed; what is answered."""
    seen = []
    for number in range(4):
        machine = booted(workshop, spares)
        assert machine.qemu.disk
        seen.append((machine.qemu, machine.ram.read(0, 0xE0000), machine.ram.read(HIGH, 1 << 20),
                     machine.qemu.disk.read(0, 4 << 20), machine.console.text,
                     machine.call("areas_free_pages"), machine.registers().cr3))
        machine.ram.write(HIGH, b"number %d" % number)
        machine.ram.write(0x8000, b"number %d" % number)
        machine.out8(0x21, 0xFF)
        machine.close()
    assert seen[2][0] is seen[1][0] and seen[3][0] is seen[1][0]
    assert seen[0][1:] == seen[1][1:] == seen[2][1:] == seen[3][1:]


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
