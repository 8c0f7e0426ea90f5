"""Exercise 6: pointers from ring 3."""

import random
from collections.abc import Callable
from errno import E2BIG, EBADF, EFAULT, ENOENT, EPERM

from miroir.check import check, equal, equal_bytes, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspace_memory import read_space
from miroir.mspaces import FIXED, GROWSDOWN, READ, RW, STACK
from miroir.pagetables import PAGE_SIZE, USER_END, USER_START
from miroir.processes import (DATA, DONE, LOOP, OPEN, READ as READ_CALL, WRITE, Processes, calls)

Boot = Callable[..., Machine]
PLACE = 0x10000000
TRANSFER = 512
NEAR_END = USER_END - PAGE_SIZE
FLAG, READ_ONLY, OUTSIDE = DATA + 0xF00, DATA + PAGE_SIZE, DATA + 2 * PAGE_SIZE


def answers(processes: Processes, rows: list[tuple[int, int, int]]) -> list[tuple]:
    """Returns ROWS (address, length, write), each with the error of user_check()."""
    found = processes.run(f"user_check {a:#x} {n:#x} {write}" for a, n, write in rows)
    return [(hexa(row[0]), hexa(row[1]), row[2], answer.error)
            for row, answer in zip(rows, found)]


def expect(processes: Processes, rows: list[tuple[int, int, int, str]]) -> None:
    equal(answers(processes, [row[:3] for row in rows]),
          [(hexa(a), hexa(n), write, error) for a, n, write, error in rows],
          _("user_check(): address, length, write, and its error"))


@check(2, _("user_check(): nothing outside user space, nothing around 4 GiB"), read="exercise-6",
       why=_("The kernel may touch all of memory; a program that hands in the kernel's own address "
             "must not make it do so. An address plus a length may be a small number."))
def test_bounds(processes: Processes) -> None:
    processes.make_space((USER_START, 1, RW), (NEAR_END, 1, RW))
    kernel, bad = processes.machine.symbol("kernel_start"), "EFAULT"
    processes.do(f"user_check {NEAR_END:#x} 1 1")
    expect(processes, [
        (USER_START, PAGE_SIZE, 1, ""), (NEAR_END, PAGE_SIZE, 1, ""), (USER_END - 1, 1, 1, ""),
        (USER_START - 1, 2, 0, bad), (USER_START - 1, 1, 0, bad), (USER_END - 1, 2, 0, bad),
        (USER_END, 1, 0, bad), (0, 1, 0, bad), (kernel, 4, 0, bad), (kernel, 4, 1, bad),
        (0xFFFFF000, 4, 0, bad), (0xFFFFFFFF, 1, 0, bad), (NEAR_END, 0xFFFFFFFF, 0, bad),
        (NEAR_END, 0x40002000, 0, bad), (USER_START, 0xFFFFFFFF, 1, bad), (0, 0, 1, ""),
        (0xFFFFFFFF, 0, 1, ""), (kernel, 0, 0, "")])


@check(2, _("user_check(): what ring 3 itself could do, page by page"), read="exercise-6",
       why=_("A read-only page must not be written to because the kernel happens to be the one who "
             "holds the pen."))
def test_rights(processes: Processes) -> None:
    space = processes.make_space((PLACE, 1, RW), (PLACE + PAGE_SIZE, 1, READ),
                                 (PLACE + 2 * PAGE_SIZE, 1, 0), (PLACE + 4 * PAGE_SIZE, 1, RW))
    last, bad = PLACE + PAGE_SIZE - 1, "EFAULT"
    rows = [(PLACE, PAGE_SIZE, 1, ""), (last, 1, 1, ""), (last, 2, 0, ""), (last, 2, 1, bad),
            (last + 1, 1, 0, ""), (last + 1, 1, 1, bad), (PLACE, 2 * PAGE_SIZE, 0, ""),
            (PLACE, 2 * PAGE_SIZE + 1, 0, bad), (PLACE + 2 * PAGE_SIZE, 1, 0, bad),
            (PLACE + 3 * PAGE_SIZE, 1, 0, bad), (PLACE + 4 * PAGE_SIZE - 1, 2, 0, bad),
            (PLACE + 4 * PAGE_SIZE, PAGE_SIZE + 1, 0, bad), (PLACE - 1, 2, 0, bad)]
    expect(processes, rows)
    expect(processes, rows)  # with the pages present by now
    processes.do(f"mspace_protect {space:#x} {PLACE:#x} {PAGE_SIZE} 0")
    expect(processes, [(PLACE, 1, 0, bad), (PLACE, 1, 1, bad)])


