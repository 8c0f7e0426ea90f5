"""Exercise 7: every action is a request."""

import random

import pytest

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspace_memory import Memory, Space, read_space
from miroir.mspaces import ANON, RW
from miroir.processes import (BRK, CLOSE, EXEC, EXIT, FORK, GETPID, MMAP, MPROTECT, MUNMAP, OPEN,
                              READ, SHM_OPEN, SLEEP, WAIT, WRITE, Processes)
from miroir.requests import (CHUNK_ALLOC, CHUNK_FREE, CHUNK_INFO, CONSOLE, FAULT, FOR_CALL,
                             FOR_DENIED, FOR_KERNEL, FOR_MISSING, FOR_TIME, MEMORY, PROCESSOR,
                             SLOTS, TEST, TICK, TIMER, VANISH, Entry, Log, Request, Trace, device)

CALL_ALLOC, CALL_FREE, CALL_INFO = 32, 33, 34
DEVICES = {WRITE: CONSOLE, READ: CONSOLE, OPEN: CONSOLE, CLOSE: CONSOLE, SLEEP: TIMER,
           **dict.fromkeys((MMAP, MUNMAP, MPROTECT, BRK, SHM_OPEN, CALL_ALLOC, CALL_FREE,
                            CALL_INFO), MEMORY)}
LONG = 10_000_000  # milliseconds that nobody sleeps to the end
WAKE_TICK = 44  # where a struct process has its wake_tick
HIGH = 0x90000000  # an address that is no error, though it is a negative number


@pytest.fixture
def users(boot) -> Machine:
    """A machine with programs, in which every action is a request."""
    return boot(modules=["chunk", "echo"])


def space_of(machine: Machine, pid: int) -> Space:
    return read_space(machine, Processes(machine)[pid].mspace)


def steps(trace: Trace, pid: int) -> list[Entry]:
    """Returns what PID has left in the trace; TRACE_DEVICE does not know whose it is."""
    return [entry for entry in trace.entries() if entry.sender == pid or entry.step == "device"]


def blocked(machine: Machine) -> int:
    """Returns how many processes are blocked."""
    return machine.call("processes")[2::4].count("blocked")


def wait_until_blocked(machine: Machine, count: int) -> None:
    """Lets processes run until COUNT of them are blocked; if that does not come, goes on."""
    for _unused in range(100):
        machine.call("others_run 1")
        if blocked(machine) >= count:
            return


def all_places_free(machine: Machine) -> None:
    """Fails unless the manager has room for as many requests as it has places."""
    test = device(TEST, 1)
    machine.run(f"device_register {test}")
    equal(machine.call(f"request_fill 0 {test} {SLOTS + 1}"), [SLOTS],
          _("places that nobody has kept"))
    machine.call("request_run")


@check(1, _("call_device(): who carries out which system call"), read="exercise-7",
       why=_("A call that exists for nobody still needs an answer: the processor's device says "
             "that there is no such call."))
def test_call_device(quiet: Machine) -> None:
    numbers = [*range(20), *range(28, 40), 255, 256 + MMAP, 0x10000 + WRITE, 0x80000000 + SLEEP,
               0xFFFFFFFF]
    answers = quiet.run("; ".join(f"call_device {number:#x}" for number in numbers))
    for number, answer in zip(numbers, answers):
        equal(answer.value, DEVICES.get(number, PROCESSOR), f"`{answer.command}`")


@check(3, _("The gates formulate the requests that they should, and bring the answer back"),
       read="exercise-7",
       why=_("Devices of the test in the place of the real ones show what is really sent."))
