"""COM1, where people are: what the kernel prints there, and what is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .check import CheckFailed, show
from .crash import KernelDied
from .i18n import _

if TYPE_CHECKING:
    from .machine import Machine

WAIT_SECONDS = 3.0  # of processor time for what shall come
SILENT_SECONDS = 0.5  # the same, without a byte, when the kernel is doing nothing else
ASLEEP_LOOKS = 200  # in a row, each at a processor that waits for the next tick: the same
LINE_STATUS = 0x3FD
TRANSMITTER_EMPTY = 0x40
SHOWN_LINES, SHOWN_CHARACTERS = 4, 240  # of what was printed, in a verdict
SETTLE_TRIES = 100  # a guest that goes on sending is not waited for


def end_of(data: bytearray) -> str:
    """Returns the last lines of DATA, if it is text; otherwise its last bytes."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    if "\N{REPLACEMENT CHARACTER}" in text or not all(c.isprintable() or c == "\n" for c in text):
        return show(data[-32:])
    return "\n".join(text[-SHOWN_CHARACTERS:].splitlines()[-SHOWN_LINES:])


class Console:
    """COM1, where people are."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._port = machine.qemu.com1

    @property
    def text(self) -> str:
        """What was printed and not taken by receive() or wait_for()."""
        self._settle()
        return self._port.data.decode("utf-8", "replace").replace("\r\n", "\n")

    def _settle(self) -> None:
        """Takes over what the guest has sent; its last bytes may still be in the device."""
        for _unused in range(SETTLE_TRIES):
            sent = self._machine.in8(LINE_STATUS) & TRANSMITTER_EMPTY
            self._machine.qemu.drain()
            if sent:
                break

    def _wait(self, ready: Callable[[], bool], seconds: float, wanted: str,
              silent: float = SILENT_SECONDS) -> None:
        """Waits until READY(); fails when a kernel that is doing nothing else has fallen SILENT,
        so many seconds long."""
        qemu = self._machine.qemu
        total, since, asleep = -1, 0.0, 0

        def ready_or_silent() -> bool:
            nonlocal total, since, asleep
            if ready():
                return True
            if self._port.total != total:
                total, since, asleep = self._port.total, qemu.processor_time(), 0
            elif not self._machine.busy:
                asleep = asleep + 1 if qemu.sleep() else 0
                return (qemu.processor_time() - since > silent
                        or asleep > ASLEEP_LOOKS * silent / SILENT_SECONDS)
            return False

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
        return _("bytes from COM1: {count}, then nothing more; at the end: {data}").format(
            count=len(self._port.data), data=end_of(self._port.data))

    def send(self, data: bytes) -> None:
        """Types DATA, all of it, however slowly the guest takes it."""
        self._machine.send(self._port.socket, data)

    def receive(self, count: int, seconds: float = WAIT_SECONDS) -> bytes:
        """Takes COUNT bytes."""
        self._wait(lambda: len(self._port.data) >= count, seconds,
                   _("bytes from COM1: {count}").format(count=count))
        data = bytes(self._port.data[:count])
        del self._port.data[:count]
        return data

    def wait_for(self, text: str, seconds: float = WAIT_SECONDS,
                 silent: float = SILENT_SECONDS) -> str:
        """Takes everything up to and with TEXT."""
        wanted = text.encode()
        self._wait(lambda: wanted in self._port.data, seconds,
                   _("`{text}` from COM1").format(text=text), silent)
        end = self._port.data.index(wanted) + len(wanted)
        data = bytes(self._port.data[:end])
        del self._port.data[:end]
        return data.decode("utf-8", "replace").replace("\r\n", "\n")

    def command(self, line: str, prompt: str, seconds: float = WAIT_SECONDS) -> str:
        """Types LINE at a prompt; returns what is printed before the next PROMPT, without the
        echo. What LINE asks for may take long: until then, the kernel may be silent."""
        self.send(line.encode() + b"\r")
        said = self.wait_for(prompt, seconds, silent=seconds)
        return said.removesuffix(prompt).partition("\n")[2]

    def clear(self) -> None:
        """Forgets what was printed."""
        self._settle()
        self._port.data.clear()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Does not read the port: the guest's sender soon finds no room."""
        self._port.held = True
        try:
            yield
        finally:
            self._port.held = False
