"""Exercise 8: programs in files."""

import random
from collections.abc import Callable
from errno import E2BIG, EFAULT, ENOENT, ENOEXEC, ENOMEM

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspaces import GROWSDOWN, RW, STACK, area_words
from miroir.pagetables import PAGE_SIZE, USER_END
from miroir.processes import (DATA, EXEC, EXECUTE, LOOP, READABLE, WRITABLE, Executable, Processes,
                              Segment, calls, equal_status, program, put)

Boot = Callable[..., Machine]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FAILED, TEXT = 127, 0x08048000


def words(rng: random.Random, count: int) -> list[str]:
    return ["".join(rng.choices(LETTERS, k=rng.randrange(1, 12))) for _unused in range(count)]


def references(processes: Processes, name: str) -> int:
    """Returns how many references the file NAME has, with the one that this takes."""
    _found, count = processes.run([f"a=inode_find {name}", "inode_references $a"])
    return count.value


@check(2, _("A program from a file runs, with its arguments"), read="exercise-8",
       why=_("`echo` is one of the kit's programs: an ordinary ELF file, made by an ordinary "
             "compiler."))
def test_echo(boot: Boot, rng: random.Random) -> None:
    processes, said = Processes(boot(modules=["echo"])), words(rng, 5)
    equal_status(processes.run_program(f"echo {' '.join(said)}"), 0, _("its status"))
    true(" ".join(said) + "\n" in processes.machine.console.text, _("its arguments on the console"),
         processes.machine.console.text[-200:])
    free = processes.free()
    equal_status(processes.run_program("echo"), 0, _("status of a second run"))
    equal(processes.free(), free, _("free frames after it"))


@check(2, _("What a program finds: argc, argv, its stack, its heap; only pages that it touched"),
       read="exercise-8",
       why=_("The stack is all that a program has when it starts. Its first instruction already "
             "relies on it."))
def test_start_of_program(boot: Boot, rng: random.Random) -> None:
    code = Segment(PAGE_SIZE, TEXT, PAGE_SIZE, PAGE_SIZE, READABLE | EXECUTE)
    data = Segment(2 * PAGE_SIZE, TEXT + PAGE_SIZE, 16 * PAGE_SIZE, 0x100001, READABLE | WRITABLE)
    file = Executable([code, data], TEXT, LOOP.ljust(17 * PAGE_SIZE, b"x")).pack()
    processes, said = Processes(boot(modules=[(file, "loop")])), words(rng, rng.randrange(2, 7))
    for length in (1, 5, 9, 13):
        pid = processes.start(f"process_run loop {'x' * length}")
        equal(processes.registers_of(pid).esp % 16, 0, _("ESP modulo 16"))
    pid = processes.start(f"process_run loop {' '.join(said)}")
    registers = processes.registers_of(pid)
    esp = registers.esp
    equal(hexa(registers.eip), hexa(TEXT), _("EIP"))
    argc, argv = processes.words(pid, esp, 2)
    equal((argc, hexa(argv)), (len(said) + 1, hexa(esp + 8)), _("argc and argv"))
    pointers = processes.words(pid, argv, argc + 1)
    equal(pointers[-1], 0, _("argv[argc]"))
    texts = [processes.memory(pid, p, 16 if p % PAGE_SIZE < PAGE_SIZE - 16 else -p % PAGE_SIZE)
             .split(b"\0")[0].decode() for p in pointers[:-1]]
    equal(texts, ["loop", *said], _("the arguments"))
    process, space = processes[pid], processes.space(pid)
    end = TEXT + PAGE_SIZE + 0x101000
    equal([process.name, hexa(process.heap), hexa(process.brk)], ["loop", hexa(end), hexa(end)],
          _("name, heap and brk"))
    stack = list(space.areas.values())[-1]
    equal((hexa(stack.end), area_words(stack.flags)),
          (hexa(USER_END), area_words(STACK | GROWSDOWN | RW | RW << 4)),
          _("end of its stack, and flags"))
    equal([hexa(page) for page in sorted(space.directory.user_pages())],
          [hexa(TEXT), hexa(USER_END - PAGE_SIZE)], _("pages present"))


@check(2, _("exec() that fails: an error, and the program goes on as it was"), read="exercise-8",
       why=_("The old program is given up only when nothing can go wrong any more."))
