"""Processes: as their structs lie in the kernel's memory, and pieces of machine code for ring 3."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .check import CheckFailed, equal, fail, true
from .guest import Registers
from .i18n import _
from .mspace_memory import Memory, Space, read_space
from .mspaces import ANON, FIXED, RW
from .pagetables import PAGE_SIZE, Directory, Paged

READY, RUNNING, BLOCKED, ZOMBIE = range(4)
STATES = ("ready", "running", "blocked", "zombie")
LIMIT, STACK_SIZE = 256, 8192
WORDS, NAME_SIZE, FILES = 35, 16, 16  # of a struct process, and where in it there is what:
QUEUE_PLACE, WAKE_PLACE, HEAP_PLACE, BRK_PLACE, NAME_PLACE = 8, 44, 56, 60, 140
KILLED, PAGE_FAULT = 0x100, 14

CODE, DATA, USER_STACK = 0x00400000, 0x00402000, 0x00600000  # of a process without a file
DONE = DATA + 0xFFC  # is 1 when its code has done all
TURNS, LOOKS = 100, 200
A_MOMENT = 0.0005  # seconds of processor time: others have their turn, and it is not over
USER_CS, USER_DS = 0x1B, 0x23

# The numbers of system calls (syscall.h).
(EXIT, WRITE, READ, OPEN, CLOSE, GETPID, YIELD, SLEEP, FORK, EXEC, WAIT, MMAP, MUNMAP, MPROTECT,
 BRK, SHM_OPEN) = range(1, 17)


@dataclass(frozen=True)
class Process:
    """A struct process. parent: where its parent's is. files: where its open files are."""

    address: int
    pid: int
    state: int
    parent: int
    mspace: int
    stack: int
    status: int
    wake_tick: int
    heap: int
    brk: int
    program: int
    files: tuple[int, ...]
    name: str

    @property
    def stack_end(self) -> int:
        return self.stack + STACK_SIZE


