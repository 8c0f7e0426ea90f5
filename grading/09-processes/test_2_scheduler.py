"""Exercise 2: who runs next."""

import random

from miroir.check import check, equal, true
from miroir.i18n import _
from miroir.processes import Processes

LOOKS = 100  # at a processor that shall be found at rest


@check(3, _("Round robin: first come, first served"), read="exercise-2",
       why=_("Whoever yields goes to the end of the queue: so nobody waits longer than one turn of "
             "each of the others."))
def test_round_robin(processes: Processes, rng: random.Random) -> None:
    times = [rng.randrange(2, 6) for _unused in range(3)]
    pids = [answer.value for answer in processes.do(*(f"thread_yield {n}" for n in times))]
    processes.do(*["process_wait"] * 3)
    log = processes.machine.call("thread_log")
    expected = [(pid, turn) for turn in range(max(times))
                for pid, count in zip(pids, times) if turn < count]
    equal(list(zip(log[::2], log[1::2])), expected, _("turns of the threads: pid and number"))


@check(3, _("Who blocks is in one queue, until it is woken"), read="exercise-2",
       why=_("A blocked process costs nothing: it is not looked at until what it waits for has "
             "happened."))
def test_block(processes: Processes) -> None:
    pids = [answer.value for answer in processes.do(*(f"thread_block {n}" for n in range(3)))]
    processes.idle(2)
    equal([processes.state(pid) for pid in pids], ["blocked"] * 3, _("their states"))
    equal(processes.queue("run_queue"), [], _("pids in `run_queue`"))
    equal(processes.machine.call("thread_log"), [], _("what they have done"))
    answers = processes.do("thread_wake", "processes")[1].values
    equal([answers[answers.index(pid) + 2] for pid in pids], ["ready"] * 3, _("their states"))
    processes.do(*["process_wait"] * 3)
    log = processes.machine.call("thread_log")
    equal(log, [word for n, pid in enumerate(pids) for word in (pid, n)],
          _("who went on, in which order"))


@check(2, _("Sleep: not before its time, and the shorter one first"), read="exercise-2",
       why=_("A sleeper waits for the clock without ever asking for the time."))
def test_sleep(processes: Processes) -> None:
    pids = [answer.value for answer in processes.do(*(f"thread_sleep {n}" for n in (4, 2, 0)))]
    processes.do(*["process_wait"] * 3)
    log = processes.machine.call("thread_log")
    equal(log[::2], pids[::-1], _("who woke first"))
    true(all(int(got) >= n for got, n in zip(log[1::2], (0, 2, 4))), _("ticks slept: 0, 2, 4"),
         log[1::2])


@check(2, _("A tick wakes those whose time has come, even when the clock goes round"),
       read="exercise-2",
       why=_("The count of ticks starts again at 0 after 497 days. Differences stay right; "
             "comparisons do not."))
def test_tick(processes: Processes) -> None:
    pid = processes.start("thread_sleep 1000000")
    processes.idle(2)
    for wake, state in ((1000, "blocked"), (0x7FFF0000, "blocked"), (0, "ready")):
        answer = processes.do(f"scheduler_tick {pid} {wake:#x}", "processes")[1].values
        equal(answer[answer.index(pid) + 2], state,
              _("state of a sleeper that wakes in {count} ticks").format(count=wake))
    processes.wait(pid)
    late = processes.start("thread_sleep 1000000")
    processes.idle(2)
    answer = processes.do(f"scheduler_tick {late} 0xffffff00", "processes")[1].values
    equal(answer[answer.index(late) + 2], "ready", _("state of one that is 256 ticks late"))


@check(2, _("With nothing to do the processor is halted; an interrupt wakes it"),
       read="exercise-2",
       why=_("A kernel that waits in a loop keeps the processor as hot as one that computes. But "
             "an interrupt between the last look and the halt must not be slept through."))
def test_idle(processes: Processes) -> None:
    machine = processes.machine
    pid, _idle, log = processes.do("thread_yield 1", "scheduler_idle 1", "thread_log")
    equal(log.values, [pid.value, 0], _("what a thread did meanwhile, when there is one"))
    processes.wait(pid.value)
    processes.do("thread_sleep 1000000", "scheduler_idle 2")
    machine.go(0.01)
    true(any("HLT=1" in machine.monitor("info registers") for _unused in range(LOOKS)),
         _("the processor is found halted"))
    count = machine.symbol("scheduler_interrupts")
    before, _idle, after = processes.do(f"read32 {count:#x}", "scheduler_idle 6",
                                        f"read32 {count:#x}")
    true(after.value - before.value >= 5,
         _("of six calls, five at least have waited for an interrupt each"),
         after.value - before.value)
