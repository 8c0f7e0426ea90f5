"""Exercise 2: who runs next."""

import random

from miroir.check import check, equal, true
from miroir.i18n import _
from miroir.mspace_memory import Memory
from miroir.processes import WAKE_PLACE, Processes

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
    equal(processes.do("thread_yield 2", "scheduler_changes")[1].values, [0, 0],
          _("changes of whether interrupts are on, by scheduler_yield() and by scheduler_idle()"))


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
def test_sleep(processes: Processes, rng: random.Random) -> None:
    pids = [answer.value for answer in processes.do(*(f"thread_sleep {n}" for n in (4, 2, 0)))]
    processes.do(*["process_wait"] * 3)
    log = processes.machine.call("thread_log")
    equal(log[::2], pids[::-1], _("who woke first"))
    true(all(int(got) >= n for got, n in zip(log[1::2], (0, 2, 4))), _("ticks slept: 0, 2, 4"),
         log[1::2])
    ticks = rng.randrange(1000, 1 << 30)
    equal(processes.ticks_of_sleep(f"thread_sleep {ticks}", "others_run 1"), ticks,
          _("ticks from the call of scheduler_sleep() to `wake_tick`"))
    pids = [answer.value for answer in processes.do("thread_sleep 0", "thread_yield 1")]
    processes.idle(2)
    equal(processes.machine.call("thread_log")[::2], pids[::-1],
          _("who was first: one that slept for 0 ticks, or the next in the queue"))


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
    first, late = (processes.start("thread_sleep 1000000") for _unused in range(2))
    processes.idle(2)
    sleeper = processes[first]
    Memory(processes.machine).write(sleeper.address + WAKE_PLACE, sleeper.wake_tick - 1000000)
    answer = processes.do(f"scheduler_tick {late} 0xffffff00", "processes")[1].values
    equal([answer[answer.index(pid) + 2] for pid in (first, late)], ["ready"] * 2,
          _("states of two that are late, one by 256 ticks"))


@check(2, _("With nothing to do the processor is halted; an interrupt wakes it"),
       read="exercise-2",
       why=_("A kernel that waits in a loop keeps the processor as hot as one that computes. But "
             "an interrupt between the last look and the halt must not be slept through."))
def test_idle(processes: Processes) -> None:
    machine = processes.machine
    pid, _idle, log = processes.do("thread_yield 1", "scheduler_idle 1", "thread_log")
    equal(log.values, [pid.value, 0], _("what a thread did meanwhile, when there is one"))
    processes.wait(pid.value)
    count = machine.symbol("scheduler_interrupts")
    # Numbers so far apart that the interrupts that do come never lead from one to the next.
    true(any(not machine.run(f"write32 {count:#x} {n << 16:#x}; scheduler_idle 1")[1].value
             for n in range(1, LOOKS)),
         _("an interrupt that came before is not slept through: no tick passes"))
    waited = [machine.run(f"write32 {count:#x} {n << 16:#x}; thread_yield 1; scheduler_idle 3; "
                          "process_wait")[2].value for n in range(LOOKS, LOOKS + 3)]
    true(any(waited), _("one that came before others had their turn is over: then a tick passes"),
         waited)
    processes.do("thread_sleep 1000000", "scheduler_idle 2")
    machine.go(0.01)
    true(any("HLT=1" in machine.monitor("info registers") for _unused in range(LOOKS)),
         _("the processor is found halted"))
    before, _on, _idle, after, calls = processes.do(
        f"read32 {count:#x}", "scheduler_watch 1", "scheduler_idle 6", f"read32 {count:#x}",
        "scheduler_watch 0")
    true(after.value - before.value >= 5,
         _("of six calls, five at least have waited for an interrupt each"),
         after.value - before.value)
    true(calls.value > 0, _("`scheduler_on_tick` was called by then"), calls.value)
