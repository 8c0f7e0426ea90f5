"""A kernel running in a machine: what the checks talk to.

`Machine` boots a kernel in QEMU and speaks the probe's protocol on COM2. What the kernel says of
itself can be compared with its RAM, read from outside, and with the processor's registers.
"""

import random
import re
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from .build import Kernel
from .check import CheckFailed, show
from .crash import Crash, examine, not_multiboot, parse_panic
from .debugger import Debugger
from .elf import Elf
from .i18n import _
from .qemu import Ended, Qemu, make_iso
from .stages import ROOT

BOOT_SECONDS = 2.0  # of processor time until the probe is ready
ISO_SECONDS = 5.0  # the same through BIOS and GRUB
SILENT_SECONDS = 0.5  # of processor time without a byte from COM1 that is waited for
CALL_SECONDS = 3.0  # of processor time for one request
CUT_SECONDS = 0.5  # the same, until a panic has said its first word
LINE_LIMIT = 4000  # characters of a request (00-base/probe.h)
SHOWN = 8  # commands shown in a report

Value = int | str
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_ESCAPE = re.compile(r'\\(x[0-9a-f]{2}|.)')
_PART = re.compile(r'((?:"(?:[^"\\]|\\.)*"|[^;"])*)(?:;|$)')


class KernelDied(CheckFailed):
    """The kernel ended in the middle of a check."""

    def __init__(self, crash: Crash) -> None:
        super().__init__(_("an answer"), str(crash))
        self.crash = crash


@dataclass(frozen=True)
class Answer:
    """What the probe said to one command. error: an errno's name, "" if it succeeded."""

    command: str
    values: list[Value] = field(default_factory=list)
    error: str = ""
    text: str = ""

    @property
    def ok(self) -> bool:
        return not self.error

    @property
    def value(self) -> int:
        """The first value, a number."""
        if not self.values or not isinstance(self.values[0], int):
            raise CheckFailed(_("a number in answer to `{command}`").format(command=self.command),
                              str(self))
        return self.values[0]

    def __str__(self) -> str:
        if self.error:
            return f"{self.error} ({self.text.strip()})"
        words = (v if isinstance(v, str) else f"{v:#x}" for v in self.values)
        return " ".join(("ok", *words))


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 3 else m[1], text)


def parse_answer(command: str, part: str) -> Answer:
    """Makes an Answer of one command's part of a reply. ValueError if it is none."""
    status, _space, rest = part.strip().partition(" ")
    if status == "err":
        error, _space, text = rest.partition(" ")
        return Answer(command, error=error, text=text)
    if status != "ok":
        raise ValueError(part)
    values: list[Value] = []
    for match in _VALUE.finditer(rest):
        values.append(_unescape(match[1]) if match[2] is None else int(match[2], 0))
    return Answer(command, values)


class Ram:
    """The guest's physical memory, read and written from outside."""

    def __init__(self, qemu: Qemu) -> None:
        self._memory = qemu.ram

    def __len__(self) -> int:
        return len(self._memory)

    def _inside(self, address: int, count: int) -> None:
        if not 0 <= address <= len(self._memory) - count:
            raise CheckFailed(_("an address in physical memory"), f"{address:#010x}")

    def read(self, address: int, count: int) -> bytes:
        """Returns COUNT bytes. Fails the check outside RAM."""
        self._inside(address, count)
        return self._memory[address:address + count]

    def write(self, address: int, data: bytes) -> None:
        self._inside(address, len(data))
        self._memory[address:address + len(data)] = data

    def words(self, address: int, count: int) -> tuple[int, ...]:
        """Returns COUNT 32-bit words."""
        return struct.unpack(f"<{count}I", self.read(address, 4 * count))

    def u32(self, address: int) -> int:
        return self.words(address, 1)[0]

    def u64(self, address: int) -> int:
        return int.from_bytes(self.read(address, 8), "little")

    def string(self, address: int, limit: int = 4096) -> str:
        """Returns the C string at ADDRESS, cut after LIMIT bytes."""
        self._inside(address, 1)
        data = self._memory[address:address + limit]
        return data.split(b"\0", 1)[0].decode("latin-1")


@dataclass(frozen=True)
class Registers:
    """The processor's registers. gdt, idt: base and limit. Segments: selectors."""

    eax: int
    ebx: int
    ecx: int
    edx: int
    esi: int
    edi: int
    ebp: int
    esp: int
    eip: int
    eflags: int
    cs: int
    ss: int
    ds: int
    es: int
    fs: int
    gs: int
    tr: int
    ldt: int
    cr0: int
    cr2: int
    cr3: int
    cr4: int
    gdt: tuple[int, int]
    idt: tuple[int, int]


