"""Requests as the grader sees them: their format, the manager's model, its trace in RAM."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from .check import equal
from .i18n import _
from .machine import Machine

MEMORY, CONSOLE, TIMER, PROCESSOR, TEST = 0, 1, 2, 3, 15
ECHO, TRY = 0xF01, 0xF02
FAULT, CHUNK_ALLOC, CHUNK_FREE, CHUNK_INFO = 2, 3, 4, 5
TICK = TIMER << 8 | 2
FOR_CALL, FOR_MISSING, FOR_DENIED, FOR_TIME, FOR_KERNEL = 1, 2, 3, 4, 5
# What the handler of a test device does, by the fourth argument of an echo (probe_test.h).
SUBMIT, RUN, PERFORM, FETCH, WAITING, SUBMIT_AS, RUN_AS, FORGET_AS, VANISH = range(1, 10)
SLOTS = 512
ARGUMENTS = 6
CHUNK_MAX = 0x07FFF000
LOG_SIZE = 256
TRACE_SIZE = 512
STEPS = ("", "call", "device", "allocator", "submit", "handler", "result", "fetch")

_NATURES, _FORMAT_SIZE = 16, 20  # of one kind, and what is known of each (request.h)
_REQUEST = struct.Struct("<HBBHHII6II")
_ENTRY = struct.Struct("<IHHHBBHHIIIIiIIiII")


def device(kind: int, number: int) -> int:
    """Returns the byte of a device's ID."""
    return kind << 4 | number - 1


def add_nature(machine: Machine, like: int, new: int) -> None:
    """Has the kernel know the nature NEW, of which all is true that is true of LIKE."""
    place, source = (machine.symbol("request_formats")
                     + ((nature >> 8) * _NATURES + (nature & 0xFF)) * _FORMAT_SIZE
                     for nature in (new, like))
    machine.ram.write(place, machine.ram.read(source, _FORMAT_SIZE))


@dataclass(frozen=True)
class Request:
    """A request as it is submitted; an echo of the first test device, if nothing else is said."""

    sender: int = 1
    device: int = device(TEST, 1)
    nature: int = ECHO
    reason: int = FOR_KERNEL
    need: int = 0
    arguments: tuple[int, ...] = ()
    version: int = 1
    reserved: int = 0
    ticket: int = 0

    def pack(self) -> bytes:
        padded = (*self.arguments, *([0] * ARGUMENTS))[:ARGUMENTS]
        return _REQUEST.pack(self.version, self.device, self.reserved, self.nature, self.reason,
                             self.sender, self.need, *padded, self.ticket)

    @property
    def words(self) -> str:
        """What follows request_submit or request_perform."""
        numbers = (self.sender, self.device, self.nature, self.reason, self.need, *self.arguments)
        return " ".join(str(n) if n < 10 else hex(n) for n in numbers)

    @property
    def raw(self) -> str:
        """The command that submits it, with nothing filled in by the kit."""
        words = struct.unpack("<11I", self.pack())
        return "request_submit_raw " + " ".join(f"{word:#x}" for word in words)

    def __str__(self) -> str:
        given = " ".join(f"{a:#x}" for a in self.arguments) or "-"
        return (f"v{self.version} {self.device >> 4}.{(self.device & 15) + 1} "
                f"{self.nature:#06x} {self.reason} {self.sender} {self.need:#x} ({given}) "
                f"{self.ticket:#x}")


def unpack(data: bytes) -> Request:
    """Makes a Request of its 44 bytes."""
    version, where, reserved, nature, reason, sender, need, *rest = _REQUEST.unpack(data)
    return Request(sender, where, nature, reason, need, tuple(rest[:-1]), version, reserved,
                   rest[-1])


class Log:
    """What the test devices' handler has been given since this object was made."""

    def __init__(self, machine: Machine) -> None:
        self._ram = machine.ram
        self._place = machine.symbol("test_log")
        self._start = self._ram.u32(self._place)

    def requests(self) -> list[Request]:
        end = self._ram.u32(self._place)
        if end - self._start > LOG_SIZE:
            self._start = end - LOG_SIZE
        return [unpack(self._ram.read(self._place + 4 + number % LOG_SIZE * _REQUEST.size,
                                      _REQUEST.size)) for number in range(self._start, end)]

    def equal(self, expected: Sequence[Request], what: str) -> None:
        """Compares the requests handled, and their order, with EXPECTED."""
        got = self.requests()
        equal(len(got), len(expected), what)
        self._equal_each(got, expected)

    def equal_end(self, expected: Sequence[Request]) -> None:
        """Compares the last requests handled with EXPECTED."""
        self._equal_each(self.requests()[-len(expected):], expected)

    @staticmethod
    def _equal_each(got: Sequence[Request], expected: Sequence[Request]) -> None:
        for number, (one, other) in enumerate(zip(got, expected)):
            equal(str(one), str(unpack(other.pack())),
                  _("the request that is handled as number {number}").format(number=number + 1))


