"""Exercise 10: bad ends."""

import random
from collections.abc import Callable

from miroir.check import check, equal, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.processes import (DATA, FORK, KILLED, LOOP, PAGE_FAULT, SLEEP, WAIT, Processes,
                              count_at, equal_status, in_child, store, syscall)

Boot = Callable[..., Machine]
DIVIDE, INVALID, PROTECTION = 0, 6, 13
CRIMES = {
    "null": (PAGE_FAULT, "read_null"), "write-null": (PAGE_FAULT, "write_null"),
    "kernel": (PAGE_FAULT, "read_kernel"), "write-kernel": (PAGE_FAULT, "write_kernel"),
    "mirror": (PAGE_FAULT, "write_mirror"), "code": (PAGE_FAULT, "write_code"),
    "stack": (PAGE_FAULT, "descend"), "divide": (DIVIDE, "divide"),
    "privileged": (PROTECTION, "privileged"), "port": (PROTECTION, "port"),
    "invalid": (INVALID, "invalid"), "jump": (PAGE_FAULT, ""),
    "interrupt": (PROTECTION, "interrupt")}

# What a report says of them.
ADDRESSES = {"null": "read of 0x00000000", "write-null": "write to 0x00000000",
             "kernel": "read of 0x00100000", "write-kernel": "write to 0x00100000",
             "mirror": "write to 0xfffff000", "jump": "read of 0x30000000"}


@check(3, _("Each crime ends the one who commits it: reported, its status kept, its memory back"),
       read="exercise-10",
       why=_("A program can do what it likes to itself. The others, and the kernel, must not even "
             "notice."))
def test_crimes(boot: Boot) -> None:
    processes = Processes(boot(modules=["crime"]))
    other = processes.raw(count_at(DATA))
    processes.run_program("crime null")
    free = processes.free()
    for crime, (vector, function) in CRIMES.items():
        processes.machine.console.clear()
        pid = processes.start(f"process_run crime {crime}")
        equal_status(processes.wait(pid), KILLED | vector,
                     _("status of `crime {which}`").format(which=crime))
        said = [line for line in processes.machine.console.text.splitlines()
                if "killed" in line or "Fault" in line]
        equal(len(said), 1, _("lines on the console that say so"))
        address = ADDRESSES.get(crime, "")
        true(address in said[0], _("`{text}` in that line").format(text=address), said[0])
        true(said[0].startswith(f"pid {pid} (crime): killed: ") and function in said[0],
             _("`{start}` in that line, and `{function}`").format(
                 start=f"pid {pid} (crime): killed: ", function=function), said[0])
    equal(processes.free(), free, _("free frames at the end"))
    before = processes.words(other, DATA, 1)
    processes.idle(3)
    true(processes.words(other, DATA, 1) > before, _("another program goes on"))


@check(2, _("process_kill(): whatever a process is doing"), read="exercise-10",
       why=_("It may be in the run queue, asleep, waiting, or dead already: what it was in must "
             "forget it."))
def test_kill(processes: Processes) -> None:
    free = 0
    for turn in range(2):  # the first one makes the caches as large as they get
        free = processes.free()
        loop, asleep, forked = (processes.raw(code) for code in (
            LOOP, syscall(SLEEP, 1000000), syscall(FORK) + LOOP))
        waiting = processes.raw(in_child(LOOP, syscall(WAIT, 0)) + store(DATA) + processes.done()
                                + LOOP)
        blocked = processes.start("thread_block 1")
        processes.idle(3)
        child, other = processes.child_of(waiting), processes.child_of(forked)
        processes.do(f"process_kill {child}")
        equal(processes.finished(waiting, 1), [child],
              _("what wait() in the parent of one returns"))
        pids = [loop, asleep, forked, other, waiting, blocked]
        processes.do("process_watch 1", *(f"process_kill {pid} {pid % 32}" for pid in pids),
                     "process_watch 0")
        equal(processes.machine.call("thread_log")[1::2],
              [word for pid in pids for word in (pid, pid == blocked)],
              _("calls of `process_end_hook`: pid, and whether its space was gone by then"))
        equal([processes.state(pid) for pid in pids], ["zombie"] * 6, _("their states"))
        equal([pid for pid in pids if not processes.is_empty(pid)], [],
              _("those who still have a space, a program or files"))
        equal(processes.queue("run_queue") + processes.queue("sleepers"), [],
              _("pids in the queues"))
        equal([processes.machine.error(f"process_kill {pid}") for pid in (loop, 0, 9999)],
              ["ENOENT", "EPERM", "ENOENT"], _("errors: again, the boot thread, nobody"))
        for pid in pids:
            equal_status(processes.wait(pid), KILLED | pid % 32, _("status"))
    equal(processes.free(), free, _("free frames at the end"))


@check(1, _("An exception of the kernel itself is a panic, as before"), read="exercise-10",
       why=_("There is nobody to blame but the kernel, and going on would hide it."))
def test_kernel(processes: Processes) -> None:
    processes.do("thread_yield 1", "process_wait")
    crash = processes.machine.dies("kernel_invalid")
    equal(crash.kind, "panic", _("how it ends"))
    true("invalid opcode" in str(crash), _("the report names the exception"), str(crash))


@check(3, _("Thousands of random system calls, by several programs at once: nobody else is "
            "touched"),
       read="exercise-10",
       why=_("Whatever a program says, the kernel has an answer. The same fuzzer makes a million "
             "calls in the kit's own tests."))
def test_fuzz(boot: Boot, rng: random.Random) -> None:
    processes = Processes(boot(ram=16, modules=["fuzz", "echo"]))
    processes.machine.monitor("log none")
    for calls, seed in ((3000, rng.getrandbits(31)), (20000, rng.getrandbits(31))):
        free = processes.free()
        processes.machine.console.clear()
        status = processes.run_program(f"fuzz {calls} {seed}", 30.0)
        equal_status(status, 0, _("status of `fuzz {count} {seed}`").format(count=calls, seed=seed))
        true("intact\n" in processes.machine.console.text, _("memory of its parent: intact"),
             processes.machine.console.text[-200:])
    while not any(answer.error for answer in processes.run(["process_wait"] * 100)):
        pass  # orphans: there is no `init`
    equal(sorted(processes.all()), [0], _("pids at the end"))
    true(free - processes.free() <= 8, _("free frames at the end: as at the start, or nearly"),
         free - processes.free())
