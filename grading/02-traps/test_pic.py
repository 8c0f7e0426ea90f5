"""The interrupt controllers: as QEMU shows them, and with interrupts from real devices."""

import random

from miroir.check import CheckFailed, check, equal
from miroir.i18n import _
from miroir.machine import Machine
from miroir.traps import (INTERRUPT, asks, check_interrupt_flag, controllers, only_record, opened,
                          records, take, until)

SECOND = 8
VECTOR = 0x20
CASCADE = 1 << 2
RTC_START = "out8 0x70 0x0a; out8 0x71 0x26; out8 0x70 0x0b; out8 0x71 0x42; out8 0x70 0x0c; " \
    "in8 0x71"
RTC_AGAIN = "out8 0x70 0x0c; in8 0x71"
BEGIN = 1 << 4  # in a byte to the command port: it is the first of the words that prepare
OUT_TO_BYTE, OUT_TO_DX = 0xE6, 0xEE  # instructions
STEPS = 20000  # instructions that pic_init() may take
HPET = 0xFED00000  # its timers can be wired to any line


def masks(machine: Machine) -> int:
    """Returns the masks of all sixteen lines."""
    first, second = controllers(machine)
    return first.imr | second.imr << 8


def vectors(machine: Machine) -> str:
    """Returns the vectors of lines 0 and 8."""
    first, second = controllers(machine)
    return f"{first.irq_base:#04x} / {second.irq_base:#04x}"


def in_service(first: int, second: int) -> str:
    """Returns the lines in service of both controllers, as the checks show them."""
    return f"ISR {first:#04x} / {second:#04x}"


def services(machine: Machine) -> str:
    """Returns the lines in service now."""
    first, second = controllers(machine)
    return in_service(first.isr, second.isr)


def rtc_in_service(machine: Machine) -> None:
    """Has the clock's IRQ 8 in service in both controllers; interrupts are off."""
    machine.run(f"{opened(2, 8)}; {RTC_START}")
    asks(machine, 8)
    take(machine, 0)
    take(machine, 1)
    equal(services(machine), in_service(CASCADE, 1), _("lines in service after IRQ 8 was taken"))


@check(2, _("pic_init moves the sixteen lines to vectors 0x20 to 0x2f, and masks them all"),
       read="exercise-7",
       why=_("As a BIOS leaves it, the timer's interrupt has the vector of the double fault. A "
             "line that is open without a driver brings interrupts that nobody answers."))
def test_init(quiet: Machine) -> None:
    wanted = f"0x20 / 0x28, IMR {0xFFFF:#06x}"
    equal(f"{vectors(quiet)}, IMR {masks(quiet):#06x}", wanted,
          _("vectors of lines 0 and 8, and the masks, after boot"))
    rtc_in_service(quiet)
    for port, word in ((0x20, 0x11), (0x21, 0x70), (0x21, 4), (0x21, 1), (0xA1, 0)):
        quiet.run(f"out8 {port:#x} {word:#x}")
    check_interrupt_flag(quiet, "pic_init")
    equal(f"{vectors(quiet)}, IMR {masks(quiet):#06x}, {services(quiet)}",
          f"{wanted}, {in_service(0, 0)}",
          _("vectors of lines 0 and 8, masks, lines in service after pic_init"))


def written(machine: Machine, function: str) -> list[tuple[int, int]]:
    """Goes on until FUNCTION is called; returns the ports that it writes to, each with the byte."""
    debugger = machine.debugger
    debugger.run_to(machine.symbol(function))
    registers = debugger.registers()
    back, found = machine.ram.u32(registers["esp"]), []
    for _step in range(STEPS):
        if registers["eip"] == back:
            return found
        code = machine.ram.read(registers["eip"], 2)
        if code[0] in (OUT_TO_BYTE, OUT_TO_DX):
            port = code[1] if code[0] == OUT_TO_BYTE else registers["edx"] & 0xFFFF
            found.append((port, registers["eax"] & 0xFF))
        debugger.step()
        registers = debugger.registers()
    raise CheckFailed(_("`{function}` returns").format(function=function), _("not so"))