# The trace

@dataclass(frozen=True)
class Entry:
    """One step in the trace, with what the kernel's entry says of it."""

    number: int
    step: str
    version: int
    device: int
    reserved: int
    nature: int
    reason: int
    sender: int
    need: int
    argument: int
    ticket: int
    status: int
    value: int
    pages: int


def unfold(first_number: int, first: int, last: int, *rest: int) -> Iterator[Entry]:
    """Yields the steps that one of the kernel's entries holds: none if it was never written."""
    request, result, fetched = rest[:-6], rest[-6:-3], rest[-3:]
    outcomes = {"result": result, "fetch": fetched}
    for number, step in enumerate(STEPS[first:last + 1] if first else (), first_number):
        fields = [*request, *outcomes.get(step, (0, 0, 0))]
        yield Entry(number, step, *fields)


class Trace:
    """The steps that have been added since this object was made."""

    def __init__(self, machine: Machine) -> None:
        self._ram = machine.ram
        self._place, self._count = machine.symbol("trace"), machine.symbol("trace_count")
        self._start = self._ram.u32(self._count)

    def entries(self) -> list[Entry]:
        """Returns them in order: the last TRACE_SIZE, if there are more."""
        end = self._ram.u32(self._count)
        numbers = range(max(self._start, end - TRACE_SIZE) + 1, end + 1)
        kept = _ENTRY.iter_unpack(self._ram.read(self._place, TRACE_SIZE * _ENTRY.size))
        found = [entry for fields in kept for entry in unfold(*fields) if entry.number in numbers]
        found.sort(key=lambda entry: entry.number)
        for entry, number in zip_longest(found, numbers):
            equal(entry and entry.number, number, _("the number of a step in the trace"))
        return found

    def steps(self) -> list[str]:
        """Returns the steps alone, in words."""
        return [entry.step for entry in self.entries()]


# The manager's model

@dataclass
class Known:
    """A request that the model knows of, by its name in the commands."""

    request: Request
    status: int | None = None  # None until it is handled
    value: int = 0


@dataclass
class Manager:
    """What the manager must do, test devices being its only ones."""

    devices: dict[int, bool] = field(default_factory=dict)  # by ID: whether it has a handler
    queue: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)  # oldest first
    known: dict[str, Known] = field(default_factory=dict)
    filled: int = 0

    def submit(self, name: str, request: Request) -> str:
        """Returns the error expected, "" for none."""
        if request.device not in self.devices:
            return "ENODEV"
        if len(self.queue) == SLOTS:
            return "EAGAIN"
        if len(self.queue) + len(self.done) == SLOTS:
            del self.known[self.done.pop(0)]
        self.queue.append(name)
        self.known[name] = Known(request)
        return ""

    def fill(self, request: Request, count: int) -> int:
        """Submits REQUEST COUNT times, unless one is refused; returns how many were not."""
        for number in range(count):
            self.filled += 1
            if self.submit(f"fill{self.filled}", request):
                return number
        return count

    def run(self) -> int:
        """Returns how many requests are handled."""
        count = len(self.queue)
        for name in self.queue:
            one = self.known[name]
            if one.request.device not in self.devices:
                one.status = -19
            elif not self.devices[one.request.device]:
                one.status = -38
            else:
                one.value, status = (*one.request.arguments, 0, 0)[:2]
                one.status = status - ((status & 1 << 31) << 1)
        self.done += self.queue
        self.queue = []
        return count

    def fetch(self, name: str, sender: int) -> str | tuple[int, int]:
        """Returns the error expected, or status and value."""
        one = self.known.get(name)
        if one is None:
            return "EBADF"
        if one.request.sender != sender:
            return "EPERM"
        if one.status is None:
            return "EAGAIN"
        self.done.remove(name)
        del self.known[name]
        return one.status, one.value

    def forget(self, sender: int) -> int:
        """Returns how many places become free."""
        names = [name for name, one in self.known.items() if one.request.sender == sender]
        for name in names:
            del self.known[name]
            (self.queue if name in self.queue else self.done).remove(name)
        return len(names)
