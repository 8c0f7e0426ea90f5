"""Exercise 8: programs in files."""

import random
from collections.abc import Callable
from errno import E2BIG, EFAULT, ENOENT, ENOEXEC, ENOMEM

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspace_memory import Memory
from miroir.mspaces import GROWSDOWN, RW, STACK, area_words
from miroir.pagetables import PAGE_SIZE, USER_END
from miroir.processes import (BRK_PLACE, DATA, EXEC, EXECUTE, EXIT, LOOP, OPEN, READABLE, WAIT,
                              WRITABLE, ZOMBIE, Executable, Processes, Segment, calls,
                              equal_status, in_child, load, program, put, store, syscall)

Boot = Callable[..., Machine]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FAILED, TEXT = 127, 0x08048000
STACK_SIZE, WORDS, BYTES = 0x4000, 32, 1024
PLACE, FLAG = 0x10000000, 0xBFFFD000
FLAGS = 0x202  # EFLAGS: interrupts on, and bit 1, which always is


def words(rng: random.Random, count: int) -> list[str]:
    return ["".join(rng.choices(LETTERS, k=rng.randrange(1, 12))) for _unused in range(count)]


def references(processes: Processes, name: str) -> int:
    """Returns how many references the file NAME has, with the one that this takes."""
    _found, count = processes.run([f"a=inode_find {name}", "inode_references $a"])
    return count.value


@check(1, _("A program from a file runs, with its arguments"), read="exercise-8",
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
    for length in rng.sample((1, 5, 9, 13), 2):  # ESP can be right by chance for one of them
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
    equal(hexa(pointers[0]), hexa(USER_END - sum(len(text) + 1 for text in texts)),
          _("argv[0]: the texts end where the stack does"))
    gap = pointers[0] - argv - 4 * len(pointers)
    true(0 <= gap < 16, _("bytes between argv and the texts: 0 to 15"), gap)
    process, space = processes[pid], processes.space(pid)
    end = TEXT + PAGE_SIZE + 0x101000
    equal([process.name, hexa(process.heap), hexa(process.brk)], ["loop", hexa(end), hexa(end)],
          _("name, heap and brk"))
    stack = list(space.areas.values())[-1]
    equal((hexa(stack.start), hexa(stack.end), area_words(stack.flags)),
          (hexa(USER_END - STACK_SIZE), hexa(USER_END),
           area_words(STACK | GROWSDOWN | RW | RW << 4)),
          _("start and end of its stack, and flags"))
    equal([hexa(page) for page in sorted(space.directory.user_pages())],
          [hexa(TEXT), hexa(USER_END - PAGE_SIZE)], _("pages present"))


@check(1, _("exec() by a program: registers and flags anew, its files stay open"),
       read="exercise-8",
       why=_("What the old program had in its registers is not for the new one. But a shell opens "
             "files for the programs that it starts."))
def test_exec(boot: Boot, rng: random.Random) -> None:
    processes = Processes(boot(modules=[(program(LOOP), "loop")]))
    name, word, argv = DATA + 0x200, DATA + 0x210, DATA + 0x220
    puts = b"".join((*processes.put_text(name, "loop"), *processes.put_text(word, "other")))
    loads = b"".join(load(register, rng.getrandbits(32) | 1)
                     for register in ("edx", "ebp", "esi", "edi"))
    code = puts + put(argv, word) + put(argv + 4, 0) + Processes.until(DATA)
    pid = processes.raw(code + syscall(OPEN, name) + loads + b"\xf9\xfd"  # stc; std
                        + syscall(EXEC, name, argv))
    processes.idle(2)
    Memory(processes.machine).write(processes[pid].address + BRK_PLACE, PLACE)
    processes.poke(pid, DATA, 1)
    found, process = processes.registers_of(pid, lambda found: found.eip == TEXT), processes[pid]
    equal([found.eax, found.ebx, found.ecx, found.edx, found.esi, found.edi, found.ebp], [0] * 7,
          _("the registers but ESP"))
    equal(hexa(found.eflags), hexa(FLAGS), _("EFLAGS: interrupts on, and nothing else"))
    equal([process.name, hexa(process.heap), hexa(process.brk)],
          ["loop", *[hexa(TEXT + PAGE_SIZE)] * 2], _("name, heap and brk"))
    true(process.files[3] != 0, _("its file 3 is still open"), process.files)
    argument = processes.words(pid, found.esp, 3)[2]
    equal(processes.memory(pid, argument, 6), b"other\0", _("argv[0]"))


@check(1, _("Arguments: 32 words and 1024 bytes at most"), read="exercise-8",
       why=_("The arguments cross from one space to another in a buffer of the kernel's: what has "
             "no room there must be refused, not cut."))
def test_arguments(processes: Processes, rng: random.Random) -> None:
    processes.make_space((PLACE, 4, RW))
    several = words(rng, WORDS - 1) + [""]
    fits = [[], several, ["x" * (BYTES - 1)], ["a" * 511, "b" * 511], ["", "", "c"]]
    refused = [several + ["d"], ["x" * BYTES], ["a" * 511, "b" * 512], ["a" * 1023, ""]]
    equal([from_user(processes, row) for row in fits + refused], fits + ["E2BIG"] * len(refused),
          _("what arguments_from_user() copies, or its error"))
    equal(processes.do("arguments_from_user 0")[0].values, [], _("the same without any"))
    rows = {(32, 1): [0, 32, 64], (33, 1): [-E2BIG, 32, 64], (1, 1023): [0, 1, 1024],
            (1, 1024): [-E2BIG, 0, 0], (2, 511): [0, 2, 1024], (2, 512): [-E2BIG, 1, 513]}
    answers = processes.do(*(f"arguments_add {count} {length}" for count, length in rows))
    equal([answer.values for answer in answers], list(rows.values()),
          _("arguments_add(): its last result, how many words, bytes of their texts"))


def from_user(processes: Processes, texts: list[str]) -> list | str:
    """Returns what arguments_from_user() makes of TEXTS, or its error."""
    place, argv, scratch = PLACE + 2 * PAGE_SIZE, PLACE + PAGE_SIZE - 6, processes.machine.scratch
    pointers, data = b"", b""
    for text in texts:
        pointers += (place + len(data)).to_bytes(4, "little")
        data += text.encode() + b"\0"
    pointers += bytes(4)
    processes.ram.write(scratch, pointers + data)
    *_puts, answer = processes.run([
        f"copy_to_user {argv:#x} {len(pointers)} {scratch:#x}",
        f"copy_to_user {place:#x} {len(data)} {scratch + len(pointers):#x}",
        f"arguments_from_user {argv:#x}"])
    return answer.error or answer.values


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
            (EXEC, name + 48, argv), (EXEC, name + 65, argv), (EXEC, name, many),
            (EXEC, 0, argv), (EXEC, name, 4), (EXEC, name, 0xFFFFFFFE)]
    expected = [-ENOEXEC, -ENOEXEC, -ENOENT, -E2BIG, -ENOENT, -E2BIG, -EFAULT, -EFAULT, -EFAULT]
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
    processes.idle(3)
    processes.do("frames_hoard 2")
    processes.poke(last, DATA + 0xF00, 1)
    equal(processes.finished(last, 1), [-ENOMEM], _("result without memory"))
    equal(processes.free(), 2, _("free frames, as before"))
    processes.do("frames_release")
    equal_status(processes.run_program("nothing"), FAILED,
                 _("status of a program that is not there"))