def test_gates(quiet: Machine, rng: random.Random) -> None:
    space = int(quiet.call("mspace_create")[0])
    quiet.call(f"mspace_map {space:#x} 0x400000 0x2000 0 0 0 {ANON | RW:#x}")
    answers = quiet.run(f"action_fault {space:#x} 0x500000 2; frames_hoard 0; "
                        f"action_fault {space:#x} 0x400000 2; frames_release; "
                        f"action_fault {space:#x} 0x400000 2")
    equal([answers[i].error for i in (0, 2, 4)], ["EFAULT", "ENOMEM", ""],
          _("errors of action_fault(): nothing is mapped there; no frame is left; all is well"))
    # A handler that never returns: what the kernel does from now on, it does for that one.
    request = Request(0, arguments=(0, 0, 0, VANISH))
    answers = quiet.run(f"device_register {request.device}; request_submit {request.words}; "
                        f"request_run; action_fault {space:#x} 0x500000 2; "
                        f"action_fault {space:#x} 0x401000 2; request_forget 0")
    equal([answer.error for answer in answers[3:5]], ["EFAULT", ""],
          _("errors of action_fault(), a handler being at work"))
    equal(len(read_space(quiet, space).directory.user_pages()), 2, _("pages present, after that"))
    places = [device(kind, 1) for kind in (MEMORY, CONSOLE, TIMER, PROCESSOR)]
    quiet.run("; ".join(f"device_remove {d}; device_register {d}" for d in places))
    log, expected = Log(quiet), []
    a, b, c, d, e = (rng.randrange(1, 1 << 31) for _unused in range(5))

    def call(number: int, request: Request, *arguments: int) -> None:
        given = " ".join(str(argument) for argument in arguments)
        equal(quiet.call(f"action_call {number} {given}"), [0], f"`action_call {number} {given}`")
        expected.append(request)

    for number in (WRITE, SLEEP, MMAP, SHM_OPEN, 999):
        kind = DEVICES.get(number, PROCESSOR)
        call(number, Request(0, device(kind, 1), kind << 8 | 1, FOR_CALL, 0,
                             (number, a, b, c, d, e)), a, b, c, d, e)
    ram = device(MEMORY, 1)
    call(CALL_ALLOC, Request(0, ram, CHUNK_ALLOC, FOR_CALL, 4567), 4567)
    call(CALL_FREE, Request(0, ram, CHUNK_FREE, FOR_CALL, 0, (a,)), a)
    for error, reason in ((0, FOR_MISSING), (6, FOR_MISSING), (7, FOR_DENIED), (1, FOR_DENIED)):
        quiet.call(f"action_fault {a:#x} {b:#x} {error}")
        expected.append(Request(0, ram, FAULT, reason, 1, (b, error, a)))
    quiet.run("request_context 5; action_tick; request_context")
    expected.append(Request(0, device(TIMER, 1), TICK, FOR_TIME, 1))
    equal(quiet.call(f"action_call {CALL_INFO} {a} 0x1000"), [0xFFFFFFF2],
          _("what chunk_info gives the program for a place that is not its own"))
    expected.append(Request(0, ram, CHUNK_INFO, FOR_CALL, 0, (a,)))
    got = log.requests()
    true(all(request.ticket for request in got), _("tickets that are not 0"))
    equal([str(r)[:str(r).rindex(" ")] for r in got],
          [str(r)[:str(r).rindex(" ")] for r in map(padded, expected)], _("requests handled"))
    equal(quiet.call(f"action_call {CALL_ALLOC} 0"), [0xFFFFFFEA],
          _("what the program gets for a request that is malformed"))
    quiet.run("; ".join(f"device_remove {d}" for d in places))
    trace = Trace(quiet)
    for number in (GETPID, MMAP, CALL_FREE):
        equal(quiet.call(f"action_call {number} 1"), [0xFFFFFFED],
              _("what the program gets from a device that is not there"))
    equal(quiet.error(f"action_fault {space:#x} 0x400000 2"), "ENODEV",
          _("the error of action_fault(), the device not being there"))
    asked = ["device", "allocator"]
    equal(trace.steps(), ["call"] + 2 * ["call", *asked] + asked, _("steps in the trace"))


@check(1, _("The result of a call: its status, its value, and no pages if there are fewer"),
       read="exercise-7",
       why=_("What the program gets is one number; the result has two, so that nobody else has to "
             "know which numbers are errors. Half of all addresses are negative, and none of "
             "those is."))
def test_call_handle(users: Machine) -> None:
    for kind, nature, need, arguments, expected in (
            (TIMER, TICK, 1, (), [0, 0, 0]),
            (PROCESSOR, PROCESSOR << 8 | 1, 0, (999,), [-38, 0xFFFFFFDA, 0]),
            (CONSOLE, CONSOLE << 8 | 1, 0, (CLOSE, 99), [-9, 0xFFFFFFF7, 0])):
        request = Request(0, device(kind, 1), nature, FOR_KERNEL, need, arguments)
        equal(users.call(f"request_perform {request.words}")[:3], expected,
              _("status, value and pages after `request_perform {words}`").format(
                  words=request.words))
    trace = Trace(users)
    pid, status = users.call(f"run chunk a 9000 w 0 m {HIGH:#x} u 4096")
    equal(status, 0, _("status of the program"))
    got = {e.argument: [e.status, e.value, e.pages] for e in trace.entries()
           if e.step == "result" and e.sender == pid and e.nature == MEMORY << 8 | 1}
    equal(got, {MMAP: [0, HIGH, 0], MUNMAP: [0, 0, 0]},
          _("status, value and pages of mmap and munmap"))


