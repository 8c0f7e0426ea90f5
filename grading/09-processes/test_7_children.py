"""Exercise 7: children."""

import random
from errno import ECHILD, EFAULT, ENOMEM

from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.pagetables import PAGE_SIZE
from miroir.processes import (CODE, DATA, EXIT, FORK, LOOP, WAIT, Processes, calls, equal_status,
                              in_child, load, put, store, syscall)

FLAG, OTHER = DATA + 0xF00, DATA + PAGE_SIZE


@check(4, _("fork(): two processes that differ in one register"), read="exercise-7",
       why=_("The child goes on where its parent was, with the same memory, registers and files; "
             "that it reads 0 is how it knows who it is."))
def test_fork(processes: Processes, rng: random.Random) -> None:
    kept = rng.getrandbits(32)
    both = store(DATA) + b"\x89\xe8" + store(DATA + 4) + processes.done() + LOOP  # mov eax, ebp
    parent = processes.raw(load("ebp", kept) + syscall(FORK) + both)
    results = processes.finished(parent, 2)
    child = results[0]
    equal(child, parent + 1, _("what the parent gets: the next pid"))
    equal([n & 0xFFFFFFFF for n in processes.finished(child, 2)], [0, kept],
          _("EAX and EBP in the child"))
    old, new = processes[parent], processes[child]
    equal(hexa(new.parent), hexa(old.address), _("its parent"))
    equal([new.name, new.heap, new.brk, new.program], [old.name, old.heap, old.brk, old.program],
          _("name, heap, brk and program"))
    equal(list(map(hexa, new.files)), list(map(hexa, old.files)), _("its open files"))
    equal(processes.memory_words(old.files[0], 1), [6], _("references of the console's file"))
    areas = [[str(area) for area in processes.space(pid).areas.values()]
             for pid in (parent, child)]
    equal(areas[1], areas[0], _("its areas"))


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
    processes.idle(8)
    equal(shared(), [True, False, False], _("after the child's write to its data"))
    equal([hexa(processes.words(pid, OTHER, 1)[0]) for pid in (parent, child)],
          [hexa(before), hexa(after)], _("the data of parent and child"))


@check(2, _("wait(): whose status, and when there is none"), read="exercise-7",
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
    code = in_child(syscall(EXIT, codes[0]), store(DATA + 8) + calls(
        (WAIT, 0x1000), (WAIT, DATA + 12)) + store(DATA + 16) + syscall(WAIT, 0) + store(DATA + 4))
    parent = processes.raw(code + processes.done() + LOOP)
    results = processes.finished(parent, 5)
    equal(processes.memory_words(processes[parent].files[0], 1), [3],
          _("references of the console's file, when the child is gone"))
    child = results[2]
    equal(results, [-EFAULT, -ECHILD, child, codes[0], child],
          _("wait() to a bad pointer; after the last; the child's pid, its status; wait()"))


@check(2, _("Orphans: children of the boot thread, which can wait for them"), read="exercise-7",
       why=_("Somebody must take the status of a process whose parent is gone: or it stays a "
             "zombie for ever."))
def test_orphans(processes: Processes, rng: random.Random) -> None:
    code = rng.randrange(256)
    parent = processes.raw(put(FLAG, 0) + in_child(
        processes.until(FLAG) + syscall(EXIT, code), syscall(EXIT, 7)))
    equal_status(processes.wait(parent), 7, _("status of the parent"))
    child = parent + 1
    equal(hexa(processes[child].parent), hexa(processes[0].address), _("parent of the orphan"))
    processes.poke(child, FLAG, 1)
    equal_status(processes.wait(child), code, _("its status"))
    equal(sorted(processes.all()), [0], _("pids at the end"))


@check(1, _("fork() without memory: ENOMEM, and nothing is lost"), read="exercise-7",
       why=_("A copy that fails halfway must leave no half copy."))
def test_no_memory(processes: Processes) -> None:
    code = put(FLAG, 0) + put(DATA, 0) + processes.until(FLAG) + calls((FORK,)) + processes.done()
    pids = [processes.raw(code + LOOP) for _unused in range(3)]
    processes.idle(8)
    for left, pid in zip((0, 2, 3), pids):
        processes.do(f"frames_hoard {left}")
        processes.poke(pid, FLAG, 1)
        equal(processes.finished(pid, 1), [-ENOMEM], _("result of fork()"))
        equal(sorted(processes.all()), [0, *pids], _("pids"))
        equal(processes.free(), left, _("free frames, as before"))
        processes.do("frames_release")
