"""Exercise 7: children."""

import random
from errno import EAGAIN, ECHILD, EFAULT, ENOMEM

from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.mspace_memory import Memory
from miroir.mspaces import READ
from miroir.pagetables import PAGE_SIZE
from miroir.processes import (CODE, DATA, EXIT, FORK, HEAP_PLACE, LIMIT, LOOP, STATE_NAMES,
                              USER_DS, WAIT, YIELD, Processes, calls, equal_status,
                              in_child, load, put, store, store_state, syscall)

FLAG, GO, OTHER = DATA + 0xF00, DATA + 0xF04, DATA + PAGE_SIZE
FLAGS = 0x603  # EFLAGS: interrupts on, and DF and CF, which the program has set


@check(3, _("fork(): two processes that differ in one register"), read="exercise-7",
       why=_("The child goes on where its parent was, with the same memory, registers and files; "
             "that it reads 0 is how it knows who it is."))
def test_fork(processes: Processes, rng: random.Random) -> None:
    registers = [rng.getrandbits(32) for _unused in STATE_NAMES[2:]]
    state = [FLAGS, USER_DS, *registers]
    loads = b"".join(load(name, value) for name, value in zip(STATE_NAMES[2:], registers))
    parent = processes.raw(
        processes.until(FLAG) + loads + load("eax", FORK)
        + b"\xf9\xfd\xcd\x80" + store(DATA) + store_state(DATA + 4)  # stc; std; int 0x80
        + processes.done() + LOOP)
    other = processes.raw(LOOP)
    heap = [rng.getrandbits(20) * PAGE_SIZE, rng.getrandbits(32)]
    Memory(processes.machine).write(processes[parent].address + HEAP_PLACE, *heap)
    processes.poke(parent, FLAG, 1)
    child = processes.finished(parent, 1)[0]
    equal(child, other + 1, _("what the parent gets: the next pid"))
    for pid, result in ((parent, child), (child, 0)):
        found = processes.finished(pid, 1 + len(state))
        equal([hexa(n & 0xFFFFFFFF) for n in found], list(map(hexa, (result, *state))),
              _("EAX, EFLAGS, GS, ECX, EDX, EBX, EBP, ESI and EDI in parent and child"))
    old, new = processes[parent], processes[child]
    equal(hexa(new.parent), hexa(old.address), _("its parent"))
    equal([new.name, new.heap, new.brk], [old.name, *heap], _("its name, heap and brk"))
    equal(list(map(hexa, new.files)), list(map(hexa, old.files)), _("its open files"))
    equal(processes.memory_words(old.files[0], 1), [6], _("references of the console's file"))
    areas = [[str(area) for area in processes.space(pid).areas.values()]
             for pid in (parent, child)]
    equal(areas[1], areas[0], _("its areas"))
    queue = processes.queue("run_queue")
    turn = queue.index(child)
    equal(queue[turn:] + queue[:turn], [child, parent, other],
          _("round robin: the child, its parent, another one that was ready at the fork"))


@check(2, _("fork() copies no page; a write copies one, and nobody else sees it"),
       read="exercise-7",
       why=_("Most children become another program at once. What they would have copied for that "
             "is not copied."))
def test_copy_on_write(processes: Processes, rng: random.Random) -> None:
    before, after = rng.getrandbits(32), rng.getrandbits(32)
    wait, done = processes.until(FLAG), processes.done()
    code = put(FLAG, 0) + put(OTHER, before) + in_child(wait + put(OTHER, after) + LOOP,
                                                        store(DATA) + done + LOOP)
    parent = processes.raw(code)
    child = processes.finished(parent, 1)[0]

    def shared() -> list[bool]:
        mine, theirs = (processes.directory_of(pid).user_pages() for pid in (parent, child))
        return [mine[page].frame == theirs[page].frame for page in (CODE, DATA, OTHER)
                if page in mine and page in theirs]

    processes.idle(4)
    equal(shared(), [True, False, True], _("pages of both that are one frame: code, results, data"))
    processes.poke(child, FLAG, 1)
    processes.idle(3)
    equal(shared(), [True, False, False], _("after the child's write to its data"))
    equal([hexa(processes.words(pid, OTHER, 1)[0]) for pid in (parent, child)],
          [hexa(before), hexa(after)], _("the data of parent and child"))


@check(1, _("process_reap(): whose status, and when there is none"), read="exercise-7",
       why=_("A parent hears of each child once. Until then the child is a zombie: a status, and "
             "nothing else."))
def test_wait(processes: Processes, rng: random.Random) -> None:
    codes = [rng.randrange(256) for _unused in range(3)]
    early = processes.run([*(f"thread_exit {0x100 + code}" for code in codes), "process_reap 9999",
                           "process_reap 0"])
    pids = [answer.value for answer in early[:3]]
    equal([answer.error for answer in early[3:]], ["ECHILD", "EAGAIN"],
          _("errors of process_reap(): for a stranger, and before any has ended"))
    processes.idle(4)
    answers = processes.run([f"process_reap {pids[1]}", f"process_reap {pids[1]}",
                             *["process_reap 0"] * 3])
    equal([answer.error or answer.values for answer in answers],
          [[pids[1], codes[1]], "ECHILD", [pids[0], codes[0]], [pids[2], codes[2]], "ECHILD"],
          _("answers of process_reap(): the second, again, any, any, any"))
    late, early_one, _idle, lives, _wake, _again, *reaped = processes.run([
        "thread_block 1", "thread_exit 9", "others_run 2", f"process_reap {pids[2] + 1}",
        "thread_wake", "others_run 2", "process_reap 0", "process_reap 0"])
    equal(lives.error, "EAGAIN", _("error of process_reap() for a child that lives"))
    equal([answer.value for answer in reaped], [late.value, early_one.value],
          _("process_reap() of any: the one made first, though it ended last"))