@check(1, _("Each controller is told how the two are connected, and what processor this is"),
       read="exercise-7",
       why=_("An emulator knows it already and does not listen. On a real PC lines 8 to 15 are "
             "dead, or every vector is wrong."))
def test_words(boot) -> None:
    words = written(boot(append="interrupts=off", stopped=True), "pic_init")
    for command, vector, place in ((0x20, 0x20, 1 << 2), (0xA0, 0x28, 2)):
        data = [byte for port, byte in words if port == command + 1]
        first = [byte for port, byte in words if port == command and byte & BEGIN]
        equal([hexa8(byte) for byte in (*first, *data[:3])],
              [hexa8(byte) for byte in (0x11, vector, place, 0x01)],
              _("the four words to the controller at port {port:#x}").format(port=command))


def hexa8(byte: int) -> str:
    return f"{byte:#04x}"


@check(2, _("pic_mask and pic_unmask change their line, and the second controller's gate opens"),
       read="exercise-7",
       why=_("The second controller speaks through line 2 of the first: while that is masked, "
             "IRQ 8 to 15 are mute, whatever their own masks say."))
def test_masks(quiet: Machine, rng: random.Random) -> None:
    quiet.run("pic_init")
    wanted = 0xFFFF
    low, high = rng.choice([0, 1, *range(3, SECOND)]), rng.randrange(SECOND, 16)
    # First those that matter most: lines of either controller while line 2 is masked.
    steps = [(low, True), (high, True), (high, False), (2, False), (high, True), (2, False),
             (low, False), (low, True)]
    for irq, unmask in steps + [(rng.randrange(16), rng.randrange(2)) for _unused in range(40)]:
        quiet.call(f"pic_{'un' if unmask else ''}mask {irq}")
        if unmask:
            wanted &= ~(1 << irq) & ~(CASCADE if irq >= SECOND else 0)
        else:
            wanted |= 1 << irq
        equal(f"{masks(quiet):016b}", f"{wanted:016b}", _("masks of lines 15 to 0"))
    for irq in (16, 255, 0xFFFFFFFF):
        for command in ("pic_mask", "pic_unmask"):
            equal(quiet.error(f"{command} {irq}"), "EINVAL",
                  _("the error of `{command}`").format(command=f"{command} {irq}"))
    equal(f"{masks(quiet):016b}", f"{wanted:016b}", _("masks of lines 15 to 0"))
    quiet.run("pic_init")
    check_interrupt_flag(quiet, f"pic_unmask {high}; pic_mask {high}")


@check(2, _("pic_end ends the interrupt in every controller that took part in it"),
       read="exercise-7",
       why=_("A line in service blocks itself and all that come after it: one end-of-interrupt "
             "forgotten, and the keyboard or the disk is dead."))
def test_end(quiet: Machine) -> None:
    rtc_in_service(quiet)
    quiet.run("pic_end 16; pic_end 0xffffffff")
    equal(services(quiet), in_service(CASCADE, 1),
          _("lines in service after pic_end of no line"))
    quiet.run("pic_end 3")
    equal(services(quiet), in_service(0, 1),
          _("lines in service after pic_end of a first one's line"))
    quiet.run("pic_init")
    rtc_in_service(quiet)
    quiet.run("pic_end 8")
    equal(services(quiet), in_service(0, 0), _("lines in service after `pic_end 8`"))
    equal([controller.hprio for controller in controllers(quiet)], [0, 0],
          _("the most important line of each controller, as before"))
    rtc_in_service(quiet)
    quiet.run(f"trap_int {VECTOR + 8}")
    equal(services(quiet), in_service(0, 0),
          _("lines in service after an IRQ 8 that has no handler"))
    quiet.run(f"trap_int {VECTOR}")
    equal(quiet.ram.u32(quiet.symbol("trap_unexpected")), 2, "trap_unexpected")


@check(4, _("A device's interrupt reaches its handler, ended beforehand, again and again"),
       read="exercise-7",
       why=_("A handler may not come back for a long time: it may switch to another process. So "
             "the controllers must be told first, while interrupts are still off."))