def parse_registers(text: str) -> Registers:
    """Makes Registers of QEMU's `info registers`."""
    found: dict[str, int | tuple[int, int]] = {}
    for name, value in re.findall(r"\b([A-Z0-9]{2,3}) *=([0-9a-f]{8})\b", text):
        found[{"EFL": "eflags"}.get(name, name.lower())] = int(value, 16)
    for name, value in re.findall(r"\b([A-Z]{2,3}) *=([0-9a-f]{4}) ", text):
        found[name.lower()] = int(value, 16)
    for name, base, limit in re.findall(r"(GDT|IDT)= +([0-9a-f]{8}) ([0-9a-f]{8})", text):
        found[name.lower()] = (int(base, 16), int(limit, 16))
    return Registers(**{name: found[name] for name in Registers.__dataclass_fields__})  # type: ignore


class Console:
    """COM1, where people are."""

    def __init__(self, machine: "Machine") -> None:
        self._machine = machine
        self._port = machine.qemu.com1

    @property
    def text(self) -> str:
        """What was printed and not taken by receive() or wait_for()."""
        self._machine.qemu.drain()
        return self._port.data.decode("utf-8", "replace").replace("\r\n", "\n")

    def _wait(self, ready, seconds: float, wanted: str) -> None:
        """Waits until READY(); fails when a kernel that is doing nothing else has fallen silent."""
        qemu = self._machine.qemu
        total, since = -1, 0.0

        def ready_or_silent() -> bool:
            nonlocal total, since
            if ready():
                return True
            if self._port.total != total:
                total, since = self._port.total, qemu.processor_time()
            return not self._machine.busy and qemu.processor_time() - since > SILENT_SECONDS

        try:
            self._machine.wait(ready_or_silent, seconds)
        except KernelDied as death:
            death.expected, death.got = wanted, f"{self._said()}\n{death.crash}"
            raise
        if not ready():
            raise CheckFailed(wanted, self._said())

    def _said(self) -> str:
        if not self._port.data:
            return _("nothing from COM1")
        return _("bytes from COM1: {count}, then nothing more ({data})").format(
            count=len(self._port.data), data=show(self._port.data))

    def send(self, data: bytes) -> None:
        """Types DATA, all of it, however slowly the guest takes it."""
        self._machine.send(self._port.socket, data)

    def receive(self, count: int, seconds: float = CALL_SECONDS) -> bytes:
        """Takes COUNT bytes."""
        self._machine.qemu.drain()
        self._wait(lambda: len(self._port.data) >= count, seconds,
                   _("bytes from COM1: {count}").format(count=count))
        data = bytes(self._port.data[:count])
        del self._port.data[:count]
        return data

    def wait_for(self, text: str, seconds: float = CALL_SECONDS) -> str:
        """Takes everything up to and with TEXT."""
        wanted = text.encode()
        self._wait(lambda: wanted in self._port.data, seconds,
                   _("`{text}` from COM1").format(text=text))
        end = self._port.data.index(wanted) + len(wanted)
        data = bytes(self._port.data[:end])
        del self._port.data[:end]
        return data.decode("utf-8", "replace").replace("\r\n", "\n")

    def clear(self) -> None:
        """Forgets what was printed."""
        self._machine.qemu.drain()
        self._port.data.clear()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Does not read the port: the guest's sender soon finds no room."""
        self._port.held = True
        try:
            yield
        finally:
            self._port.held = False