def padded(request: Request) -> Request:
    return Request(request.sender, request.device, request.nature, request.reason, request.need,
                   (*request.arguments, 0, 0, 0, 0, 0, 0)[:6], ticket=1)


@check(2, _("From the program to the frame and back: every step of the way"), read="exercise-7",
       why=_("User, system call, device, allocator, manager, handler, result: this is the way that "
             "the first document of this kit describes, line by line."))
def test_way(users: Machine, rng: random.Random) -> None:
    size = rng.randrange(1, 4000)
    trace = Trace(users)
    pid, status = users.call(f"run chunk a {size} f")
    equal(status, 0, _("status of the program"))
    entries = steps(trace, int(pid))
    for number, nature, need in ((CALL_ALLOC, CHUNK_ALLOC, size), (CALL_FREE, CHUNK_FREE, 0)):
        start = next((i for i, e in enumerate(entries)
                      if e.step == "call" and e.argument == number), len(entries))
        way = entries[start:start + 7]
        equal([e.step for e in way],
              ["call", "device", "allocator", "submit", "handler", "result", "fetch"],
              _("steps from system call {number} on").format(number=number))
        equal([(e.device, e.nature, e.need) for e in way],
              [(device(MEMORY, 1), MEMORY << 8 | 1, 0)] + [(device(MEMORY, 1), nature, need)] * 6,
              _("device, nature and need at each step"))
        ticket = way[3].ticket
        equal([(e.sender, e.ticket) for e in way],
              [(pid, 0), (0, 0), (pid, 0)] + [(pid, ticket)] * 4, _("sender and ticket"))
        result = way[-1]
        equal((way[-2].status, way[-2].value), (result.status, result.value),
              _("status and value of result and fetch"))
        if number == CALL_ALLOC:
            address = result.value
            equal((result.status, result.pages), (0, 1), _("status and pages"))
    text = users.console.text
    true(f"a {size}: {address:x}\n" in text and "f 0: 0\n" in text,
         _("the program prints what it was given, {address}").format(address=hexa(address)), text)


@check(2, _("Writing, sleeping, forking, ending: all of it is in the trace"), read="exercise-7",
       why=_("Without exception, says the document. Three of these wait in their handlers, and one "
             "never comes back."))
def test_every_call(users: Machine, rng: random.Random) -> None:
    word = f"w{rng.randrange(1 << 30):x}"
    trace = Trace(users)
    pid, status = users.call("run chunk s 20 k s 0")
    echo, _status = users.call(f"run echo {word}")
    equal(status, 0, _("status of the program"))
    calls = {}
    for entry in trace.entries():
        if entry.step in ("call", "handler", "result", "fetch") and entry.argument < 100:
            calls.setdefault((entry.sender, entry.argument), []).append(entry)
    # The clock's device leaves no trace, so that its ticks do not hide all else.
    kinds = {(pid, FORK): PROCESSOR, (pid, WAIT): PROCESSOR, (pid, SLEEP): TIMER,
             (pid, WRITE): CONSOLE, (echo, WRITE): CONSOLE, (pid, EXIT): PROCESSOR}
    for (who, number), kind in kinds.items():
        seen = [e for e in calls.get((who, number), []) if e.device == device(kind, 1)]
        wanted = ([] if kind == TIMER else ["call", "handler"] if number == EXIT
                  else ["call", "handler", "result", "fetch"])
        true(set(e.step for e in seen) == set(wanted),
             _("steps of call {number} of process {pid}: {steps}").format(
                 number=number, pid=who, steps=" ".join(wanted) or "-"),
             " ".join(e.step for e in seen))
    forked = [e for e in calls.get((pid, FORK), []) if e.step == "result"]
    true(forked and forked[0].value > pid, _("the child's pid is the value of fork's result"))
    true(word in users.console.text, _("the console shows what was written"))
    users.console.clear()
    # Who falls asleep first wakes up first, while the other one is still in its handler.
    users.run("process_run chunk s 20 a 1 f; process_run chunk s 40 a 1 f")
    users.run("process_wait; process_wait")
    equal(sorted(line for line in users.console.text.splitlines() if line[:1] in ("s", "f")),
          ["f 0: 0", "f 0: 0", "s 20: 0", "s 40: 0"], _("what two programs print that sleep"))
    all_places_free(users)