def test_device(boot, rng: random.Random) -> None:
    machine = boot()
    machine.call(f"trap_register {VECTOR + 8}")
    machine.call("pic_unmask 8")
    machine.run(RTC_START)
    wanted = rng.randrange(3, 8)
    until(machine, RTC_AGAIN, lambda: len(records(machine)) >= wanted,
          _("{count} interrupts of the real-time clock, IRQ 8").format(count=wanted))
    for record in records(machine):
        equal(record.frame["vector"], VECTOR + 8, _("the vector in the frame"))
        equal(in_service(record.in_service & 0xFF, record.in_service >> 8), in_service(0, 0),
              _("lines in service when the handler starts"))
        equal(record.eflags & INTERRUPT, 0, _("the interrupt flag in the handler"))
    equal(machine.ram.u32(machine.symbol("trap_unexpected")), 0, "trap_unexpected")


def count_spurious(machine: Machine) -> int:
    return machine.ram.u32(machine.symbol("pic_spurious_count"))


@check(3, _("A spurious IRQ 7 is counted, reaches no handler, and ends nothing"),
       read="exercise-7",
       why=_("Nothing is in service for a spurious interrupt. An end-of-interrupt would end "
             "somebody else's, here the timer's, and let it in again too early."))
def test_spurious_7(quiet: Machine) -> None:
    quiet.run(f"{opened(0)}; out8 0x43 0x34; out8 0x40 0; out8 0x40 0x10")
    asks(quiet, 0)
    take(quiet, 0)
    before = services(quiet)
    equal(before, in_service(1, 0), _("lines in service: the timer's"))
    for irq, spurious in ((7, 1), (0, 0), (15, 1), (3, 0), (23, 0), (0xFFFFFFFF, 0)):
        equal(quiet.call(f"pic_spurious {irq}"), [spurious],
              _("pic_spurious of {irq}").format(irq=irq))
    quiet.run(f"trap_int {VECTOR + 7}; trap_register {VECTOR + 7}; trap_int {VECTOR + 7}")
    equal(len(records(quiet)), 0, _("calls of the handler of IRQ 7"))
    equal(services(quiet), before, _("lines in service afterwards"))
    equal(count_spurious(quiet), 2, "pic_spurious_count")
    equal(quiet.ram.u32(quiet.symbol("trap_unexpected")), 0, "trap_unexpected")


@check(3, _("A spurious IRQ 15 is ended in the first controller alone"), read="exercise-7",
       why=_("The second controller has nothing in service, but the first does not know: for it, "
             "line 2 is, and stays so until it is told."))
def test_spurious_15(quiet: Machine) -> None:
    quiet.run(f"trap_register {VECTOR + 15}")
    rtc_in_service(quiet)
    quiet.run(f"trap_int {VECTOR + 15}")
    equal(len(records(quiet)), 0, _("calls of the handler of IRQ 15"))
    equal(services(quiet), in_service(0, 1),
          _("lines in service afterwards: only the second one's"))
    equal(count_spurious(quiet), 1, "pic_spurious_count")


@check(2, _("A real IRQ 7 or 15 is no spurious one"), read="exercise-7",
       why=_("A printer on IRQ 7 and a disk on IRQ 15 want to be heard, too."))
def test_genuine(machine: Machine) -> None:
    for irq in (7, 15):
        machine.call(f"trap_forget; trap_register {VECTOR + irq}")
        machine.call(f"pic_unmask {irq}")
        machine.run("; ".join(f"write32 {HPET + register:#x} {value:#x}" for register, value in (
            (0x10, 0), (0x120, irq << 9 | 4), (0x128, 1000), (0x12C, 0), (0xF0, 0), (0xF4, 0),
            (0x10, 1))))
        until(machine, "", lambda: bool(records(machine)),
              _("an interrupt of a device on IRQ {irq}").format(irq=irq))
        equal(only_record(machine).frame["vector"], VECTOR + irq, _("the vector in the frame"))
        first, second = controllers(machine)
        equal(in_service(first.isr & (0x80 | CASCADE), second.isr), in_service(0, 0),
              _("lines 7 and 2 of the first controller, and all of the second, in service "
                "afterwards"))
    equal(count_spurious(machine), 0, "pic_spurious_count")
