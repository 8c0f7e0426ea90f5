"""Exercise 9: the calls that change memory."""

import random
from collections.abc import Callable
from errno import EBADF, EINVAL, ENOENT, EPERM

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspaces import (ANON, CAN, COPY_ON_WRITE, FILE, HEAP, READ, RW, SHARED, VM_WRITE,
                            area_words)
from miroir.pagetables import PAGE_SIZE
from miroir.processes import (BRK, DATA, LOOP, MMAP, MPROTECT, MUNMAP, OPEN, SHM_OPEN, Processes,
                              calls, equal_status, program)

Boot = Callable[..., Machine]
PLACE, MAP_SHARED, MAP_FIXED, NONE = 0x20000000, 8, 16, 0xFFFFFFFF
NAME = DATA + 0x200


def areas(processes: Processes, pid: int, first: int) -> list[tuple[str, int, int, str]]:
    """Returns the areas from FIRST on, without the stack: start, pages, offset, flags."""
    return [(hexa(area.start), area.length // PAGE_SIZE, area.offset, area_words(area.flags))
            for area in processes.space(pid).areas.values()
            if area.start >= first and area.start < 0xB0000000 and not area.dead]


@check(3, _("mmap(): memory, files, shared memory; what is refused"), read="exercise-9",
       why=_("A call is a thin layer: it says in the program's words what mspace_map() says in the "
             "kernel's. What the program may not ask for must stop here."))
def test_mmap(boot: Boot, rng: random.Random) -> None:
    processes = Processes(boot(modules=[(rng.randbytes(9000), "file")]))
    rows = [(OPEN, NAME), (SHM_OPEN, NAME, 5000),
            (MMAP, PLACE, 5000, RW, NONE, 0), (MMAP, PLACE + 0x10000, 1, RW, 3, PAGE_SIZE),
            (MMAP, PLACE + 0x20000, 8192, READ | MAP_SHARED, 3, 0),
            (MMAP, PLACE + 0x30000, 4096, RW | MAP_SHARED, 4, 0),
            (MMAP, PLACE, 4096, RW | MAP_FIXED, NONE, 0),
            (MMAP, PLACE + 0x40000, 4096, RW | MAP_SHARED, 3, 0), (MMAP, 0, 4096, RW, 9, 0),
            (MMAP, 0, 4096, RW, 0, 0), (MMAP, 0, 0, RW, NONE, 0), (MMAP, 0, NONE, RW, NONE, 0),
            (MMAP, 0, 4096, 0x20 | RW, NONE, 0), (MMAP, 0, 4096, RW | MAP_SHARED, NONE, 0),
            (MMAP, 0, 4096, RW, NONE, 4096), (SHM_OPEN, NAME, 5001), (SHM_OPEN, NAME + 4, 0)]
    puts = b"".join(processes.put_text(NAME, "file"))
    pid = processes.raw(puts + calls(*rows) + processes.done() + LOOP)
    results = processes.finished(pid, len(rows))
    equal(results[:6], [3, 4, *(PLACE + n * 0x10000 for n in range(4))], _("results of the first"))
    equal(results[6:], [-34, -EPERM, -EBADF, *[-EINVAL] * 8], _("results of those refused"))
    mixed = FILE | SHARED | READ | READ << 4
    expected = [(PLACE, 2, 0, ANON | RW | CAN),
                (PLACE + 0x10000, 1, PAGE_SIZE, FILE | READ | CAN | COPY_ON_WRITE),
                (PLACE + 0x20000, 2, 0, mixed),
                (PLACE + 0x30000, 1, 0, mixed | VM_WRITE | VM_WRITE << 4)]
    equal(areas(processes, pid, PLACE),
          [(hexa(start), pages, offset, area_words(flags))
           for start, pages, offset, flags in expected], _("areas: start, pages, offset, flags"))


@check(1, _("munmap() and mprotect(): lengths in whole pages, errors passed on"),
       read="exercise-9",
       why=_("A program counts in bytes, the processor in pages: the last page begun is part of "
             "it."))
def test_change(processes: Processes) -> None:
    rows = [(MMAP, PLACE, 6 * PAGE_SIZE, RW, NONE, 0), (MUNMAP, PLACE + PAGE_SIZE, 1),
            (MPROTECT, PLACE + 3 * PAGE_SIZE, PAGE_SIZE + 1, READ), (MUNMAP, PLACE + PAGE_SIZE, 1),
            (MUNMAP, PLACE + 1, PAGE_SIZE), (MPROTECT, PLACE, 1, 8), (MUNMAP, PLACE, 0)]
    pid = processes.raw(calls(*rows) + processes.done() + LOOP)
    equal(processes.finished(pid, len(rows)),
          [PLACE, 0, 0, -ENOENT, -EINVAL, -EINVAL, -EINVAL], _("results"))
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
    results = heap + PAGE_SIZE  # in a page of the heap itself
    near, far = heap + 2 * PAGE_SIZE, heap + 5 * PAGE_SIZE + rng.randrange(1, PAGE_SIZE)
    asked = [near, 0, far, far + 1, heap - 1, 0xC0000001, 0xFFFFFFFF, 0xB0000000, near + 1]
    expected = [near, near, far, far + 1, far + 1, far + 1, far + 1, far + 1, near + 1]
    code = calls(*((BRK, address) for address in asked)).replace(
        DATA.to_bytes(4, "little"), results.to_bytes(4, "little"))
    for place in range(len(asked)):
        code = code.replace((DATA + 4 * place).to_bytes(4, "little"),
                            (results + 4 * place).to_bytes(4, "little"))
    processes = Processes(boot(modules=[(program(code + LOOP), "heap")]))
    pid = processes.start("process_run heap")
    registers = processes.registers_of(pid, lambda found: found.eip == text + len(code))
    equal(hexa(registers.eip), hexa(text + len(code)), _("where the program is: at its end"))
    equal([hexa(word) for word in processes.words(pid, results, len(asked))],
          [hexa(address) for address in expected], _("results of brk()"))
    found = [area for area in processes.space(pid).areas.values() if not area.dead
             and area.flags & 0xF00 == HEAP]
    equal([hexa(found[0].start), hexa(found[-1].end)], [hexa(heap), hexa(heap + 3 * PAGE_SIZE)],
          _("start and end of the heap's areas"))
    equal(hexa(processes[pid].brk), hexa(near + 1), _("`brk` of the process"))


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