@check(2, _("user_check() brings pages in, copies shared ones, lets a stack grow; only those asked "
            "for"), read="exercise-6",
       why=_("To the program it must be as if it had touched the page itself: memory that it was "
             "promised is there when the kernel needs it."))
def test_brings_in(processes: Processes) -> None:
    space = processes.make_space((PLACE, 4, RW))
    stack = USER_END - 2 * PAGE_SIZE
    processes.do(f"mspace_map {space:#x} {stack:#x} {2 * PAGE_SIZE:#x} 0 0 0 "
                 f"{STACK | RW | RW << 4 | FIXED | GROWSDOWN:#x}",
                 f"user_check {PLACE + 2 * PAGE_SIZE - 1:#x} 2 0", f"user_check {stack - 8:#x} 4 1")
    pages = read_space(processes.machine, space).directory.user_pages()
    equal([hexa(page) for page in sorted(pages)],
          [hexa(page) for page in (PLACE + PAGE_SIZE, PLACE + 2 * PAGE_SIZE, stack - PAGE_SIZE)],
          _("pages present"))
    equal(processes.machine.error(f"user_check_again {PLACE:#x} 1 0"), "",
          _("error for a page that only comes when the fault is tried again"))
    got = processes.run(["frames_hoard 0", f"user_check {PLACE + 3 * PAGE_SIZE:#x} 1 0",
                         f"copy_from_user {PLACE + 3 * PAGE_SIZE:#x} 1 {processes.machine.scratch}",
                         "frames_release"])
    equal([answer.error for answer in got[1:3]], ["ENOMEM"] * 2, _("errors without memory"))
    copy = processes.do(f"mspace_clone {space:#x}")[0].value
    processes.do(f"user_check {PLACE + PAGE_SIZE:#x} 8192 0",
                 f"user_check {PLACE + PAGE_SIZE:#x} 1 1")
    frames = [[read_space(processes.machine, where).directory.user_pages()[page].frame
               for page in (PLACE + PAGE_SIZE, PLACE + 2 * PAGE_SIZE)] for where in (space, copy)]
    equal([mine == theirs for mine, theirs in zip(*frames)], [False, True],
          _("frames still shared with a copy of the space, after a write to the first page"))


@check(2, _("Copies and texts, across pages, up to the last byte that is there"),
       read="exercise-6",
       why=_("A text ends at its 0: what lies behind may not be there. And it is as long as the "
             "program likes: the buffer is not."))
def test_copies(processes: Processes, rng: random.Random) -> None:
    space = processes.make_space((PLACE, 3, RW), (PLACE + 3 * PAGE_SIZE, 1, READ))
    ram, scratch = processes.ram, processes.machine.scratch
    data, start = rng.randbytes(2 * PAGE_SIZE), PLACE + rng.randrange(1, PAGE_SIZE)
    ram.write(scratch, data)
    processes.do(f"copy_to_user {start:#x} {len(data)} {scratch:#x}")
    directory = read_space(processes.machine, space).directory
    leaves = [directory.leaf(PLACE + i * PAGE_SIZE) for i in range(3)]
    got = b"".join(ram.read(leaf.frame, PAGE_SIZE) if leaf else bytes(PAGE_SIZE) for leaf in leaves)
    equal_bytes(got[start - PLACE:start - PLACE + len(data)], data, _("user memory"))
    processes.do(f"copy_from_user {start:#x} {len(data)} {scratch + 0x8000:#x}")
    equal_bytes(ram.read(scratch + 0x8000, len(data)), data, _("kernel memory"))
    end = PLACE + 4 * PAGE_SIZE
    equal([processes.machine.error(f"{command} {scratch:#x}") for command in (
        f"copy_to_user {end - PAGE_SIZE - 1:#x} 2", f"copy_from_user {end - 1:#x} 2",
        f"copy_to_user {end - 1:#x} 1", f"copy_from_user {end - 1:#x} 1")],
        ["EFAULT", "EFAULT", "EFAULT", ""], _("errors at the ends"))
    text = bytes(rng.choices(b"abcdefgh", k=20)) + b"\0"
    place = PLACE + PAGE_SIZE - 10
    ram.write(scratch, text)
    processes.do(f"copy_to_user {place:#x} {len(text)} {scratch:#x}",
                 f"copy_to_user {end - PAGE_SIZE - len(text):#x} {len(text)} {scratch:#x}",
                 f"mspace_unmap {space:#x} {end - PAGE_SIZE:#x} {PAGE_SIZE}")
    rows = [(place, 21), (place, 20), (place, 0), (place, 64), (end - PAGE_SIZE - len(text), 64),
            (end - PAGE_SIZE - 1, 64), (end - PAGE_SIZE, 64), (0, 64), (0xFFFFFFFF, 64)]
    got_texts = processes.run(f"copy_text_from_user {a:#x} {n} {scratch + 0x8000:#x}"
                              for a, n in rows)
    equal([answer.error or answer.value for answer in got_texts],
          [20, "E2BIG", "E2BIG", 20, 20, 0, "EFAULT", "EFAULT", "EFAULT"],
          _("lengths of texts, and errors"))
    for size in (0, 10):
        ram.write(scratch + 0x8000, bytes([0xAA]) * 20)
        processes.run([f"copy_text_from_user {place:#x} {size} {scratch + 0x8000:#x}"])
        equal_bytes(ram.read(scratch + 0x8000 + size, 10), bytes([0xAA]) * 10,
                    _("what follows a buffer that is too small"))
    processes.do(f"copy_to_user {end - PAGE_SIZE - 4:#x} 4 {scratch:#x}")
    equal(processes.machine.error(f"copy_text_from_user {end - PAGE_SIZE - 4:#x} 64 {scratch:#x}"),
          "EFAULT", _("error of a text that does not end before its page does"))