@check(4, _("No page of a process has a frame that did not come by a request"), read="exercise-7",
       why=_("The page tables, walked from outside, against the results in the trace: whatever is "
             "present and in no result came by a back door."))
def test_no_back_door(users: Machine, rng: random.Random) -> None:
    trace = Trace(users)
    touched = rng.sample(range(1, 12), 2)
    words = " ".join(f"w {page * 4096}" for page in touched)
    pid = int(users.call(f"process_run chunk a 60000 {words} s {LONG}")[0])
    other = int(users.call(f"process_run chunk a 9000 o 100 k w 1 s {LONG}")[0])
    anew = int(users.call(f"process_run chunk a 5000 w 0 e chunk s {LONG}")[0])
    users.console.wait_for("o 100: 64")
    wait_until_blocked(users, 4)
    entries = trace.entries()
    children = [e.value for e in entries
                if e.step == "result" and e.sender == other and e.argument == FORK]
    equal(len(children), 1, _("children"))
    child = children[0]
    won = {pid: 0, other: 0, child: 0, anew: 0}
    for entry in entries:
        if entry.step == "result" and entry.sender in won:
            forked = (entry.sender == other and entry.argument == FORK
                      and entry.nature == PROCESSOR << 8 | 1)
            if entry.argument == EXEC and entry.nature == PROCESSOR << 8 | 1:
                won[entry.sender] = 0  # what it had is gone
            won[child if forked else entry.sender] += entry.pages
    for who, count in won.items():
        present = len(space_of(users, who).directory.user_pages())
        equal(count, present, _("pages of process {pid} in results, and pages present in its page "
                                "tables").format(pid=who))
    faults = [e.argument for e in entries if e.step == "result" and e.nature == FAULT
              and e.sender == pid and e.pages]
    equal(len(set(faults)), len(faults), _("pages that faults have brought, each once"))


@check(2, _("Without the memory device no frame reaches a program any more"), read="exercise-7",
       why=_("If every page comes by a request to this device, then none comes when it is gone; "
             "and the program that needs one ends, not the kernel."))
def test_unplugged(users: Machine) -> None:
    trace = Trace(users)
    pid = int(users.call(f"process_run chunk a 60000 s 500 w 0 s {LONG}")[0])
    users.console.wait_for("a 60000")
    equal([e.step for e in steps(trace, pid) if e.nature == CHUNK_ALLOC][-1:], ["fetch"],
          _("the last step of its request for a chunk"))
    before = len(space_of(users, pid).directory.user_pages())
    users.call(f"device_remove {device(MEMORY, 1)}")
    trace = Trace(users)
    _pid, status = users.call(f"process_wait {pid}")
    equal(hex(int(status)), hex(0x10E), _("status of the program: ended by a page fault"))
    equal([e.pages for e in trace.entries() if e.pages], [], _("pages that have come"))
    true(before > 0, _("pages that it had before"))
    equal(users.call("action_call 6"), [0], _("getpid, as ever"))


@check(2, _("Chunks for programs: asked for, used, corrupted, given back; the owner alone"),
       read="exercise-7",
       why=_("What a fork copies is memory, not ownership: the child has the same bytes at the "
             "same address, and the chunk is still its parent's."))
