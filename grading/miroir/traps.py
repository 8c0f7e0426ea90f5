"""What the kit's own trap handlers noted in guest memory (kernel/02-traps/probe_traps.c), and the
interrupt controllers as QEMU shows them."""

import random
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

from .check import CheckFailed, equal, hexa
from .i18n import _
from .machine import Machine

SEGMENTS = ("gs", "fs", "es", "ds")
GENERAL = ("edi", "esi", "ebp", "esp", "ebx", "edx", "ecx", "eax")
STATE = (*SEGMENTS, *GENERAL, "eflags")
FRAME = (*SEGMENTS, *GENERAL, "vector", "error", "eip", "cs", "eflags")
DATA_SELECTORS = (0x10, 0x20, 0x23)  # those that ring 0 may load into a data segment register
INTERRUPT, DIRECTION, ARITHMETIC = 1 << 9, 1 << 10, 0x8D5  # flags
PRIVILEGED = 3 << 12 | 1 << 18 | 1 << 21  # flags IOPL, AC and ID: they mean little to ring 0
COMMAND, POLL = (0x20, 0xA0), 0x0C  # ports of the interrupt controllers, and what is written there
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
    """An interrupt controller: lines that ask, are masked, are in service; vector of its first;
    number of the most important one."""

    irr: int
    imr: int
    isr: int
    irq_base: int
    hprio: int


def controllers(machine: Machine) -> tuple[Controller, Controller]:
    """Returns the first and the second interrupt controller, as QEMU has them."""
    found = {}
    for line in machine.monitor("info pic").splitlines():
        if match := re.match(r"\s*pic(\d): (.*)", line):
            values = dict(re.findall(r"(\w+)=([0-9a-f]+)", match[2]))
            found[match[1]] = Controller(*(int(values[n], 16)
                                           for n in ("irr", "imr", "isr", "irq_base",
                                                     "hprio")))
    return found["0"], found["1"]


def opened(*irqs: int) -> str:
    """Returns commands that open IRQS and mask all other lines, without the student's help."""
    mask = 0xFFFF & ~sum(1 << irq for irq in irqs)
    return f"out8 0xa1 {mask >> 8:#04x}; out8 0x21 {mask & 0xFF:#04x}"


def asks(machine: Machine, irq: int) -> None:
    """Waits until IRQ asks for service."""
    until(machine, "", lambda: bool(controllers(machine)[irq // 8].irr & 1 << irq % 8),
          _("a device asks for IRQ {irq}").format(irq=irq))


def take(machine: Machine, controller: int) -> None:
    """Puts the line that asks into service without interrupting the processor, by polling."""
    machine.run(f"out8 {COMMAND[controller]:#x} {POLL}; in8 {COMMAND[controller]:#x}")


def check_interrupt_flag(machine: Machine, commands: str) -> None:
    """Fails if COMMANDS change the interrupt flag, which is off in the end. No device may ask for
    an interrupt that nobody handles."""
    for state, flag in (("on", INTERRUPT), ("off", 0)):
        machine.run(f"interrupts_{state}; {commands}")
        equal(machine.registers().eflags & INTERRUPT, flag,
              _("the interrupt flag after `{commands}`, as before").format(commands=commands))


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
