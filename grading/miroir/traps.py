"""What the kit's own trap handlers noted in guest memory (kernel/02-traps/probe_traps.c), and the
interrupt controllers as QEMU shows them."""

import random
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

from .check import CheckFailed, hexa
from .i18n import _
from .machine import Machine

SEGMENTS = ("gs", "fs", "es", "ds")
GENERAL = ("edi", "esi", "ebp", "esp", "ebx", "edx", "ecx", "eax")
STATE = (*SEGMENTS, *GENERAL, "eflags")
FRAME = (*SEGMENTS, *GENERAL, "vector", "error", "eip", "cs", "eflags")
DATA_SELECTORS = (0x10, 0x20, 0x23)  # those that ring 0 may load into a data segment register
INTERRUPT, DIRECTION, ARITHMETIC = 1 << 9, 1 << 10, 0x8D5  # flags
_RECORD = struct.Struct("<25I")
TRIES = 400

State = dict[str, int]


def random_state(rng: random.Random, eflags: int = 2) -> State:
    """Returns registers that no kernel would have by chance; DS to GS are random, too."""
    state = {name: rng.getrandbits(32) for name in STATE}
    state |= {name: rng.choice(DATA_SELECTORS) for name in SEGMENTS}
    return state | {"eflags": eflags}


def write_state(machine: Machine, address: int, state: State) -> None:
    """Writes a struct machine_state."""
    machine.ram.write(address, struct.pack("<13I", *(state[name] for name in STATE)))


def read_state(machine: Machine, address: int) -> State:
    """Reads a struct machine_state; of selectors, what counts."""
    state = dict(zip(STATE, machine.ram.words(address, len(STATE))))
    return state | {name: state[name] & 0xFFFF for name in SEGMENTS}


def difference(got: State, wanted: State, names: tuple[str, ...]) -> str:
    """Returns in words which of NAMES are not as WANTED; "" if all are."""
    return ", ".join(f"{name} = {hexa(got[name])}" + _(" instead of ") + hexa(wanted[name])
                     for name in names if got[name] != wanted[name])


@dataclass(frozen=True)
class Record:
    """A trap that one of the kit's handlers got. in_service: ISR of both controllers, the second's
    in bits 8 to 15, when the handler was called."""

    handler: int
    address: int
    frame: dict[str, int]
    ds: int
    es: int
    fs: int
    gs: int
    eflags: int
    in_service: int


def records(machine: Machine) -> list[Record]:
    """Returns the traps noted since trap_forget, the first 64 of them."""
    count = min(machine.ram.u32(machine.symbol("trap_record_count")), 64)
    start = machine.symbol("trap_records")
    found = []
    for index in range(count):
        words = _RECORD.unpack(machine.ram.read(start + _RECORD.size * index, _RECORD.size))
        frame = dict(zip(FRAME, words[2:19]))
        frame |= {name: frame[name] & 0xFFFF for name in (*SEGMENTS, "cs")}
        found.append(Record(words[0], words[1], frame, *words[19:]))
    return found


def only_record(machine: Machine) -> Record:
    """Returns the one trap noted; fails the check if there are more or less."""
    found = records(machine)
    if len(found) != 1:
        raise CheckFailed(_("the handler is called once"),
                          _("{count} calls").format(count=len(found)))
    return found[0]


@dataclass(frozen=True)
class Controller:
    """An interrupt controller: lines that ask, are masked, are in service; vector of its first."""

    irr: int
    imr: int
    isr: int
    irq_base: int


def controllers(machine: Machine) -> tuple[Controller, Controller]:
    """Returns the first and the second interrupt controller, as QEMU has them."""
    found = {}
    for line in machine.monitor("info pic").splitlines():
        if match := re.match(r"\s*pic(\d): (.*)", line):
            values = dict(re.findall(r"(\w+)=([0-9a-f]+)", match[2]))
            found[match[1]] = Controller(*(int(values[n], 16)
                                           for n in ("irr", "imr", "isr", "irq_base")))
    return found["0"], found["1"]


def until(machine: Machine, commands: str, happened: Callable[[], bool], expected: str) -> None:
    """Lets the guest run, COMMANDS between, until HAPPENED(); fails the check if it never does.

    Counted in what the guest does, not in time: a busy host only makes it slower.
    """
    for _try in range(TRIES):
        machine.run(f"{commands}; spin 1000000" if commands else "spin 1000000")
        if machine.history[-2:-1] == machine.history[-1:]:
            machine.history.pop()  # told once, not hundreds of times
        if happened():
            return
    raise CheckFailed(expected, _("not so, however long one waits"))