def test_failure(boot: Boot, rng: random.Random) -> None:
    bad = program(LOOP)[:-1]
    files = [(bad, "bad"), (b"echo hello", "script"), (program(LOOP), "good")]
    processes = Processes(boot(modules=files))
    name, argv, many = DATA + 0x200, DATA + 0x400, DATA + 0x500
    texts = {name: "bad", name + 16: "script", name + 32: "nothing", name + 48: "x" * 80}
    puts = b"".join(part for place, text in texts.items()
                    for part in processes.put_text(place, text))
    puts += put(argv, name) + b"".join(put(many + 4 * i, name) for i in range(33))
    rows = [(EXEC, name, 0), (EXEC, name + 16, argv), (EXEC, name + 32, argv),
            (EXEC, name + 48, argv), (EXEC, name, many), (EXEC, 0, argv), (EXEC, name, 4),
            (EXEC, name, 0xFFFFFFFE)]
    expected = [-ENOEXEC, -ENOEXEC, -ENOENT, -E2BIG, -E2BIG, -EFAULT, -EFAULT, -EFAULT]
    code = puts + calls(*rows)
    pid = processes.raw(code + processes.done() + LOOP)
    equal(processes.finished(pid, len(rows)), expected, _("results"))
    free, pages = processes.free(), processes.directory_of(pid).user_pages()
    again = processes.raw(code + processes.done() + LOOP)
    processes.finished(again, len(rows))
    equal(len(processes.directory_of(again).user_pages()), len(pages),
          _("pages present afterwards"))
    equal(free - processes.free(), len(pages) + len(processes.directory_of(again).user_tables())
          + 3, _("frames that it has: pages, tables, directory and kernel stack"))
    equal(references(processes, "bad"), 1, _("references of a file that is not in use"))
    waits = b"".join(processes.put_text(name, "good")) + put(DATA, 0) + put(DATA + 0xF00, 0)
    last = processes.raw(waits + processes.until(DATA + 0xF00) + calls((EXEC, name, 0))
                         + processes.done() + LOOP)
    processes.idle(8)
    processes.do("frames_hoard 2")
    processes.poke(last, DATA + 0xF00, 1)
    equal(processes.finished(last, 1), [-ENOMEM], _("result without memory"))
    equal(processes.free(), 2, _("free frames, as before"))
    processes.do("frames_release")
    equal_status(processes.run_program("nothing"), FAILED,
                 _("status of a program that is not there"))


@check(2, _("fork() with 8 MiB touched copies no page, a write exactly one"), read="exercise-8",
       why=_("This is what makes fork() cheap: its cost does not grow with the memory, only with "
             "its tables."))
def test_big_fork(boot: Boot, rng: random.Random) -> None:
    pages = rng.randrange(1, 5)
    processes = Processes(boot(ram=64, modules=["touch"]))
    console = processes.machine.console
    processes.machine.monitor("log none")
    parent = processes.start(f"process_run touch 8 {pages}")
    console.wait_for("touched")
    processes.settle(parent)
    console.send(b"\n")
    console.wait_for("forked")
    child = max(processes.all())

    block = max(processes.space(parent).areas.values(), key=lambda area: area.length)

    def copied() -> list[int]:
        mine, theirs = (processes.directory_of(pid).user_pages() for pid in (parent, child))
        return [page for page in mine if mine[page].frame != theirs[page].frame
                and block.start <= page < block.end]

    equal(len(copied()), 0, _("pages of the 8 MiB that were copied by fork()"))
    free = processes.free()
    console.send(b"\n")
    console.wait_for("written")
    equal(len(copied()), pages, _("pages copied when the child has written to {count}").format(
        count=pages))
    equal(free - processes.free(), pages, _("frames taken for that"))
    console.send(b"\n")
    console.wait_for("intact")


@check(2, _("Rounds of fork, exec, exit and wait lose no frame"), read="exercise-8",
       why=_("A leak of one frame in a round is a machine that stops after an hour."))
def test_rounds(boot: Boot) -> None:
    processes = Processes(boot(ram=16, modules=["forker"]))
    processes.machine.monitor("log none")
    equal_status(processes.run_program("forker 3"), 0, _("its status"))
    free = processes.free()
    equal_status(processes.run_program("forker 200", 20.0), 0, _("its status"))
    equal(processes.free(), free, _("free frames after 200 rounds"))
    equal(references(processes, "forker"), 1, _("references of a file that is not in use"))


@check(1, _("/proc/<pid>/mmap shows the address space of a process"), read="exercise-8",
       why=_("It is the map that the kernel itself goes by, printed when the file is opened."))
def test_proc(boot: Boot) -> None:
    processes = Processes(boot(modules=["cat", (program(LOOP), "loop")]))
    pid = processes.start("process_run loop")
    processes.registers_of(pid)
    shown = processes.machine.call(f"mspace_display_to {processes[pid].mspace:#x}")[0]
    processes.machine.console.clear()
    equal_status(processes.run_program(f"cat /proc/{pid}/mmap"), 0, _("status of `cat`"))
    true(str(shown) in processes.machine.console.text, str(shown), processes.machine.console.text)
    equal_status(processes.run_program("cat /proc/99/mmap"), 1, _("status for no process"))
