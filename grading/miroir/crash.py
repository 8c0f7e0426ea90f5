"""How a guest ended: what happened, and where in its code, for someone who has to mend it."""

import re
from dataclasses import dataclass, field

from .check import CheckFailed
from .elf import Elf, Place
from .i18n import _
from .qemu import Qemu

EXCEPTIONS = {
    0: "divide error", 1: "debug", 2: "NMI", 3: "breakpoint", 4: "overflow", 5: "bound range",
    6: "invalid opcode", 7: "no FPU", 8: "double fault", 10: "invalid TSS",
    11: "segment not present", 12: "stack fault", 13: "general protection", 14: "page fault",
    16: "x87 error", 17: "alignment check", 18: "machine check"}

_LOGGED = re.compile(
    rb"v=([0-9a-f]{2}) e=([0-9a-f]{4}) i=0 cpl=\d IP=[0-9a-f]{4}:([0-9a-f]{8}) pc=[0-9a-f]+ "
    rb"SP=[0-9a-f]{4}:([0-9a-f]{8})(?: CR2=([0-9a-f]{8}))?[^\n]*\n[^\n]*\n[^\n]*EBP=([0-9a-f]{8})")
_DEEPEST = 16  # calls shown
_LARGEST_FRAME = 0x4000  # bytes


@dataclass
class Crash:
    """kind: "panic", "triple fault", "hang", "halt", "asleep", "flood", "quit", "not multiboot",
    "lies". message: what is known, in the student's language. calls: innermost first."""

    kind: str
    message: str
    calls: list[Place] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [self.message]
        if self.calls:
            lines.append(_("It was here, called from:"))
            lines += [f"  {place}" for place in self.calls]
        return "\n".join(lines)


Todo = tuple[str, str, int]  # a function still to be written: name, file, line


class KernelDied(CheckFailed):
    """The kernel ended in the middle of a check.

    at_boot: before its probe was ready. todo: see Machine.todo().
    """

    def __init__(self, crash: Crash) -> None:
        super().__init__(_("the kernel survives, and answers"), str(crash))
        self.crash = crash
        self.at_boot = False
        self.todo: list[Todo] = []


def dead_at_boot(crash: Crash, todo: list[Todo]) -> KernelDied:
    """Returns the end of a kernel that did not get as far as its probe."""
    death = KernelDied(crash)
    death.at_boot, death.todo = True, todo
    death.expected = _("a kernel that starts, as far as its probe")
    return death


def _headline(kind: str) -> str:
    return {
        "triple fault": _("The kernel triple-faulted: an exception could not be delivered, nor "
                          "the double fault that followed, and the processor reset itself."),
        "hang": _("The kernel does not answer: it is busy, without end."),
        "halt": _("The kernel does not answer: it halted the processor with interrupts off."),
        "asleep": _("The kernel does not answer: it waits for an interrupt that does not come."),
        "flood": _("The kernel prints without end."),
        "quit": _("QEMU ended by itself."),
        "not multiboot": _("The kernel is not a multiboot kernel: there is no right header in the "
                           "first 8 KiB of its file, and no boot loader starts it."),
        "lies": _("Something other than the probe writes to COM2, which belongs to the grader."),
    }.get(kind, kind)


def _exception(number: int, error: int, address: str | None) -> str:
    vector, gate_missing = error >> 3, error & 2 and number in (11, 13)
    name = EXCEPTIONS.get(vector if gate_missing else number, "?")
    if gate_missing:  # of what could not be delivered, not of the failure to deliver it
        return _("Last exception: {number} ({name}), for which the IDT has no usable gate.").format(
            number=vector, name=name)
    text = _("Last exception: {number} ({name}), error code {error:#x}.").format(
        number=number, name=name, error=error)
    if number == 14 and address:
        text += " " + _("It touched the address 0x{address}.").format(address=address)
    return text


def _calls(qemu: Qemu, elf: Elf, eip: int, ebp: int) -> list[Place]:
    """Follows the frame pointers in RAM: the kernel's stacks lie where their addresses say."""
    calls = [elf.place(eip)]
    while ebp % 4 == 0 and 0 < ebp < len(qemu.ram) - 8 and len(calls) < _DEEPEST:
        above, back = (int.from_bytes(qemu.ram[a:a + 4], "little") for a in (ebp, ebp + 4))
        place = elf.place(back, returned=True)
        if place.function.startswith("0x"):
            break
        calls.append(place)
        if not ebp < above <= ebp + _LARGEST_FRAME:
            break
        ebp = above
    return calls


def _last_exception(log: bytes) -> tuple[str, int, int] | None:
    """Returns what the log says of the last exception, with its EIP and EBP.

    A double fault is only the consequence of the one before it.
    """
    found = _LOGGED.findall(log)
    exceptions = [f for f in found if int(f[0], 16) < 32]
    causes = [f for f in exceptions if int(f[0], 16) != 8] or exceptions
    if not causes:
        return None
    vector, error, eip, _esp, cr2, ebp = (f.decode() for f in causes[-1])
    return _exception(int(vector, 16), int(error, 16), cr2 or None), int(eip, 16), int(ebp, 16)


def _last_words(log: bytes) -> str:
    """Returns what QEMU said of itself in its log, rather than of the processor."""
    lines = log.decode(errors="replace").splitlines()
    own = [line for line in lines if "qemu" in line.lower() or "Assertion" in line]
    return "\n".join(own[-3:]) or "\n".join(lines[-3:])


def parse_panic(lines: list[str], elf: Elf) -> Crash:
    """Makes a Crash of the kernel's own last words, the probe's lines without their `! `."""
    text = lines[0].removeprefix("panic ")
    words = [line.split() for line in lines[1:] if line.startswith(("at ", "in "))]
    calls = [elf.place(int(w[1], 16), returned=w[0] == "in") for w in words]
    return Crash("panic", _("The kernel panicked: {text}").format(text=text), calls)


def not_multiboot() -> Crash:
    """Returns how a file without a multiboot header ends, whatever shall boot it."""
    return Crash("not multiboot", _headline("not multiboot"))


def examine(qemu: Qemu, elf: Elf, kind: str) -> Crash:
    """Returns what can be found out about a guest that ended, or that is ended now."""
    log = bytes(qemu.log)
    if kind == "quit" and b"PVH" in log or b"invalid kernel header" in log:
        return not_multiboot()
    message = _headline(kind)
    if kind == "quit":
        return Crash(kind, f"{message}\n{_last_words(log)}")
    last = _last_exception(log)
    if kind == "triple fault":
        if not last:
            return Crash(kind, message)
        return Crash(kind, f"{message}\n{last[0]}", _calls(qemu, elf, last[1], last[2]))
    qemu.stop()
    registers = dict(re.findall(r"\b(EIP|EBP)=([0-9a-f]{8})", qemu.monitor("info registers")))
    calls = []
    if len(registers) == 2:
        calls = _calls(qemu, elf, int(registers["EIP"], 16), int(registers["EBP"], 16))
    if last:
        message += f"\n{last[0]} ({elf.place(last[1])})"
    return Crash(kind, message, calls)
