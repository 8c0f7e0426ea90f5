"""A kernel running in a machine: what the checks talk to.

`Machine` boots a kernel in QEMU and speaks the probe's protocol on COM2. What the kernel says of
itself can be compared with its RAM, read from outside, and with the processor's registers.
"""

import random
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from .answers import Answer, Value, parse_answer, split_reply
from .build import Kernel
from .check import CheckFailed
from .console import Console
from .crash import (Crash, KernelDied, Todo, dead_at_boot, examine, not_multiboot,
                    parse_panic)
from .debugger import Debugger
from .elf import Elf
from .guest import Ram, Registers, parse_registers
from .i18n import _
from .qemu import Ended, Qemu, make_iso, platform
from .spares import Spares
from .stages import ROOT

BOOT_SECONDS = 2.0  # of processor time until the probe is ready
ISO_SECONDS = 5.0  # the same through BIOS and GRUB
CALL_SECONDS = 3.0  # of processor time for one request
CUT_SECONDS = 0.5  # the same, until a panic has said its first word
LINE_LIMIT = 4000  # characters of a request (00-base/probe.h)
REPLY_LIMIT = 32768  # characters of an answer that are in RAM (the same)
LOOKS = 20  # at a guest that may be asleep
TODO_LIMIT = 16  # functions noted (00-base/todo.h)


