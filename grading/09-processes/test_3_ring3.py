"""Exercise 3: ring 3, and back."""

import random

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.processes import (CODE, DATA, LOOP, USER_CS, USER_DS, USER_STACK, Processes, count_at,
                              load)

LOOKS = 200
INTERRUPTS, PRIVILEGE = 0x200, 0x3000  # in EFLAGS


@check(4, _("A program runs in ring 3: selectors, flags, stack, address space"), read="exercise-3",
       why=_("The way into ring 3 is a return from a trap that never was. What the frame does not "
             "say, the program finds as the kernel left it."))
def test_ring3(processes: Processes) -> None:
    pid = processes.raw(LOOP)
    found, process = processes.registers_of(pid), processes[pid]
    equal(hexa(found.eip), hexa(CODE), _("EIP"))
    equal(hexa(found.esp), hexa(USER_STACK), _("ESP"))
    equal([hexa(found.cs), hexa(found.ss)], [hexa(USER_CS), hexa(USER_DS)], _("CS and SS"))
    equal([found.ds, found.es, found.fs, found.gs], [USER_DS] * 4, _("DS, ES, FS and GS"))
    equal([found.eax, found.ebx, found.ecx, found.edx, found.esi, found.edi, found.ebp], [0] * 7,
          _("the other registers"))
    equal(found.eflags & (INTERRUPTS | PRIVILEGE), INTERRUPTS,
          _("EFLAGS: interrupts on, no right to ports"))
    equal(hexa(found.cr3), hexa(processes.directory_of(pid).address), _("CR3"))
    esp0 = processes.ram.u32(processes.machine.symbol("kernel_tss") + 4)
    equal(hexa(esp0), hexa(process.stack_end), _("esp0: the end of its kernel stack"))
    equal(processes.state(pid), "running", _("its state"))


@check(5, _("Programs that never stop share the processor, and keep their registers"),
       read="exercise-3",
       why=_("The clock takes the processor away from whoever has it. A program cannot tell that "
             "it was stopped, and cannot stop others."))
def test_preempt(processes: Processes, rng: random.Random) -> None:
    kept = [rng.getrandbits(32) for _unused in range(3)]
    pids = [processes.raw(load("esi", value) + count_at(DATA)) for value in kept]
    before = [processes.words(pid, DATA, 1)[0] for pid in pids]
    for _turn in range(LOOKS):
        processes.idle(1)
        counts = [processes.words(pid, DATA, 1)[0] for pid in pids]
        if all(now > then for now, then in zip(counts, before)):
            break
    true(all(now > then for now, then in zip(counts, before)), _("all of them go on"),
         [now - then for now, then in zip(counts, before)])
    for pid, value in zip(pids, kept):
        equal(hexa(processes.registers_of(pid).esi), hexa(value), _("ESI of each"))
