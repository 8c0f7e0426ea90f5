"""One QEMU process, and everything that is connected to it.

Nothing has a name that another grader could meet: the sockets are socket pairs, the guest's RAM is
a file without a name, and the process dies with the grader, however that ends.
"""

import atexit
import fcntl
import json
import mmap
import os
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

from .i18n import _
from .lifetime import die_with, processor_clock
from .stages import UserError

MKRESCUE = ("grub-mkrescue", "grub2-mkrescue", "i686-elf-grub-mkrescue")
POISON = 0xDEADBEEF  # every word of RAM before boot
POISONED = POISON.to_bytes(4, "little") * 0x40000
LOW, HIGH = 0xA0000, 0x100000  # RAM ends, and begins again; between is what devices and BIOS have
BETWEEN = POISONED[LOW:0xE0000] + bytes(0x20000)  # there: qboot counts on zeros behind its map
LOG_KEPT = 1 << 18  # bytes of QEMU's own log
CONSOLE_KEPT = 1 << 20  # bytes of COM1
FLOOD = 1 << 15  # bytes during a wait that was in vain: not silence, but printing without end
WALL_LIMIT = 120  # seconds: for a machine so loaded, or a guest so asleep, that no time is used
INTERRUPT_FLAG = 1 << 9
POLL = 0.02  # seconds between two looks at a silent guest
LINE = 0.001  # seconds in which a guest prints a line
BIOS = "qboot.rom"  # among QEMU's own files
BETWEEN_CLOCKS = 50  # looks at a talking one, between two at its clock, which takes longer


def program() -> str:
    """Returns the path of QEMU; UserError if there is none."""
    found = shutil.which("qemu-system-i386")
    if not found:
        raise UserError(_("QEMU (qemu-system-i386) is not installed: run `make setup`."))
    return found


@cache
def platform() -> tuple[str, ...]:
    """Returns the options for a machine that starts sooner than QEMU's usual one, in which QEMU
    itself loads the kernel.

    The BIOS qboot does no more than that needs: with it, and without tables that the kernel does
    not read, a boot takes half of the time. It does not connect the interrupt controllers (PIC) to
    the processor by way of its local APIC, so there is none. Where QEMU comes without it, its usual
    BIOS does the same.
    """
    said = subprocess.run([program(), "-L", "help"], text=True, errors="replace",
                          stdout=subprocess.PIPE, check=False).stdout
    found = any((Path(folder) / BIOS).is_file() for folder in said.splitlines())
    return ("-machine", "acpi=off", "-cpu", "qemu32,-apic", *(("-bios", BIOS) if found else ()))


class Ended(Exception):
    """The guest can no longer answer. `kind` says why; see crash.py."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


# Files that a guest has done with, by size: filling one again is quicker than making one. Two
# processes must not use the same one.
_spare_files: dict[int, int] = {}
os.register_at_fork(after_in_child=_spare_files.clear)


@cache
def _poison_file(size: int) -> int:
    """Returns a descriptor of a file like _unnamed_file()'s, which nobody writes to."""
    return _unnamed_file(size)


def _unnamed_file(size: int) -> int:
    """Returns a descriptor of a file of SIZE bytes, each word POISON, that has no name."""
    if size in _spare_files:
        descriptor = _spare_files.pop(size)
    elif hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("guest-ram")
    else:
        descriptor, name = tempfile.mkstemp()
        os.unlink(name)
    return _poisoned(descriptor, size)


def _poisoned(descriptor: int, size: int) -> int:
    """Has SIZE bytes be POISON in the file DESCRIPTOR; returns that."""
    try:
        for offset in range(0, size, len(POISONED)):
            os.pwrite(descriptor, POISONED[: size - offset], offset)
    except OSError as error:
        os.close(descriptor)
        raise UserError(_("No room for the guest's memory: {reason}.").format(
            reason=error.strerror)) from error
    return descriptor


class Port:
    """Our end of one of the guest's serial ports."""

    def __init__(self, ours: socket.socket, kept: int) -> None:
        self.socket = ours
        self.data = bytearray()  # what came and was not taken yet, the last `kept` bytes of it
        self.total = 0  # bytes that came since boot
        self.held = False  # do not read: the guest's sender finds no room
        self.closed = False
        self._kept = kept

    def fill(self) -> None:
        data = self.socket.recv(1 << 16)
        self.closed = not data
        self.total += len(data)
        self.data += data
        if len(self.data) > self._kept:
            del self.data[: len(self.data) - self._kept]

    def clear(self) -> None:
        """Forgets all that came."""
        self.data.clear()
        self.total = 0