class Machine:
    """A machine with a kernel, booted as far as its probe (unless `stopped`)."""

    def __init__(self, kernel: Kernel, *, ram: int = 32, append: str = "",
                 modules: Sequence[tuple[bytes, str] | str] = (), icount: bool = False,
                 iso: bool = False, stopped: bool = False, devices: Sequence[str] = (),
                 disk: int = 0, usual: bool = False, spares: Spares | None = None) -> None:
        """ram: MiB. disk: MiB of the first IDE disk; 0: none. modules: content and text of each,
        or the name of one of the kernel's programs. icount: one instruction takes exactly 1 ns of
        guest time. iso: boot through GRUB. usual: with QEMU's usual BIOS, as `make run`. stopped:
        stop before the first instruction. devices: more of QEMU's; the character device `nothing`
        is there for them. spares: where its QEMU may come from, and go to."""
        self.elf: Elf = kernel.elf
        self.history: list[str] = []  # lines of commands since boot
        self.patience = 1.0  # part of the time that a request may take
        self.crash: Crash | None = None
        self._closed = False
        self._todo: list[Todo] | None = None  # known once closed
        self._todo_at_boot: list[Todo] = []
        self.only_boot_reached = False  # what todo() says
        self._asked = False  # by start(), and finish() not called yet
        self._sequence = random.SystemRandom()
        # Of other machines there are few of a kind.
        self._spares = None if iso or stopped or devices or usual or icount else spares
        self._what = repr((kernel.path, ram, append, modules, disk))
        self._was_touched = False  # in ways that a reset does not undo
        if iso and self.elf.multiboot_header() is None:
            raise dead_at_boot(not_multiboot(), [])  # GRUB says so on its screen, and waits
        with TemporaryDirectory(prefix="miroir-") as folder:
            spare = self._spares.take(self._what) if self._spares else None
            if spare:
                self.qemu = spare
            else:
                arguments = self._medium(kernel, Path(folder), append, modules, iso)
                if not (iso or usual):
                    arguments += platform()
                if icount:
                    arguments += ["-icount", "shift=0,sleep=off"]
                arguments += ["-chardev", "null,id=nothing"]
                arguments += [word for device in devices for word in ("-device", device)]
                self.qemu = Qemu(ram, arguments, Path(folder), disk=disk, stopped=stopped,
                                 renewable=self._spares is not None
                                 and self._spares.will_be_kept(self._what))
            self.ram = Ram(self.qemu)
            self.console = Console(self)
            try:
                if not stopped:
                    self.wait_ready(ISO_SECONDS if iso else BOOT_SECONDS)
            except KernelDied as death:
                self.close()
                raise dead_at_boot(death.crash, self.todo()) from death
            except BaseException:
                self.close()
                raise

    @staticmethod
    def _medium(kernel: Kernel, folder: Path, append: str,
                modules: Sequence[tuple[bytes, str] | str], iso: bool) -> list[str]:
        if iso:
            image = folder / "miroir.iso"
            make_iso(kernel.path, ROOT / "kernel" / "00-base" / "grub.cfg", image,
                     kernel.programs)
            return ["-cdrom", image.name, "-boot", "d"]
        # Names from the folder: QEMU would take a comma or a space in a path for a separator.
        (folder / "miroir.elf").symlink_to(kernel.path)
        arguments = ["-kernel", "miroir.elf", "-append", append]
        names = []
        for number, module in enumerate(modules):
            content, text = module if isinstance(module, tuple) else (
                kernel.programs[module], module)
            (folder / f"module{number}").write_bytes(content)
            names.append(f"module{number} {text}".replace(",", ",,"))
        return arguments + (["-initrd", ",".join(names)] if names else [])

    def close(self) -> None:
        """Ends the machine. What todo() says stays. May be called again."""
        if self._closed:
            return
        self._todo = self.todo()
        self._closed = True
        if self._spares and not (self.crash or self._asked or self._was_touched):
            self._spares.give(self._what, self.qemu)
            del self.qemu, self.ram, self.console  # another's from now on
        else:
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
        self.wait(lambda: b"! ready\n" in data and self.qemu.pauses > 0, seconds)
        end = data.index(b"! ready\n")
        if end:
            self._died(Crash("lies", examine_lie(data[:end].decode("utf-8", "replace"))))
        del data[:len(b"! ready\n")]
        self._start_todo()

    def send(self, connection, data: bytes) -> None:
        """Sends all of DATA on CONNECTION while passing on what the guest says."""
        self._was_touched |= connection is self.qemu.com1.socket  # nobody knows what was read
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
        """Sends the commands of LINE, separated by `;`, without waiting; see finish(). The guest
        pauses when it has answered, until it is asked, or waited for, again."""
        if len(line) > LINE_LIMIT:
            raise ValueError(f"a line of {len(line)} characters")
        self.history.append(line)
        # Nothing but the probe can know the number before it is asked.
        self._number = f"{self._sequence.getrandbits(32):08x}"
        self._pauses = self.qemu.pauses
        self._nothing_unasked(self.qemu.com2.data)
        self._asked = True
        self.ram.write(self.elf.symbols["probe_reply"], b"\0")
        self.ram.write(self.elf.symbols["probe_mailbox"], line.encode() + b"\0")
        self.send(self.qemu.com2.socket, f"{self._number} *\n".encode())

    @property
    def busy(self) -> bool:
        """Whether the kernel is carrying out commands."""
        return self._asked and b"\n" not in self.qemu.com2.data

    def finish(self, seconds: float = CALL_SECONDS) -> list[Answer]:
        """Waits for the answers to what start() sent."""
        data = self.qemu.com2.data
        self.wait(self._has_answered, seconds * self.patience)
        self._asked = False
        end = data.index(b"\n")
        reply = data[:end].decode("latin-1")
        try:
            answers = self._answers(reply, [c.strip() for c in self.history[-1].split(";")])
        except ValueError:
            self._cut_short(end)
            self._died(Crash("lies", examine_lie(reply)))
            raise
        del data[:end + 1]
        return answers

    def _has_answered(self) -> bool:
        """Whether a line has come: the right one, after which the probe pauses, or another."""
        data = self.qemu.com2.data
        return b"\n" in data and (self.qemu.pauses > self._pauses
                                  or not data.startswith(f"{self._number} *".encode()))

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
        """Returns the answers that REPLY announces; ValueError if they are not to COMMANDS."""
        word, star, rest = reply.partition(" *")
        text = self.ram.string(self.elf.symbols["probe_reply"], REPLY_LIMIT) + rest
        parts = split_reply(text)[:len(commands)]
        if word != self._number or not star or len(parts) != len(commands):
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

    def go(self, seconds: float) -> None:
        """Lets the guest, which has paused after its last answer, do whatever it does without us:
        for so many SECONDS of processor time, unless it is asleep. Then it goes on, too."""
        self.qemu.go()
        end = self.qemu.processor_time() + seconds
        for _look in range(LOOKS):
            if self.qemu.processor_time() > end:
                break
            self.qemu.pass_on(seconds)

    # From outside

    def symbol(self, name: str) -> int:
        """Returns the address of NAME in the kernel; fails the check if there is none."""
        if name not in self.elf.symbols:
            raise CheckFailed(_("the kernel defines `{name}`").format(name=name), _("not so"))
        return self.elf.symbols[name]

    def monitor(self, line: str) -> str:
        """Returns what QEMU's monitor says to LINE."""
        self._was_touched |= line.startswith("log ")
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
        with self.qemu.still():
            text = self.monitor("info registers")
        return parse_registers(text)

    def _start_todo(self) -> None:
        """Remembers what booting has reached, so that what a check reaches is seen apart."""
        self._todo_at_boot = self._read_todo()
        self.ram.write(self.elf.symbols["todo_count"], bytes(4))

    def _read_todo(self) -> list[Todo]:
        """Returns what todo_note() noted, unless the kernel has run over its own memory."""
        try:
            count = self.ram.u32(self.elf.symbols["todo_count"])
            place = self.elf.symbols["todo_reached"]
            rows = [self.ram.words(place + 12 * i, 3) for i in range(min(count, TODO_LIMIT))]
            notes = [(self.ram.string(name), self.ram.string(file), line)
                     for name, file, line in rows]
        except (KeyError, CheckFailed):
            return []
        sane = count <= TODO_LIMIT and all(
            re.fullmatch(r"\w+", name, re.ASCII) and re.fullmatch(r"[\w./-]+", file, re.ASCII)
            and line < 10000 for name, file, line in notes)
        return notes if sane else []

    def todo(self) -> list[Todo]:
        """Returns the functions still to be written that were reached since the machine is ready,
        or else, as `only_boot_reached` then says, at boot: name, file, line."""
        if self._todo is None:
            reached = self._read_todo()
            self.only_boot_reached = not reached
            self._todo = reached or self._todo_at_boot
        return self._todo


def examine_lie(text: str) -> str:
    """Returns what to say of TEXT, found on COM2 though nothing had asked for it."""
    return _("Something other than the probe writes to COM2, which belongs to the grader: "
             "{text}").format(text=repr(text[:80]))
