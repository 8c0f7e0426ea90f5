"""Exercise 9: the calls that change memory."""

import random
from collections.abc import Callable
from errno import E2BIG, EBADF, EINVAL, ENOENT, EPERM, ERANGE

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspaces import (ANON, CAN, COPY_ON_WRITE, EXEC, FILE, HEAP, READ, RW, SHARED,
                            VM_WRITE, area_words)
from miroir.pagetables import PAGE_SIZE
from miroir.processes import (BRK, DATA, EXIT, LOOP, MMAP, MPROTECT, MUNMAP, OPEN, SHM_OPEN,
                              Processes, calls, equal_status, program, put, syscall)

Boot = Callable[..., Machine]
PLACE, MAP_SHARED, MAP_FIXED, NONE = 0x20000000, 8, 16, 0xFFFFFFFF
UNTIL_SIZE = len(Processes.until(0))
NAME, LONG, FLAG = DATA + 0x200, DATA + 0x300, DATA + 0xF00


def areas(processes: Processes, pid: int, first: int) -> list[tuple[str, int, int, str]]:
    """Returns the areas from FIRST on, without the stack: start, pages, offset, flags."""
    return [(hexa(area.start), area.length // PAGE_SIZE, area.offset, area_words(area.flags))
            for area in processes.space(pid).areas.values()
            if area.start >= first and area.start < 0xB0000000 and not area.dead]


def pages_from(processes: Processes, pid: int, first: int) -> list[str]:
    """Returns the pages present from FIRST on, without the stack."""
    return [hexa(page) for page in sorted(processes.directory_of(pid).user_pages())
            if first <= page < 0xB0000000]


@check(3, _("mmap(): memory, files, shared memory; what is refused"), read="exercise-9",
       why=_("A call is a thin layer: it says in the program's words what mspace_map() says in the "
             "kernel's. What the program may not ask for must stop here."))
def test_mmap(boot: Boot, rng: random.Random) -> None:
    processes = Processes(boot(modules=[(rng.randbytes(9000), "file")]))
    rows = [(OPEN, NAME), (SHM_OPEN, NAME, 5000),
            (MMAP, PLACE, 5000, RW, NONE, 0), (MMAP, PLACE + 0x10000, 1, RW, 3, PAGE_SIZE),
            (MMAP, PLACE + 0x20000, 8192, READ | MAP_SHARED, 3, 0),
            (MMAP, PLACE + 0x30000, 4096, RW | MAP_SHARED, 4, 0),
            (MMAP, PLACE + 0x40000, 4096, EXEC, NONE, 0),
            (MMAP, PLACE + 0x50000, 4096, VM_WRITE | MAP_SHARED, 4, 0),
            (MMAP, PLACE, 4096, RW | MAP_FIXED, NONE, 0),
            (MMAP, PLACE + 0x60000, 4096, RW | MAP_SHARED, 3, 0), (MMAP, 0, 4096, RW, 9, 0),
            (MMAP, 0, 4096, RW, 0x80000000, 0), (SHM_OPEN, LONG, 5),
            (MMAP, 0, 4096, READ, 3, 1), (MMAP, PLACE + 0x60001, 4096, RW, NONE, 0),
            (MMAP, 0, 4096, RW, 0, 0), (MMAP, 0, 0, RW, NONE, 0), (MMAP, 0, NONE, RW, NONE, 0),
            (MMAP, 0, 4096, 0x20 | RW, NONE, 0), (MMAP, 0, 4096, RW | MAP_SHARED, NONE, 0),
            (MMAP, 0, 4096, RW, NONE, 4096), (SHM_OPEN, NAME, 5001), (SHM_OPEN, LONG + 1, 0)]
    puts = b"".join((*processes.put_text(NAME, "file"), *processes.put_text(LONG, "x" * 64)))
    pid = processes.raw(puts + put(FLAG, 0) + calls(*rows) + processes.done()
                        + processes.until(FLAG) + syscall(EXIT, 0))
    results = processes.finished(pid, len(rows))
    equal(results[:8], [3, 4, *(PLACE + n * 0x10000 for n in range(6))], _("results of the first"))
    equal(results[8:], [-ERANGE, -EPERM, *[-EBADF] * 2, -E2BIG, *[-EINVAL] * 10],
          _("results of those refused"))
    mixed = FILE | SHARED | READ | READ << 4
    expected = [(PLACE, 2, 0, ANON | RW | CAN),
                (PLACE + 0x10000, 1, PAGE_SIZE, FILE | READ | CAN | COPY_ON_WRITE),
                (PLACE + 0x20000, 2, 0, mixed),
                (PLACE + 0x30000, 1, 0, mixed | VM_WRITE | VM_WRITE << 4),
                (PLACE + 0x40000, 1, 0, ANON | EXEC | CAN),
                (PLACE + 0x50000, 1, 0, (mixed | VM_WRITE | VM_WRITE << 4) & ~READ)]
    equal(areas(processes, pid, PLACE),
          [(hexa(start), pages, offset, area_words(flags))
           for start, pages, offset, flags in expected], _("areas: start, pages, offset, flags"))
    equal(pages_from(processes, pid, PLACE), [], _("pages present"))
    processes.poke(pid, FLAG, 1)
    processes.wait(pid)
    equal(processes.results(puts + calls((SHM_OPEN, NAME, 9000)), 1), [3],
          _("shm_open() of more, when the one who had it open and mapped has ended"))


@check(1, _("munmap() and mprotect(): lengths in whole pages, errors passed on"),
       read="exercise-9",
       why=_("A program counts in bytes, the processor in pages: the last page begun is part of "
             "it."))
def test_change(processes: Processes) -> None:
    rows = [(MMAP, PLACE, 6 * PAGE_SIZE, RW, NONE, 0), (MUNMAP, PLACE + PAGE_SIZE, 1),
            (MPROTECT, PLACE + 3 * PAGE_SIZE, PAGE_SIZE + 1, READ), (MUNMAP, PLACE + PAGE_SIZE, 1),
            (MUNMAP, PLACE + 1, PAGE_SIZE), (MPROTECT, PLACE + 1, PAGE_SIZE, READ),
            (MPROTECT, PLACE, 1, 8), (MUNMAP, PLACE, 0)]
    pid = processes.raw(calls(*rows) + processes.done() + LOOP)
    equal(processes.finished(pid, len(rows)),
          [PLACE, 0, 0, -ENOENT, *[-EINVAL] * 4], _("results"))
    both, one = area_words(ANON | RW | CAN), area_words(ANON | READ | CAN)
    equal([(start, pages, flags) for start, pages, _offset, flags in
           areas(processes, pid, PLACE)],
          [(hexa(PLACE), 1, both), (hexa(PLACE + 2 * PAGE_SIZE), 1, both),
           (hexa(PLACE + 3 * PAGE_SIZE), 2, one), (hexa(PLACE + 5 * PAGE_SIZE), 1, both)],
          _("areas: start, pages, flags"))


@check(2, _("brk(): the heap grows, shrinks, and stays as it was when that is impossible"),
       read="exercise-9",
       why=_("malloc() stands on it. The end of the heap is counted in bytes; its pages come and "
             "go when the end crosses their edges."))
def test_brk(boot: Boot, rng: random.Random) -> None:
    text = 0x08048000
    heap = text + PAGE_SIZE
    results, flag = 0xBFFFE000, 0xBFFFEF00  # on its stack
    near, far = heap + 2 * PAGE_SIZE, heap + 5 * PAGE_SIZE + rng.randrange(1, PAGE_SIZE)
    asked = [near, 0, far, far + 1, heap - 1, 0xC0000001, 0xFFFFFFFF, 0xB0000000, near + 1]
    expected = [near, near, far, far + 1, far + 1, far + 1, far + 1, far + 1, near + 1]
    waits = put(flag, 0) + calls(*((BRK, address) for address in asked), at=results)
    waits += Processes.until(flag)
    whole = waits + syscall(BRK, heap)
    processes = Processes(boot(modules=[(program(whole + LOOP), "heap")]))
    pid = processes.start("process_run heap")
    processes.registers_of(pid, lambda found: found.eip >= text + len(waits) - UNTIL_SIZE)
    equal([hexa(word) for word in processes.words(pid, results, len(asked))],
          [hexa(address) for address in expected], _("results of brk()"))
    found = [area for area in processes.space(pid).areas.values() if not area.dead
             and area.flags & 0xF00 == HEAP]
    ends = [area.start for area in found[:1]] + [area.end for area in found[-1:]]
    equal(list(map(hexa, ends)), [hexa(heap), hexa(heap + 3 * PAGE_SIZE)],
          _("start and end of the heap's areas"))
    equal(hexa(processes[pid].brk), hexa(near + 1), _("`brk` of the process"))
    equal(pages_from(processes, pid, heap), [], _("pages present"))
    processes.poke(pid, flag, 1)
    registers = processes.registers_of(pid, lambda found: found.eip == text + len(whole))
    equal([hexa(registers.eax), hexa(processes[pid].brk)], [hexa(heap)] * 2,
          _("brk() to the heap's start: its result, and `brk`"))
    equal(areas(processes, pid, heap), [], _("areas of the heap then"))


@check(1, _("Two programs share memory by name, at different addresses"), read="exercise-9",
       why=_("`pong` plays with its child over one page: what one writes, the other reads. Nothing "
             "is copied, and no call is made but to yield."))
def test_shared(boot: Boot, rng: random.Random) -> None:
    processes, rounds = Processes(boot(modules=["pong"])), rng.randrange(20, 60)
    for _unused in range(2):
        free = processes.free()
        processes.machine.console.clear()
        equal_status(processes.run_program(f"pong table {rounds}"), 0, _("its status"))
        true(f"{2 * rounds}\n" in processes.machine.console.text,
             _("{count} on the console").format(count=2 * rounds),
             processes.machine.console.text[-100:])
    equal(processes.free(), free, _("free frames after the second game"))