class Disk:
    """An IDE disk: a file without a name, each word POISON at first."""

    def __init__(self, size: int) -> None:
        """size: MiB."""
        self.file = _unnamed_file(size << 20)
        self._content = mmap.mmap(self.file, size << 20)

    def renew(self) -> None:
        """Has it be as at first."""
        _poisoned(self.file, len(self._content))

    def read(self, address: int, count: int) -> bytes:
        """Returns COUNT bytes, as the guest has written them so far."""
        return self._content[address:address + count]

    def close(self) -> None:
        """Gives it back. May be called again."""
        if self.file >= 0:
            self._content.close()
            os.close(self.file)
            self.file = -1


class Qemu:
    """A running QEMU with its two serial ports, its RAM and its monitor."""

    def __init__(self, ram: int, arguments: Sequence[str], folder: Path, *,
                 disk: int = 0, stopped: bool = False, renewable: bool = False) -> None:
        """ram: MiB. disk: the same; 0: none. arguments: what to boot, named from FOLDER. stopped:
        until the debugger lets it go. renewable: renew() may be called."""
        self.ended: str | None = None
        self.renewable = renewable
        self.log = bytearray()
        # By the guest itself, until something is waited for; at first, until we can be told of it.
        self.paused = not stopped
        self.pauses = 0  # so far
        self._pausing = False
        self._printing = False  # on COM1, and nothing else has come
        self._was_reset = False
        self._commands = count(1)
        self._replies: dict[int, object] = {}
        self._monitor_line = bytearray()
        self._ram_file = _unnamed_file(ram << 20)
        self.ram = mmap.mmap(self._ram_file, ram << 20)
        self.ram[LOW:HIGH] = BETWEEN
        self.disk = Disk(disk) if disk else None
        files = [self._ram_file, *([self.disk.file] if self.disk else [])]
        if renewable:
            files += self._poison()
        pairs = [socket.socketpair() for _unused in range(4)]
        self.com1, self.com2 = (Port(pairs[0][0], CONSOLE_KEPT), Port(pairs[1][0], 1 << 24))
        self._monitor, self.debugger = pairs[2][0], pairs[3][0]
        theirs = [their.fileno() for _our, their in pairs]
        self._process = subprocess.Popen(
            [program(), *self._options(ram, theirs, stopped), *arguments], cwd=folder,
            pass_fds=[*files, *theirs], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
            preexec_fn=partial(die_with, os.getpid()))
        atexit.register(self.close)
        for _our, their in pairs:
            their.close()
        assert self._process.stderr
        self._errors = self._process.stderr
        os.set_blocking(self._errors.fileno(), False)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            fcntl.fcntl(self._errors.fileno(), fcntl.F_SETPIPE_SZ, 1 << 20)
        self.processor_time = processor_clock(self._process.pid)  # seconds that QEMU has used
        self._command("qmp_capabilities")

    def _options(self, ram: int, theirs: Sequence[int], stopped: bool) -> list[str]:
        options = [
            "-nodefaults", "-no-user-config", "-display", "none", "-vga", "none",
            "-machine", "pc,accel=tcg,smm=off,memory-backend=ram", "-m", f"{ram}M",
            "-object", f"memory-backend-file,id=ram,size={ram}M,share=on,"
                       f"mem-path=/dev/fd/{self._ram_file}",
            "-device", "pvpanic", "-action", "reboot=shutdown,shutdown=pause,panic=pause",
            "-d", "int,cpu_reset"]
        for number, descriptor in enumerate(theirs):
            options += ["-chardev", f"socket,id=c{number},fd={descriptor}"]
        options += ["-serial", "chardev:c0", "-serial", "chardev:c1",
                    "-mon", "chardev=c2,mode=control"]
        if self.disk:
            options += ["-drive", "if=ide,index=0,format=raw,cache=unsafe,file.locking=off,"
                                  f"file=/dev/fd/{self.disk.file}"]
        if self.renewable:
            for start, file in zip((0, HIGH), self._poison()):
                options += ["-device", f"loader,file=/dev/fd/{file},addr={start},force-raw=on"]
        # A debugger that nobody listens to is in the way: it tells of each pause, and waits then.
        return [*options, "-S", *(["-gdb", "chardev:c3"] if stopped else [])]

    def _poison(self) -> list[int]:
        """Returns the files that QEMU itself fills RAM with when the machine is reset. Only what it
        writes itself does it not take for the code that it has translated there before."""
        return [_poison_file(size) for size in (LOW, len(self.ram) - HIGH)]

    # Waiting

    def wait(self, ready: Callable[[], bool], seconds: float) -> None:
        """Passes on what the guest says until READY; raises Ended when that cannot come.

        seconds: of processor time that QEMU may use meanwhile.
        """
        start = last_used = self.processor_time()
        slept = 0.0  # seconds in which the guest was seen asleep: it will not use processor time
        wall = time.monotonic() + WALL_LIMIT
        said = self.com1.total + self.com2.total
        for look in count(1):
            if ready():
                return
            self.go()
            if self.ended:
                raise Ended(self.ended)
            silent = not self.pass_on(POLL)
            if not silent and look % BETWEEN_CLOCKS:
                continue
            flooded = self.com1.total + self.com2.total - said > FLOOD
            used = self.processor_time()
            sleep = self.sleep() if silent and used == last_used else ""
            if sleep == "halt":
                raise Ended(sleep)
            slept += POLL if sleep else 0
            if used - start + slept > seconds:
                raise Ended("flood" if flooded else "asleep" if slept > used - start else "hang")
            if time.monotonic() > wall:
                raise Ended("asleep")
            last_used = used

    def pass_on(self, timeout: float) -> bool:
        """Reads whatever comes in TIMEOUT seconds; returns whether there was anything."""
        sources: dict[Any, Callable[[], None]] = {
            self._monitor: self._read_monitor, self._errors: self._read_log}
        for port in (self.com1, self.com2):
            if not (port.held or port.closed):
                sources[port.socket] = port.fill
        readable = []
        if self._printing and timeout:  # a line of text need not be taken letter by letter
            others = [source for source in sources if source is not self.com1.socket]
            readable = select.select(others, [], [], min(timeout, LINE))[0]
        readable = readable or select.select(list(sources), [], [], timeout)[0]
        self._printing = readable == [self.com1.socket]
        for source in readable:
            try:
                sources[source]()
            except (ConnectionError, BlockingIOError):
                pass
        quiet = not readable or self._monitor in readable  # it is readable without end once closed
        if quiet and self._process.poll() is not None and self.ended is None:
            self._read_log()
            self.ended = "quit"
        return bool(readable)

    def drain(self) -> None:
        """Takes over everything that the guest has said so far."""
        for _unused in range(1000):  # a guest that prints without end is not waited for
            if self.ended or not self.pass_on(0):
                break

    def _read_log(self) -> None:
        self.log += self._errors.read() or b""
        if len(self.log) > LOG_KEPT:
            del self.log[: len(self.log) - LOG_KEPT]

    def sleep(self) -> str:
        """Returns "asleep" if the processor is halted, "halt" if no interrupt can wake it."""
        text = self.monitor("info registers")
        flags = re.search(r"EFL=([0-9a-f]+)", text)
        if "HLT=1" not in text or not flags:
            return ""
        return "asleep" if int(flags[1], 16) & INTERRUPT_FLAG else "halt"

    # The monitor

    def _read_monitor(self) -> None:
        self._monitor_line += self._monitor.recv(1 << 16)
        while b"\n" in self._monitor_line:
            line, _separator, rest = self._monitor_line.partition(b"\n")
            self._monitor_line = bytearray(rest)
            message = json.loads(line)
            self._take_message(message)

    def _take_message(self, message: dict) -> None:
        event = message.get("event")
        if event in ("SHUTDOWN", "RESET") and message["data"]["guest"]:
            self.ended = "triple fault"
        elif event == "RESET":
            self._was_reset = True
        elif event == "GUEST_PANICKED":  # so QEMU calls it; see probe_port_pause()
            self._pausing = True
        elif event == "STOP" and self._pausing:
            self._pausing, self.paused = False, True
            self.pauses += 1
        elif "id" in message:
            self._replies[message["id"]] = message.get("return", "")

    def _send(self, execute: str, **arguments: object) -> int:
        """Sends a command to the monitor; returns the number that its reply will have."""
        number = next(self._commands)
        request = {"execute": execute, "arguments": arguments, "id": number}
        try:
            self._monitor.sendall(json.dumps(request).encode())
        except ConnectionError:
            pass
        return number

    def go(self) -> None:
        """Lets a guest go on that has paused. QEMU's reply is not waited for: there are thousands.
        """
        if self.paused:
            self.paused = False
            self._replies.clear()
            self._send("cont")

    def _command(self, execute: str, **arguments: object) -> object:
        number = self._send(execute, **arguments)
        end = time.monotonic() + WALL_LIMIT
        while number not in self._replies:
            self.pass_on(POLL)
            if self._process.poll() is not None or time.monotonic() > end:
                return ""
        return self._replies.pop(number)

    def monitor(self, line: str) -> str:
        """Returns what QEMU's human monitor says to LINE."""
        return str(self._command("human-monitor-command", **{"command-line": line}))

    def stop(self) -> None:
        """Stops the guest for good; its RAM and registers stay as they are."""
        self._command("stop")

    def renew(self) -> bool:
        """Has the machine be as it was before it booted; returns whether that was possible."""
        if not self.renewable or self.ended:
            return False
        if not self.paused:
            self.stop()
        self.ram[LOW:HIGH] = BETWEEN
        if self.disk:
            self.disk.renew()
        self._reset()
        self.drain()
        for port in (self.com1, self.com2):
            port.clear()
        self.log.clear()
        self.paused, self.pauses, self._pausing = True, 0, False
        return not self.ended

    def _reset(self) -> None:
        """Resets the machine, and waits until that has been done."""
        self._command("set-action", reboot="reset")
        self._was_reset = False
        self._command("system_reset")
        end = time.monotonic() + WALL_LIMIT
        while not (self._was_reset or self.ended):
            self.pass_on(POLL)
            if time.monotonic() > end:
                self.ended = "asleep"
        self._command("set-action", reboot="shutdown")

    @contextmanager
    def still(self) -> Iterator[None]:
        """Has the guest stand still meanwhile."""
        if not self.paused:
            self._command("stop")
        yield
        if not self.paused:  # nor has the guest paused just then
            self._command("cont")

    # The end

    def close(self) -> None:
        """Ends the process and gives everything back. May be called again."""
        atexit.unregister(self.close)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for connection in (self.com1.socket, self.com2.socket, self._monitor, self.debugger):
            connection.close()
        self._errors.close()
        if self._ram_file >= 0:
            size = len(self.ram)
            self.ram.close()
            if size in _spare_files:
                os.close(self._ram_file)
            else:
                _spare_files[size] = self._ram_file
            self._ram_file = -1
        if self.disk:
            self.disk.close()


def make_iso(kernel: Path, configuration: Path, iso: Path,
             programs: Mapping[str, bytes]) -> None:
    """Writes a bootable GRUB image with KERNEL and PROGRAMS (content by name) to ISO. UserError if
    GRUB's tools are missing."""
    maker = next((path for path in map(shutil.which, MKRESCUE) if path), None)
    if not maker or not shutil.which("xorriso"):
        raise UserError(_("GRUB's tools (grub-mkrescue, xorriso) are not installed: "
                          "run `make setup`."))
    with tempfile.TemporaryDirectory() as folder:
        boot = Path(folder) / "boot"
        (boot / "grub").mkdir(parents=True)
        shutil.copyfile(kernel, boot / "miroir.elf")
        shutil.copyfile(configuration, boot / "grub" / "grub.cfg")
        (boot / "motto.txt").write_text("The page directory that maps itself.\n")
        (boot / "programs").mkdir()
        for name, content in programs.items():
            (boot / "programs" / name).write_bytes(content)
        result = subprocess.run(
            [maker, "-o", str(iso),
             "--install-modules=multiboot normal iso9660 biosdisk regexp test",
             "--themes=", "--fonts=", "--locales=", folder],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if result.returncode:
        raise UserError(result.stdout.strip())