@check(2, _("write, read and open: what they are given, or EFAULT"), read="exercise-6",
       why=_("The kernel's own fault would be the end of everybody. The program gets an answer."))
def test_calls(boot: Boot, rng: random.Random) -> None:
    processes = Processes(boot(modules=[(rng.randbytes(2000), "file")]))
    word, message = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=20)), DATA + 0x200
    kernel, name = processes.machine.symbol("current_process"), DATA + 0x240
    bad = [0, 0xFFFFFFFF, kernel, 0xC0000000, 0x30000000, OUTSIDE - 1]
    rows = [(call, 1, address, 4) for address in bad for call in (WRITE, READ_CALL)]
    rows += [(OPEN, address) for address in bad[:-1]]
    rows += [(READ_CALL, 1, address, 4) for address in (READ_ONLY, READ_ONLY - 2)]
    good = [(WRITE, 1, message, 0), (WRITE, 9, message, 4), (WRITE, 1, message, len(word)),
            (WRITE, 2, message, 5000), (READ_CALL, 9, message, 4), (OPEN, message),
            (OPEN, name), (OPEN, name + 1), (OPEN, name + 60), (WRITE, 3, message, 4),
            (READ_CALL, 3, message + 0x200, 5000)]
    puts = b"".join((*processes.put_text(message, word + "\n"),
                     *processes.put_text(name, "x" * 60 + "file")))
    code = puts + processes.until(FLAG) + calls(*rows, *good)
    pid = processes.raw(code + processes.done() + LOOP)
    processes.idle(2)
    processes.do(f"mspace_protect {processes[pid].mspace:#x} {READ_ONLY:#x} {PAGE_SIZE} {READ}")
    processes.poke(pid, FLAG, 1)
    expected = [-EFAULT] * len(rows)
    expected += [0, -EBADF, len(word), TRANSFER, -EBADF, -ENOENT, -E2BIG, -ENOENT, 3, -EPERM,
                 TRANSFER]
    equal(processes.finished(pid, len(expected)), expected, _("results"))
    true(f"{word}{word}\n" in processes.machine.console.text.replace("\0", ""),
         _("`{text}` twice on the console").format(text=word),
         processes.machine.console.text[-200:])


@check(1, _("read() of no bytes: what is typed is for the program from then on"), read="exercise-6",
       why=_("A shell says so before it prompts: what somebody types before it reads is not lost, "
             "nor taken by the monitor."))
def test_claim(processes: Processes, rng: random.Random) -> None:
    word, console = f"x{rng.getrandbits(32):x}", processes.machine.console
    done = processes.done()
    pid = processes.raw(calls((READ_CALL, 0, FLAG, 0)) + done + processes.until(FLAG)
                        + calls((READ_CALL, 0, DATA + 4, 100)) + done + LOOP)
    equal(processes.finished(pid, 1), [0], _("result of a read of no bytes"))
    console.send(word.encode() + b"\n")
    console.wait_for(word)
    processes.poke(pid, DONE, 0)
    processes.poke(pid, FLAG, 1)
    length = processes.finished(pid, 1)[0]
    equal_bytes(processes.memory(pid, DATA + 4, length), word.encode() + b"\n",
                _("what it reads later"))
