"""Exercise 5: system calls."""

import random
from errno import EBADF, ENOSYS

from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.processes import (CLOSE, CODE, DATA, EXIT, GETPID, LOOP, SLEEP, YIELD, Processes, calls,
                              equal_status, load, put, syscall)

ARGUMENTS = ("ebx", "ecx", "edx", "esi", "edi")
MARK = 0x5A5A5A5A  # what syscall_watch makes of a number
FLAG = DATA + 0xF00


@check(3, _("A call: number and arguments go in, the result comes out, nothing else changes"),
       read="exercise-5",
       why=_("The registers are all that ring 3 and the kernel agree on. A program counts on those "
             "that it did not hand over."))
def test_gate(processes: Processes, rng: random.Random) -> None:
    processes.do("syscall_watch 1")
    number, *arguments = (rng.getrandbits(32) for _unused in range(6))
    others = rng.getrandbits(32)
    pid = processes.raw(load("ebp", others) + syscall(number, *arguments) + LOOP)
    found = processes.registers_of(pid, lambda registers: registers.eip > CODE + 35)
    equal([hexa(int(v)) for v in processes.machine.call("syscall_watch 0")],
          [hexa(number), *map(hexa, arguments)], _("number and arguments that came in"))
    equal(hexa(found.eax), hexa(number ^ MARK), _("EAX afterwards: the result"))
    equal([hexa(getattr(found, name)) for name in (*ARGUMENTS, "ebp")],
          [*map(hexa, arguments), hexa(others)], _("the other registers afterwards"))


@check(2, _("A number that is no call: ENOSYS, whatever it is"), read="exercise-5",
       why=_("The number is an index that comes from ring 3: checked on both sides, before."))
def test_unknown(processes: Processes, rng: random.Random) -> None:
    numbers = [0, 17, 18, 255, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x40000001, 0x80000006,
               0xC0000006,                rng.randrange(20, 1 << 32)]
    results = processes.results(calls(*((number,) for number in numbers)), len(numbers))
    equal(list(zip(map(hexa, numbers), results)), [(hexa(n), -ENOSYS) for n in numbers],
          _("results, by number"))


@check(3, _("getpid, yield, sleep, close and exit"), read="exercise-5",
       why=_("The first five sentences of a conversation between a program and the kernel."))
def test_simple(processes: Processes, rng: random.Random) -> None:
    code = rng.randrange(256)
    rows = [(GETPID,), (YIELD,), (SLEEP, 0), (SLEEP, 15), (CLOSE, 9), (CLOSE, 1), (CLOSE, 1),
            (CLOSE, 0xFFFFFFFF)]
    pid = processes.raw(put(FLAG, 0) + calls(*rows) + processes.done() + processes.until(FLAG)
                        + syscall(EXIT, 0xABCD00 | code))
    equal(processes.finished(pid, len(rows)), [pid, 0, 0, 0, -EBADF, 0, -EBADF, -EBADF],
          _("results"))
    equal(hexa(processes[pid].files[1]), hexa(0), _("file 1 of the process"))
    processes.poke(pid, FLAG, 1)
    equal_status(processes.wait(pid), code, _("its status"))
    for milliseconds, ticks in ((12341, 1235), (0xFFFFFFFF, 429496730)):
        sleeps = syscall(SLEEP, milliseconds)
        processes.ram.write(processes.machine.scratch, sleeps)
        equal(processes.ticks_of_sleep(
            f"process_raw {processes.machine.scratch:#x} {len(sleeps)}", "others_run 1"), ticks,
            _("ticks that a sleep of {count} ms takes").format(count=milliseconds))