def _read(memory: Memory, address: int) -> Process:
    words = memory.words(address, WORDS)
    name = struct.pack("<4I", *memory.words(address + NAME_PLACE, NAME_SIZE // 4))
    return Process(address, words[4], words[5], words[6], words[7], words[8], words[10],
                   words[11], words[14], words[15], words[16], words[17:17 + FILES],
                   name.split(b"\0")[0].decode("latin-1"))


def links(memory: Memory, head: int) -> list[int]:
    """Returns where the links in the list at HEAD are."""
    found: list[int] = []
    link = memory.words(head, 1)[0]
    while link != head:
        if len(found) > LIMIT:
            fail(_("a list that ends"), _("a ring without its head"))
        found.append(link)
        link = memory.words(link, 1)[0]
    return found


class Processes(Paged):
    """A machine with processes."""

    def all(self) -> dict[int, Process]:
        """Returns every process, by its pid, read from outside."""
        memory = Memory(self.machine)
        found = [_read(memory, link) for link in links(memory, self.machine.symbol("processes"))]
        return {process.pid: process for process in found}

    def __getitem__(self, pid: int) -> Process:
        found = self.all()
        true(pid in found, _("process {pid} is in the list").format(pid=pid),
             ", ".join(map(str, found)))
        return found[pid]

    def state(self, pid: int) -> str:
        state = self[pid].state
        return STATES[state] if state < len(STATES) else str(state)

    def queue(self, name: str) -> list[int]:
        """Returns the pids of those that wait in the queue NAME, in order."""
        memory = Memory(self.machine)
        heads = links(memory, self.machine.symbol(name))
        return [_read(memory, link - QUEUE_PLACE).pid for link in heads]

    def space(self, pid: int) -> Space:
        """Returns the address space of a process."""
        return read_space(self.machine, self[pid].mspace)

    def memory(self, pid: int, address: int, count: int = 4) -> bytes:
        """Returns COUNT bytes, all in one page, of a process' memory, without touching it."""
        leaf = self.directory_of(pid).leaf(address)
        if leaf is None:
            raise CheckFailed(_("memory of process {pid} at {address} is present").format(
                pid=pid, address=f"{address:#x}"), _("not present"))
        return self.ram.read(leaf.frame + address % PAGE_SIZE, count)

    def words(self, pid: int, address: int, count: int) -> list[int]:
        return list(struct.unpack(f"<{count}I", self.memory(pid, address, 4 * count)))

    def directory_of(self, pid: int) -> Directory:
        return self.space(pid).directory

    def memory_words(self, address: int, count: int) -> list[int]:
        """Returns COUNT words of the kernel's memory."""
        return list(Memory(self.machine).words(address, count))

    def registers_of(self, pid: int, fits: Callable[[Registers], bool] = lambda _found: True
                     ) -> Registers:
        """Returns the registers of process PID, found in ring 3 and as FITS wants them."""
        place = _("nowhere")
        for _look in range(LOOKS):
            self.machine.go(A_MOMENT)
            found = self.machine.registers()
            place = f"{found.eip:#x}"
            if found.cs & 3 == 3 and found.cr3 == self.directory_of(pid).address and fits(found):
                return found
            self.idle(1)
        fail(_("process {pid} is found in ring 3").format(pid=pid), place)

    def is_empty(self, pid: int) -> bool:
        """Returns whether process PID, a zombie, has neither space, nor program, nor files."""
        process, boot = self[pid], self[0]
        return process.mspace == boot.mspace and not process.program and not any(process.files)

    def ticks_of_sleep(self, *commands: str) -> int:
        """Returns for how many ticks a process sleeps: the first of COMMANDS starts it, the others
        let it run."""
        for _look in range(LOOKS):
            before, pid, *_others, after = (answer.values[0] if answer.values else 0 for answer in
                                            self.do("pit_ticks", *commands, "pit_ticks"))
            ticks = self[int(pid)].wake_tick - int(before) & 0xFFFFFFFF
            if before == after:
                equal(self.state(int(pid)), "blocked", _("state of a process that sleeps"))
                return ticks
        fail(_("two commands in one tick"), _("never"))

    # Doing

    def start(self, command: str) -> int:
        """Has COMMAND start a process; returns its pid."""
        return int(self.machine.call(command)[0])

    def raw(self, code: bytes) -> int:
        """Starts a process that runs CODE, which is copied before this returns."""
        self.machine.ram.write(self.machine.scratch, code)
        pid = self.start(f"process_raw {self.machine.scratch:#x} {len(code)}")
        self.do("others_run 1")
        return pid

    def results(self, code: bytes, count: int) -> list[int]:
        """Runs CODE, made by calls(); returns the COUNT results, with their signs."""
        return self.finished(self.raw(code + self.done() + LOOP), count)

    @staticmethod
    def done() -> bytes:
        """Code that says that all before it is done."""
        return put(DONE, 1)

    def finished(self, pid: int, count: int) -> list[int]:
        """Lets the process run until it is done; returns the words at DATA, with their signs."""
        for _turn in range(TURNS):
            if self.has_page(pid, DONE) and self.words(pid, DONE, 1) == [1]:
                return list(struct.unpack(f"<{count}i", self.memory(pid, DATA, 4 * count)))
            self.idle(2)
        fail(_("process {pid} comes to its end").format(pid=pid), self.state(pid))

    def settle(self, pid: int, state: int = BLOCKED) -> None:
        """Lets the process run until it waits for something, or is in another STATE."""
        for _turn in range(TURNS):
            process = self.all().get(pid)
            if process and process.state == state:
                return
            self.idle(2)
        equal(self.state(pid), STATES[state], _("state of process {pid}").format(pid=pid))

    def child_of(self, pid: int) -> int:
        """Lets others run until process PID has a child; returns the pid of its first."""
        for _turn in range(TURNS):
            found = self.all()
            for process in found.values():
                if process.parent == found[pid].address:
                    return process.pid
            self.idle(1)
        fail(_("process {pid} has a child").format(pid=pid), _("not so"))

    def has_page(self, pid: int, address: int) -> bool:
        return self.directory_of(pid).leaf(address) is not None

    @staticmethod
    def until(address: int) -> bytes:
        """Code that waits, in ring 3, until the word at ADDRESS is not 0."""
        return b"\x83\x3d" + struct.pack("<IB", address, 0) + b"\x74\xf7"

    @staticmethod
    def put_text(address: int, text: str) -> Iterator[bytes]:
        """Code that writes TEXT to ADDRESS."""
        data = text.encode() + b"\0"
        data += bytes(-len(data) % 4)
        for place in range(0, len(data), 4):
            yield put(address + place, int.from_bytes(data[place:place + 4], "little"))

    def poke(self, pid: int, address: int, value: int) -> None:
        """Writes a word to a process' memory, from outside, as soon as it is there."""
        for _turn in range(TURNS):
            if self.has_page(pid, address):
                break
            self.idle(1)
        leaf = self.directory_of(pid).leaf(address)
        if leaf is None:
            fail(_("memory of process {pid} at {address} is present").format(
                pid=pid, address=f"{address:#x}"), _("not present"))
        self.ram.write(leaf.frame + address % PAGE_SIZE, struct.pack("<I", value))

    def wait(self, pid: int = 0) -> int:
        """Waits for a child of the boot thread; returns its status."""
        return int(self.machine.call(f"process_wait {pid}")[1])

    def run_program(self, words: str, seconds: float = 3.0) -> int:
        """Runs a program with its arguments; returns its status."""
        return int(self.machine.call(f"run {words}", seconds)[1])

    def idle(self, times: int = 4) -> None:
        """Lets others run until they have nothing to do, or for so many turns."""
        self.do(f"others_run {times}")

    def make_space(self, *areas: tuple[int, int, int]) -> int:
        """Puts a space to use with AREAS, ANON: address, pages, rights. Returns where it is."""
        space = int(self.machine.call("mspace_create")[0])
        self.do(*(f"mspace_map {space:#x} {start:#x} {pages * PAGE_SIZE:#x} 0 0 0 "
                  f"{ANON | rights | RW << 4 | FIXED:#x}" for start, pages, rights in areas),
                f"mspace_switch {space:#x}")
        return space

    def kill(self, *pids: int) -> None:
        """Ends children of the boot thread, and forgets them."""
        for pid in pids:
            self.do(f"process_kill {pid}", f"process_reap {pid}")


def equal_status(got: int, expected: int, what: str) -> None:
    """Compares a status, as wait gives it."""
    equal(status_words(got), status_words(expected), what)


def status_words(status: int) -> str:
    if status & KILLED:
        vector = status & 0xFF
        return _("killed by exception {vector}").format(vector=vector) if vector else _("killed")
    return _("exit code {code}").format(code=status)


# Machine code

LOOP = b"\xeb\xfe"  # jmp $
_REGISTERS = {"eax": 0, "ecx": 1, "edx": 2, "ebx": 3, "ebp": 5, "esi": 6, "edi": 7}
STATE_NAMES = ("eflags", "gs", "ecx", "edx", "ebx", "ebp", "esi", "edi")


def load(register: str, value: int) -> bytes:
    """mov REGISTER, VALUE"""
    return bytes([0xB8 + _REGISTERS[register]]) + struct.pack("<I", value & 0xFFFFFFFF)


def store(address: int) -> bytes:
    """mov [ADDRESS], eax"""
    return b"\xa3" + struct.pack("<I", address)


def store_state(address: int) -> bytes:
    """Stores at ADDRESS what STATE_NAMES says; EAX is lost."""
    takes = [b"\x9c\x58", b"\x8c\xe8"]  # pushf, pop eax; mov eax, gs
    takes += [bytes([0x89, 0xC0 + 8 * _REGISTERS[name]]) for name in STATE_NAMES[2:]]
    return b"".join(take + store(address + 4 * place) for place, take in enumerate(takes))


def put(address: int, value: int) -> bytes:
    """mov dword [ADDRESS], VALUE"""
    return b"\xc7\x05" + struct.pack("<II", address, value & 0xFFFFFFFF)


def count_at(address: int) -> bytes:
    """inc dword [ADDRESS], for ever"""
    return b"\xff\x05" + struct.pack("<I", address) + b"\xeb\xf8"


def syscall(number: int, *arguments: int) -> bytes:
    """A system call; its result is in EAX."""
    names = ("ebx", "ecx", "edx", "esi", "edi")
    loads = b"".join(load(name, value) for name, value in zip(names, arguments))
    return loads + load("eax", number) + b"\xcd\x80"


def in_child(child: bytes, parent: bytes) -> bytes:
    """fork(); the child does CHILD, the parent PARENT with the child's pid in EAX."""
    skip = b"\x85\xc0\x0f\x85" + struct.pack("<I", len(child))  # test eax, eax; jnz parent
    return syscall(FORK) + skip + child + parent


def calls(*rows: tuple[int, ...], at: int = DATA) -> bytes:
    """Makes system calls, and stores their results from AT on."""
    code = b""
    for place, row in enumerate(rows):
        code += syscall(*row) + store(at + 4 * place)
    return code


# Executables

LOAD_SEGMENT, INTERPRETER = 1, 3
EXECUTE, WRITABLE, READABLE = 1, 2, 4
HEADER_SIZE, SEGMENT_SIZE = 52, 32


@dataclass(frozen=True)
class Segment:
    """A program header. unused: its physical address and alignment, which mean nothing here."""

    offset: int
    address: int
    file_size: int
    memory_size: int
    flags: int = READABLE
    kind: int = LOAD_SEGMENT
    unused: tuple[int, int] = (0, PAGE_SIZE)

    def pack(self) -> bytes:
        physical, alignment = self.unused
        return struct.pack("<8I", self.kind, self.offset, self.address, physical,
                           self.file_size, self.memory_size, self.flags, alignment)


@dataclass
class Executable:
    """An ELF file: what its header says, which may be wrong, and its content. unused: what the
    header says of sections, flags and its own size, in the order of its fields."""

    segments: list[Segment]
    entry: int
    content: bytes = b""  # after the headers, from the second page on
    magic: int = 0x464C457F
    ident: bytes = b"\x01\x01\x01" + bytes(9)
    kind: int = 2
    machine: int = 3
    version: int = 1
    table: int = HEADER_SIZE
    segment_size: int = SEGMENT_SIZE
    count: int | None = None
    unused: tuple[int, ...] = (0, 0, HEADER_SIZE, 0, 0, 0)

    def pack(self) -> bytes:
        count = len(self.segments) if self.count is None else self.count
        sections, flags, size, *of_sections = self.unused
        header = struct.pack("<I12sHHIIIIIHHHHHH", self.magic, self.ident, self.kind, self.machine,
                             self.version, self.entry, self.table, sections, flags, size,
                             self.segment_size, count, *of_sections)
        head = header + b"".join(segment.pack() for segment in self.segments)
        return head.ljust(PAGE_SIZE, b"\0") + self.content if self.content else head


def program(code: bytes, address: int = 0x08048000) -> bytes:
    """Returns an executable of one segment with CODE, which starts at its first byte."""
    segment = Segment(PAGE_SIZE, address, len(code), len(code), READABLE | EXECUTE)
    return Executable([segment], address, code).pack()