class Machine:
    """A machine with a kernel, booted as far as its probe (unless `stopped`)."""

    def __init__(self, kernel: Kernel, *, ram: int = 32, append: str = "",
                 modules: Sequence[tuple[bytes, str]] = (), icount: bool = False,
                 iso: bool = False, stopped: bool = False) -> None:
        """ram: MiB. modules: content and text of each. icount: one instruction takes exactly 1 ns
        of guest time. iso: boot through GRUB. stopped: stop before the first instruction."""
        self.elf: Elf = kernel.elf
        self.history: list[str] = []  # lines of commands since boot
        self.crash: Crash | None = None
        self._todo: list[tuple[str, str, int]] | None = None  # known once closed
        self._asked = False  # by start(), and finish() not called yet
        self._sequence = random.SystemRandom()
        if iso and self.elf.multiboot_header() is None:
            self._died(not_multiboot())  # GRUB says so on its screen, and waits
        with TemporaryDirectory(prefix="miroir-") as folder:
            arguments = self._medium(kernel.path, Path(folder), append, modules, iso)
            if icount:
                arguments += ["-icount", "shift=0,sleep=off"]
            self.qemu = Qemu(ram, arguments, Path(folder), stopped=stopped)
            self.ram = Ram(self.qemu)
            self.console = Console(self)
            try:
                if not stopped:
                    self.wait_ready(ISO_SECONDS if iso else BOOT_SECONDS)
            except BaseException:
                self.close()
                raise

    @staticmethod
    def _medium(kernel: Path, folder: Path, append: str, modules: Sequence[tuple[bytes, str]],
                iso: bool) -> list[str]:
        if iso:
            image = folder / "miroir.iso"
            make_iso(kernel, ROOT / "kernel" / "00-base" / "grub.cfg", image)
            return ["-cdrom", image.name, "-boot", "d"]
        # Names from the folder: QEMU would take a comma or a space in a path for a separator.
        (folder / "miroir.elf").symlink_to(kernel)
        arguments = ["-kernel", "miroir.elf", "-append", append]
        names = []
        for number, (content, text) in enumerate(modules):
            (folder / f"module{number}").write_bytes(content)
            names.append(f"module{number} {text}".replace(",", ",,"))
        return arguments + (["-initrd", ",".join(names)] if names else [])

    def close(self) -> None:
        """Ends the machine. What todo() says stays."""
        self._todo = self.todo()
        self.qemu.close()

    # Waiting, and what may happen meanwhile

    def wait(self, ready, seconds: float) -> None:
        """Waits until READY() holds; raises KernelDied if the kernel ends before it.

        seconds: of processor time.
        """
        def ready_or_panic() -> bool:
            return ready() or b"\n! panic " in self.qemu.com2.data

        try:
            self.qemu.wait(ready_or_panic, seconds)
            if not ready():
                self._panic()
        except Ended as ended:
            self._died(examine(self.qemu, self.elf, ended.kind))

    def _died(self, crash: Crash) -> None:
        self.crash = crash
        raise KernelDied(crash)

    def _panic(self) -> None:
        data = self.qemu.com2.data
        start = data.index(b"\n! panic ")
        self.qemu.wait(lambda: b"\n! end" in data[start:] or bool(self.qemu.ended), CALL_SECONDS)
        lines = data[start + 1:].decode("utf-8", "replace").splitlines()
        self._died(parse_panic([line[2:] for line in lines if line.startswith("! ")], self.elf))

    def wait_ready(self, seconds: float = BOOT_SECONDS) -> None:
        """Waits for the probe's greeting."""
        data = self.qemu.com2.data
        self.wait(lambda: b"! ready\n" in data, seconds)
        end = data.index(b"! ready\n")
        if end:
            self._died(Crash("lies", examine_lie(data[:end].decode("utf-8", "replace"))))
        del data[:len(b"! ready\n")]

    def send(self, connection, data: bytes) -> None:
        """Sends all of DATA on CONNECTION while passing on what the guest says."""
        connection.setblocking(False)
        left = memoryview(data)

        def sent() -> bool:
            nonlocal left
            try:
                left = left[connection.send(left):]
            except (BlockingIOError, ConnectionError):
                pass
            return not left

        self.wait(sent, CALL_SECONDS + len(data) / 10000)
        connection.setblocking(True)

    # The probe

    def start(self, line: str) -> None:
        """Sends the commands of LINE, separated by `;`, without waiting; see finish()."""
        if len(line) > LINE_LIMIT:
            raise ValueError(f"a line of {len(line)} characters")
        self.history.append(line)
        # Nothing but the probe can know the number before it is asked.
        self._number = f"{self._sequence.getrandbits(32):08x}"
        self._nothing_unasked(self.qemu.com2.data)
        self._asked = True
        self.send(self.qemu.com2.socket, f"{self._number} {line}\n".encode())

    @property
    def busy(self) -> bool:
        """Whether the kernel is carrying out commands."""
        return self._asked and b"\n" not in self.qemu.com2.data

    def finish(self, seconds: float = CALL_SECONDS) -> list[Answer]:
        """Waits for the answers to what start() sent."""
        data = self.qemu.com2.data
        self.wait(lambda: b"\n" in data, seconds)
        self._asked = False
        end = data.index(b"\n")
        reply = data[:end].decode("utf-8", "replace")
        try:
            answers = self._answers(reply, [c.strip() for c in self.history[-1].split(";")])
        except ValueError:
            self._cut_short(end)
            self._died(Crash("lies", examine_lie(reply)))
            raise
        del data[:end + 1]
        return answers

    def _cut_short(self, end: int) -> None:
        """Raises KernelDied if what ended an answer too early, at END, is a panic."""
        data, panic = self.qemu.com2.data, b"\n! panic "
        try:
            self.qemu.wait(lambda: not panic.startswith(data[end:end + len(panic)])
                           or data.startswith(panic, end), CUT_SECONDS)
        except Ended:
            return
        if data.startswith(panic, end):
            self._panic()

    def run(self, line: str, seconds: float = CALL_SECONDS) -> list[Answer]:
        """Has the commands of LINE carried out; returns their answers.

        seconds: of processor time.
        """
        self.start(line)
        return self.finish(seconds)

    def _answers(self, reply: str, commands: list[str]) -> list[Answer]:
        """Returns the answers in REPLY. ValueError if they are not those to COMMANDS."""
        word, _space, rest = reply.partition(" ")
        parts = [m[1] for m in _PART.finditer(rest)][:len(commands)]
        if word != self._number or len(parts) != len(commands):
            raise ValueError(reply)
        return [parse_answer(c, part) for c, part in zip(commands, parts)]

    def _nothing_unasked(self, data: bytearray) -> None:
        if data and not data.startswith(b"\n! panic"):
            self._died(Crash("lies", examine_lie(data.decode("utf-8", "replace"))))

    def call(self, command: str, seconds: float = CALL_SECONDS) -> list[Value]:
        """Returns the values of COMMAND's answer; fails the check if it is an error."""
        answer = self.run(command, seconds)[-1]
        if answer.error:
            raise CheckFailed(_("`{command}` succeeds").format(command=answer.command), str(answer))
        return answer.values

    def error(self, command: str, seconds: float = CALL_SECONDS) -> str:
        """Returns the name of the error that COMMAND ends in, "" if it succeeds."""
        return self.run(command, seconds)[-1].error

    def dies(self, command: str, seconds: float = CALL_SECONDS) -> Crash:
        """Returns how COMMAND ended the kernel; fails the check if it did not."""
        try:
            answer = self.run(command, seconds)[-1]
        except KernelDied as death:
            return death.crash
        raise CheckFailed(_("`{command}` ends the kernel").format(command=command), str(answer))

    @cached_property
    def debugger(self) -> Debugger:
        """The debugger's port of a machine that was booted `stopped`."""
        return Debugger(self.qemu.debugger, self.wait)

    @cached_property
    def scratch(self) -> int:
        """Physical address of 64 KiB that the kernel leaves alone."""
        return self.symbol("scratch")

    # From outside

    def symbol(self, name: str) -> int:
        """Returns the address of NAME in the kernel; fails the check if there is none."""
        if name not in self.elf.symbols:
            raise CheckFailed(_("the kernel defines `{name}`").format(name=name), _("not so"))
        return self.elf.symbols[name]

    def monitor(self, line: str) -> str:
        """Returns what QEMU's monitor says to LINE."""
        return self.qemu.monitor(line)

    def in8(self, port: int) -> int:
        """Returns what the 8-bit I/O port PORT holds, without the kernel's help."""
        found = re.search(r"= 0x([0-9a-f]+)", self.monitor(f"i /xb {port:#x}"))
        return int(found[1], 16) if found else 0xFF

    def out8(self, port: int, value: int) -> None:
        """Writes to the 8-bit I/O port PORT, without the kernel's help."""
        self.monitor(f"o /b {port:#x} {value:#x}")

    def registers(self) -> Registers:
        """Returns the processor's registers; the guest stands still while they are read."""
        self.qemu.stop()
        text = self.monitor("info registers")
        self.qemu.resume()
        return parse_registers(text)

    def todo(self) -> list[tuple[str, str, int]]:
        """Returns the functions reached that are still to be written: name, file, line."""
        if self._todo is not None:
            return self._todo
        try:
            count = min(self.ram.u32(self.elf.symbols["todo_count"]), 16)
            place = self.elf.symbols["todo_reached"]
            rows = [self.ram.words(place + 12 * i, 3) for i in range(count)]
            return [(self.ram.string(name), self.ram.string(file), line)
                    for name, file, line in rows]
        except (KeyError, CheckFailed):
            return []


def examine_lie(text: str) -> str:
    """Returns what to say of TEXT, found on COM2 though nothing had asked for it."""
    return _("Something other than the probe writes to COM2, which belongs to the grader: "
             "{text}").format(text=repr(text[:80]))