@check(2, _("process_wait(): of one, of any, by a thread or by the boot thread"), read="exercise-7",
       why=_("Who waits for one child must not be given another; and who waits costs nothing."))
def test_process_wait(processes: Processes, rng: random.Random) -> None:
    codes = [rng.randrange(256) for _unused in range(2)]
    pids = [processes.start(f"thread_exit {code}") for code in codes]
    answers = processes.do(f"process_block {pids[1]}", f"process_block {pids[0]}")
    equal([answer.values for answer in answers], [[pids[1], codes[1]], [pids[0], codes[0]]],
          _("process_wait() of the boot thread, for the second and the first: pid and status"))
    sleeper = processes.start("thread_sleep 1")
    equal(processes.machine.call(f"process_block {sleeper}"), [sleeper, 0],
          _("the same, when nobody is ready"))
    processes.do("thread_log")
    parent, _idle, log = processes.do("thread_parent 5", "others_run 8", "thread_log")
    pid = parent.value
    equal(log.values, [word for value in (pid + 2, 6, pid + 1, 5, -ECHILD & 0xFFFFFFFF, 0)
                       for word in (pid, value)],
          _("a thread that waits for its second child, for any, for any: its pid, and what it "
            "got"))


@check(1, _("wait(): blocks, and stores the status where the program may write, or EFAULT"),
       read="exercise-7",
       why=_("A status that cannot be stored would be lost: so the pointer is looked at before."))
def test_wait_call(processes: Processes, rng: random.Random) -> None:
    code, status = rng.randrange(256), DATA + 28
    bad = [(WAIT, 0x1000), (WAIT, OTHER - 2), (WAIT, OTHER)]
    parent = processes.raw(
        put(status, 0xFFFFFFFF) + processes.until(GO)
        + in_child(processes.until(FLAG) + syscall(EXIT, code), store(DATA + 16))
        + calls(*bad, (WAIT, status)) + in_child(syscall(EXIT, 0), syscall(WAIT, 0))
        + store(DATA + 20) + syscall(WAIT, 0) + store(DATA + 24) + processes.done() + LOOP)
    processes.idle(2)
    processes.do(f"mspace_protect {processes[parent].mspace:#x} {OTHER:#x} {PAGE_SIZE} {READ}")
    processes.poke(parent, GO, 1)
    processes.settle(parent)
    child = parent + 1
    processes.poke(child, FLAG, 1)
    equal(processes.finished(parent, 8),
          [*[-EFAULT] * len(bad), child, child, child + 1, -ECHILD, code],
          _("wait() to three bad pointers, to a good one; the child's pid; wait() for another one; "
            "wait() after the last; the status"))
    equal(processes.memory_words(processes[parent].files[0], 1), [3],
          _("references of the console's file, when the children are gone"))


@check(1, _("Orphans: children of the boot thread, which can wait for them"), read="exercise-7",
       why=_("Somebody must take the status of a process whose parent is gone: or it stays a "
             "zombie for ever."))
def test_orphans(processes: Processes, rng: random.Random) -> None:
    code = rng.randrange(256)
    exits = syscall(EXIT, code)
    parent = processes.raw(put(FLAG, 0) + in_child(exits, syscall(YIELD))
                           + in_child(processes.until(FLAG) + exits, syscall(EXIT, 7)))
    equal_status(processes.wait(parent), 7, _("status of the parent"))
    dead, child = parent + 1, parent + 2
    equal([hexa(processes[pid].parent) for pid in (dead, child)],
          [hexa(processes[0].address)] * 2,
          _("parents of the orphans, a zombie and one that lives"))
    equal_status(processes.wait(dead), code, _("status of the zombie"))
    processes.poke(child, FLAG, 1)
    equal_status(processes.wait(child), code, _("its status"))
    equal(sorted(processes.all()), [0], _("pids at the end"))


@check(1, _("fork() without memory, or of too many: refused, and nothing is lost"),
       read="exercise-7",
       why=_("A copy that fails halfway must leave no half copy."))
def test_no_memory(processes: Processes) -> None:
    code = (put(FLAG, 0) + put(GO, 0) + put(DATA, 0) + processes.until(FLAG) + calls((FORK,))
            + processes.done() + processes.until(GO) + syscall(EXIT, 0))
    for left in (0, 2, 3):
        pid = processes.raw(code)
        processes.idle(2)
        processes.do(f"frames_hoard {left}")
        processes.poke(pid, FLAG, 1)
        equal(processes.finished(pid, 1), [-ENOMEM], _("result of fork()"))
        equal(sorted(processes.all()), [0, pid], _("pids"))
        equal(processes.free(), left, _("free frames, as before"))
        processes.do("frames_release")
        processes.poke(pid, GO, 1)
        processes.wait(pid)
    last = processes.raw(code)
    processes.idle(2)
    page = processes.directory_of(last).leaf(DATA).frame  # looked up while there are few processes
    equal(processes.run(["thread_block 1"] * LIMIT)[-1].error, "EAGAIN", _("error of a thread"))
    processes.ram.write(page + FLAG % PAGE_SIZE, b"\1")
    processes.idle(4)
    equal(hexa(processes.ram.u32(page)), hexa(-EAGAIN & 0xFFFFFFFF),
          _("result of fork(), when there are too many"))
