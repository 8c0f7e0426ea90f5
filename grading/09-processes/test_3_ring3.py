"""Exercise 3: ring 3, and back."""

import random

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.processes import (CODE, DATA, LOOP, USER_CS, USER_DS, USER_STACK, Processes, count_at,
                              load)

LOOKS = 200
FLAGS = 0x202  # EFLAGS: interrupts on, and bit 1, which always is
FROM_RING_3, TICK = 1, 2  # what thread_interrupt is told


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
    equal(hexa(found.eflags), hexa(FLAGS), _("EFLAGS: interrupts on, and nothing else"))
    equal(hexa(found.cr3), hexa(processes.directory_of(pid).address), _("CR3"))
    esp0 = processes.ram.u32(processes.machine.symbol("kernel_tss") + 4)
    equal(hexa(esp0), hexa(process.stack_end), _("esp0: the end of its kernel stack"))
    equal(processes.state(pid), "running", _("its state"))
    processes.idle(1)
    equal(hexa(processes.ram.u32(processes.machine.symbol("mspace_current"))),
          hexa(processes[0].mspace), _("the space in use, when the boot thread runs again"))


@check(5, _("Programs that never stop share the processor, and keep their registers"),
       read="exercise-3",
       why=_("The clock takes the processor away from whoever has it. A program cannot tell that "
             "it was stopped, and cannot stop others."))
def test_preempt(processes: Processes, rng: random.Random) -> None:
    expect_interrupt(processes, 0, ["it", "it", "other"], 0)
    expect_interrupt(processes, TICK, ["it", "it", "other"], 0)
    expect_interrupt(processes, FROM_RING_3, ["it"], 0)
    expect_interrupt(processes, FROM_RING_3 | TICK, ["it", "other"], 1)
    kept = [rng.getrandbits(32) for _unused in range(3)]
    pids = [processes.raw(load("esi", value) + count_at(DATA)) for value in kept]
    before = counts(processes, pids)
    for _turn in range(LOOKS):
        processes.idle(1)
        gone_on = [now - then for now, then in zip(counts(processes, pids), before)]
        if all(gone_on):
            break
    true(all(gone_on), _("all of them go on"), gone_on)
    for pid, value in zip(pids, kept):
        equal(hexa(processes.registers_of(pid).esi), hexa(value), _("ESI of each"))
    processes.wait(processes.start("thread_sleep 1"))  # nobody is idle: it is woken in ring 3


def counts(processes: Processes, pids: list[int]) -> list[int]:
    """Returns how far each of PIDS has counted, whether or not it has begun."""
    return [processes.words(pid, DATA, 1)[0] if processes.has_page(pid, DATA) else 0
            for pid in pids]


def expect_interrupt(processes: Processes, how: int, notes: list[str], calls: int) -> None:
    """Has an interrupt come while a thread runs, and another one is ready."""
    before, thread, other, _ran, log, after = processes.do(
        "scheduler_watch 1", f"thread_interrupt {how}", "thread_yield 1", "others_run 1",
        "thread_log", "scheduler_watch 0")
    names = {thread.value: "it", other.value: "other"}
    where = _("in ring 3") if how & FROM_RING_3 else _("in ring 0")
    what = _("a tick") if how & TICK else _("a device")
    equal([names.get(pid) for pid in log.values[::2]], notes,
          _("who runs until it is process 0's turn, after an interrupt of {what} {where}").format(
              what=what, where=where))
    equal(after.value - before.value, calls, _("calls of `scheduler_on_tick`"))
    processes.do(*["process_wait"] * 2, "thread_log")