@check(1, _("fork() with 8 MiB touched copies no page, a write exactly one"), read="exercise-8",
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

    old, new = processes[parent], processes[child]
    equal([new.heap, new.brk, new.program], [old.heap, old.brk, old.program],
          _("heap, brk and program of the child"))
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


@check(1, _("Rounds of fork, exec, exit and wait lose no frame"), read="exercise-8",
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


@check(1, _("Orphans of a program `init` are its children, as long as it lives"), read="exercise-8",
       why=_("Process 1 waits for whatever comes, so that no zombie stays. It must be woken for "
             "one that it inherits."))
def test_init(boot: Boot, rng: random.Random) -> None:
    code = rng.randrange(256)
    child, parent, orphan = 2, 3, 4
    ends = {pid: Processes.until(FLAG + 4 * pid) + syscall(EXIT, 0) for pid in (1, child, parent)}
    family = in_child(in_child(in_child(syscall(EXIT, code), ends[parent]), ends[child]), b"")
    init = put(FLAG, 0) + family + syscall(WAIT, FLAG + 0x24) + store(FLAG + 0x20) + ends[1]
    processes = Processes(boot(modules=[(program(init), "init")]))
    processes.settle(1)
    processes.settle(orphan, ZOMBIE)
    processes.poke(parent, FLAG + 4 * parent, 1)
    processes.settle(parent, ZOMBIE)
    processes.idle(3)
    equal(processes.words(1, FLAG + 0x20, 2), [orphan, code],
          _("what `init` got when the grandchild had ended: pid and status"))
    processes.poke(1, FLAG + 4, 1)
    processes.settle(1, ZOMBIE)
    true(processes.is_empty(1), _("the zombie `init` has no space, program or files"), "")
    processes.poke(child, FLAG + 4 * child, 1)
    processes.settle(child, ZOMBIE)
    equal([hexa(processes[pid].parent) for pid in (child, parent)],
          [hexa(processes[0].address)] * 2,
          _("parents of its child and of its grandchild, when `init` and the child have ended"))
