"""Exercise 3: paging is on, as the processor's registers say."""

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.pagetables import PRESENT, WRITE, Paged

CR0_PROTECTION, CR0_WRITE_PROTECT, CR0_PAGING = 1 << 0, 1 << 16, 1 << 31


@check(3, _("Paging is on, with the directory that was built"), read="exercise-3",
       why=_("CR3 holds a physical address: it is what the processor starts every walk from."))
def test_paging_on(machine: Machine) -> None:
    registers = machine.registers()
    true(registers.cr0 & CR0_PAGING, _("CR0 has bit 31 (PG)"), got=hexa(registers.cr0))
    true(registers.cr0 & CR0_PROTECTION, _("CR0 has bit 0 (PE)"), got=hexa(registers.cr0))
    equal(hexa(registers.cr3), hexa(machine.ram.u32(machine.symbol("kernel_directory"))), "CR3")


@check(3, _("The kernel itself cannot write to read-only pages"), read="exercise-3",
       why=_("Without CR0.WP ring 0 ignores the flag WRITE: copy on write would never notice that "
             "the kernel writes to a page on behalf of a program."))
def test_write_protect(paged: Paged, equal_fault) -> None:
    registers = paged.machine.registers()
    true(registers.cr0 & CR0_WRITE_PROTECT, _("CR0 has bit 16 (WP)"), got=hexa(registers.cr0))
    code = paged.machine.symbol("kernel_start")
    before = paged.ram.u32(code)
    equal_fault(paged.touch(code), None, _("error code when the kernel reads its code"))
    equal_fault(paged.touch(code, ~before & 0xFFFFFFFF), PRESENT | WRITE,
                _("error code when the kernel writes to its code"))
    equal(paged.ram.u32(code), before, _("what is there afterwards"))