def test_chunks(users: Machine, rng: random.Random) -> None:
    size = rng.randrange(1, 30000)
    pid, status = users.call(f"run chunk a {size} w {size - 1} i k f i")
    equal(status, 0, _("status of the program"))
    lines = [line for line in users.console.text.splitlines() if line[:2] in
             ("i ", "f ", "k ", "si")]
    # The child comes first: it may not; then the parent.
    expected = [f"size {size} corrupted 0", "i 0: 0", "k 0: 0", "f 0: ffffffff", "i 0: ffffffff",
                f"k 0: {int(pid) + 1:x}", "f 0: 0", "i 0: fffffffe"]
    equal(lines, expected, _("what the program prints"))
    users.console.clear()
    users.call(f"run chunk a {size} w {size} i f")
    lines = [line for line in users.console.text.splitlines() if line[:2] in ("i ", "f ", "si")]
    equal(lines, [f"size {size} corrupted 1", "i 0: 0", "f 0: 1"],
          _("what it prints when it has written one byte too many"))
    users.console.clear()
    users.call(f"run chunk a {size} e nobody 0 i")
    users.call(f"run chunk a {size} e chunk c 0x400000 i f")
    lines = [line for line in users.console.text.splitlines() if line[:2] in ("i ", "f ")]
    equal(lines, ["i 0: 0", "i 0: fffffffe", "f 0: fffffffe"],
          _("what it prints of its chunk after an exec that fails, and after one that does not"))
    owner, other = (int(users.call(f"process_run chunk s {LONG}")[0]) for _unused in range(2))
    wait_until_blocked(users, 2)
    request = Request(owner, device(MEMORY, 1), CHUNK_ALLOC, FOR_KERNEL, size)
    status, chunk = users.call(f"request_perform {request.words}")[:2]
    equal([status, users.call(f"chunk_info {owner} {chunk:#x}")], [0, [owner, chunk, size, 0]],
          _("a chunk that somebody else's queue has made for a program"))
    true(chunk in [area.start for area in space_of(users, owner).areas.values()],
         _("its area is in the program's space"))
    users.run("; ".join(f"process_kill {p}; process_wait {p}" for p in (owner, other)))
    users.call(f"run chunk a {size} a 7 a 9000")
    memory, head = Memory(users), users.symbol("chunks")
    equal(hexa(memory.words(head, 1)[0]), hexa(head), _("chunks left when their owners have ended"))


@check(2, _("Who is killed in a handler is forgotten; sleepers wake by requests alone"),
       read="exercise-7",
       why=_("A handler that waits holds a place. If its process ends meanwhile, nobody returns to "
             "give it back."))
def test_killed(users: Machine) -> None:
    users.call(f"trace_kinds {1 << TIMER}")
    trace = Trace(users)
    pid = int(users.call(f"process_run chunk s {LONG}")[0])
    wait_until_blocked(users, 1)
    equal([e.step for e in trace.entries() if e.sender == pid], ["call", "submit", "handler"],
          _("steps of the sleeper's request"))
    users.run(f"process_kill {pid}; process_wait {pid}")
    equal(users.call("run chunk s 30")[1], 0, _("status of a program that sleeps"))
    all_places_free(users)
    pid = int(users.call(f"process_run chunk s {LONG}")[0])
    wait_until_blocked(users, 1)
    users.call(f"device_remove {device(TIMER, 1)}")
    now = int(users.call("pit_ticks")[0])
    Memory(users).write(Processes(users)[pid].address + WAKE_TICK, now)
    users.call("others_run 3")
    equal(blocked(users), 1, _("sleepers when their time is over, the timer's device being gone"))
    users.run(f"process_kill {pid}; process_wait {pid}")
    pid = int(users.call("process_run chunk a 1 s 20 a 2")[0])
    # Without the timer's device there is no sleep at all.
    users.call(f"process_wait {pid}")
    true("s 20: " in users.console.text, _("the program goes on"))


@check(1, _("A call through the manager costs at most three times a direct one"), read="exercise-7",
       why=_("An order that costs too much is not kept: whoever is in a hurry finds a way around "
             "it."))
def test_cost(boot) -> None:
    # Each on a machine of its own: what comes second has more to look through.
    machine, other = boot(icount=True), boot(icount=True)
    trace = Trace(machine)
    through = int(machine.call("call_bench 100 0 1")[0])
    direct = int(other.call("call_bench 100 1 1")[0])
    true(trace.entries(), _("the calls are in the trace"))
    true(through <= 3 * direct, _("at most {bar} instructions for 100 mmap and munmap").format(
        bar=3 * direct), through)


@check(2, _("Even getpid, which does nothing, costs at most six times a direct call"),
       read="exercise-7", bonus=True,
       why=_("What is done for each call must be done once: one look at the interrupts, one copy, "
             "one entry in the trace. Here every instruction too many can be seen."))
def test_cheapest(boot) -> None:
    machine = boot(icount=True)
    trace = Trace(machine)
    through, direct = (int(machine.call(f"call_bench 1000 {way} 0")[0]) for way in (0, 1))
    equal(trace.steps()[-5:], ["call", "submit", "handler", "result", "fetch"],
          _("the last steps in the trace"))
    true(through <= 6 * direct, _("at most {bar} instructions for 1000 getpid").format(
        bar=6 * direct), through)
