"""Exercise 1: from one stack to another."""

import random

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.mspace_memory import Memory
from miroir.pagetables import PAGE_SIZE
from miroir.processes import LIMIT, STACK_SIZE, Processes

NAME = "a name of more "  # what is left of it


@check(4, _("A switch keeps what a C function must keep"), read="exercise-1",
       why=_("The compiler relies on EBX, ESI, EDI and EBP being the same after a call. A switch "
             "is a call that others run in the middle of."))
def test_registers(processes: Processes, rng: random.Random) -> None:
    equal(processes.machine.call(f"context_switch {rng.getrandbits(31):#x} 5"), [0],
          _("registers of the four that changed, in five switches"))
    equal(processes.machine.call("context_prepare"), [0, 0, 0, 0, 63],
          _("on a new stack: the four registers, and the word that is kept"))
    processes.do(*["thread_yield 3"] * 3, *["process_wait"] * 3)
    equal(len(processes.machine.call("thread_log")) // 2, 9, _("yields that came back"))


@check(4, _("A new thread: its argument, its stack with nothing below, interrupts off; its end"),
       read="exercise-1",
       why=_("A new stack must look as if its owner had once called context_switch(). Below it "
             "lies a page that is not there: an overflow shall be a fault, not a silent write."))
def test_start(processes: Processes, rng: random.Random) -> None:
    processes.do("thread_start 1", "process_wait", "thread_log")
    free, value = processes.free(), rng.getrandbits(32)
    answers = processes.do(f"thread_start {value:#x}", "processes")
    pid, listed = answers[0].value, answers[1].values
    equal(listed[-4:], [pid, 0, "ready", NAME], _("the last process: pid, parent, state, name"))
    processes.idle(2)
    thread, boot = processes[pid], processes[0]
    equal(processes.state(pid), "zombie", _("its state"))
    equal(hexa(thread.parent), hexa(boot.address), _("its parent"))
    kernel = Memory(processes.machine).kernel
    present = [kernel.leaf(thread.stack + place) is not None
               for place in range(-PAGE_SIZE, STACK_SIZE, PAGE_SIZE)]
    equal(present, [False, True, True], _("pages present, below its stack and in it"))
    equal(processes.wait(pid), 0, _("its status"))
    log = processes.machine.call("thread_log")
    equal(log[0:2] + log[4:6], [pid, value, pid, 0],
          _("pid and argument; pid and whether interrupts are on"))
    true(thread.stack <= int(log[3]) < thread.stack_end, _("it ran on its own stack"),
         hexa(int(log[3])))
    equal(processes.start("thread_start 0"), pid + 1, _("the next pid"))
    equal(processes.wait(), 0, _("its status"))
    equal(processes.free(), free, _("free frames at the end"))
    crash = processes.machine.dies("thread_overflow; process_wait")
    true("double fault" in str(crash), _("an overflow of a kernel stack is a double fault"),
         str(crash))


@check(2, _("Too many processes, or no memory: refused, and nothing is lost"), read="exercise-1",
       why=_("A process that cannot be made is an answer, EAGAIN or ENOMEM, not the kernel's end."))
def test_refused(processes: Processes) -> None:
    free, pids = 0, [processes.start("thread_yield 1")]
    processes.wait()
    for _turn in range(4):  # the first ones make the caches as large as they get
        free = processes.free()
        processes.do("frames_hoard 1")
        answers = processes.run(["thread_yield 1"] * 60)
        pids += [answer.value for answer in answers if not answer.error]
        errors = {answer.error for answer in answers}
        equal(sorted(errors - {""}), ["ENOMEM"], _("errors with one free frame"))
        while not processes.machine.error("process_wait"):
            pass
        processes.do("frames_release")
    equal(processes.free(), free, _("free frames at the end"))
    answers = processes.run(["thread_yield 1"] * LIMIT)
    equal([answer.error for answer in answers], [""] * (LIMIT - 1) + ["EAGAIN"],
          _("errors of {count} threads").format(count=LIMIT))
    pids += [answer.value for answer in answers[:-1]]
    equal(pids, [*range(pids[0], pids[0] + len(pids))], _("pids of all that were made"))
    processes.idle(2)
    equal([processes.state(pids[-1]), processes.machine.error("thread_yield 1")],
          ["zombie", "EAGAIN"], _("state of the last, and the error when all are zombies"))
    equal(processes.machine.error(f"scheduler_tick {pids[-1]} 0"), "",
          _("error of process_find() for a zombie"))
