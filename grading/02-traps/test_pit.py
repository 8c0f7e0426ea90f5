"""The timer: its programming, its rate, and that it leaves no trace in the code it interrupts."""

import random

from miroir.check import check, equal, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.traps import (ARITHMETIC, DIRECTION, INTERRUPT, STATE, asks, check_interrupt_flag,
                          controllers, difference, opened, random_state, read_state, take, until,
                          write_state)

CLOCK = 1193182
SLOWEST, FASTEST = 19, 596591
VECTOR = 0x20
CONSOLE_INTERRUPTS = 0x3F9  # of COM1: 2 has it interrupt, on IRQ 4, when it is ready to send
# Both bytes of the divisor, mode 2, binary; as the timer reports it.
STATUS, MODE_2 = "out8 0x43 0xe2; in8 0x40", 0x34
NANOSECONDS = 10 ** 9  # in a second; also instructions, under icount


def ticks(machine: Machine) -> int:
    value = machine.call("pit_ticks")[0]
    assert isinstance(value, int)
    return value


def status(machine: Machine) -> int:
    """Returns how counter 0 is programmed."""
    return machine.run(STATUS)[-1].value & 0x3F


@check(1, _("After boot the timer runs in mode 2, its line is open, and ticks are counted"),
       read="exercise-8",
       why=_("Without a clock of its own the kernel could never take the processor back from a "
             "program that does not give it."))
def test_running(machine: Machine) -> None:
    equal(f"{status(machine):08b}", f"{MODE_2:08b}", _("how counter 0 is programmed"))
    equal(f"{controllers(machine)[0].imr:08b}", "11111110",
          _("masks of lines 7 to 0: only the timer is heard"))
    start = ticks(machine)
    until(machine, "", lambda: ticks(machine) >= start + 3, _("pit_ticks() counts three ticks"))


@check(1, _("A tick ends its own interrupt and no other, and lets none in"), read="exercise-8",
       why=_("The switchboard has ended the interrupt already: a second end would be another "
             "device's."))
def test_tick(quiet: Machine) -> None:
    quiet.call("pit_init 1000")
    # The console's port asks, too, and is in service; then so is the timer, and asks again.
    quiet.run(f"{opened(4)}; out8 {CONSOLE_INTERRUPTS:#x} 2")
    asks(quiet, 4)
    take(quiet, 0)
    quiet.run(f"out8 {CONSOLE_INTERRUPTS:#x} 0; {opened(0)}")
    asks(quiet, 0)
    take(quiet, 0)
    asks(quiet, 0)
    start = ticks(quiet)
    quiet.run(f"trap_int {VECTOR}")
    equal(ticks(quiet) - start, 1,
          _("ticks counted, when the timer asks again but the stopped code lets no interrupt in"))
    equal(f"{controllers(quiet)[0].isr:08b}", "00010000",
          _("lines 7 to 0 in service afterwards: only the other one"))


@check(1, _("pit_init takes IRQ 0, unless somebody else has it"), read="exercise-8",
       why=_("Two clocks on one line: the second to come must learn that it is not alone, and must "
             "not have changed anything."))
def test_taken(quiet: Machine) -> None:
    others = 0b11110110  # masks: one line is open
    quiet.run("pic_unmask 3; out8 0x43 0x30; out8 0x40 0; out8 0x40 0")
    for command, error in (("pit_init 0", "ERANGE"), (f"trap_register {VECTOR}", ""),
                           ("pit_init 100", "EBUSY"), ("pit_init 100", "EBUSY"),
                           (f"trap_unregister {VECTOR}", "")):
        equal(quiet.error(command), error, _("the error of `{command}`").format(command=command))
    equal(f"{status(quiet):08b}", "00110000", _("how counter 0 is programmed, as it was before"))
    equal(f"{controllers(quiet)[0].imr:08b}", f"{others | 1:08b}",
          _("masks of lines 7 to 0, as they were before"))
    check_interrupt_flag(quiet, "pit_init 100")
    equal(quiet.error(f"trap_register {VECTOR}"), "EBUSY",
          _("the error of `{command}`").format(command=f"trap_register {VECTOR}"))
    equal(f"{controllers(quiet)[0].imr:08b}", f"{others:08b}",
          _("masks of lines 7 to 0: the timer is heard, too"))


@check(1, _("pit_init refuses what no divisor makes, and touches nothing"), read="exercise-8",
       why=_("Below 19 Hz the divisor has more than 16 bits; cut off, it would be any rate at "
             "all."))
def test_range(quiet: Machine) -> None:
    quiet.run(f"pit_init {SLOWEST}")
    quiet.run("out8 0x43 0x30; out8 0x40 0; out8 0x40 0")
    for hertz in (0, 1, SLOWEST - 1, FASTEST + 1, CLOCK, 0xFFFFFFFF):
        equal(quiet.error(f"pit_init {hertz}"), "ERANGE",
              _("the error for {hertz} Hz").format(hertz=hertz))
    equal(f"{status(quiet):08b}", "00110000", _("how counter 0 is programmed, as it was before"))
    for hertz in (SLOWEST, FASTEST):
        quiet.call(f"pit_init {hertz}")
    equal(f"{status(quiet):08b}", f"{MODE_2:08b}", _("how counter 0 is programmed"))


@check(3, _("The timer ticks at the rate asked for, as nearly as a divisor can"),
       read="exercise-8",
       why=_("A clock that is one percent fast gains a quarter of an hour a day."))
def test_rate(boot, rng: random.Random) -> None:
    machine = boot(icount=True)
    # Rates whose divisor, rounded down or up instead of to the nearest, would be more than one
    # percent off.
    rates = [CLOCK / (rng.randrange(30, 45) + sign * rng.uniform(0.1, 0.4)) for sign in (-1, 1)]
    for hertz in (rng.randrange(60, 200), rng.randrange(1000, 5000), *map(round, rates)):
        duration = NANOSECONDS // 10 if hertz < 1000 else NANOSECONDS // 40
        answers = machine.run(f"pit_ticks; pit_init {hertz}; spin 100000; pit_ticks; "
                              f"spin {duration}; pit_ticks")
        before, start, end = (answers[i].value for i in (0, 3, 5))
        true(start >= before, _("pit_init lets the count of ticks go on"), got=[before, start])
        got = end - start
        divisor = round(CLOCK / hertz)
        wanted = duration / NANOSECONDS * CLOCK / divisor
        true(abs(got - wanted) <= 1.5 + wanted / 1000,
             _("{wanted:.0f} ticks in {duration} ms at {hertz} Hz, the timer counting from the "
               "divisor {divisor}").format(wanted=wanted, duration=duration // 1000000,
                                           hertz=hertz, divisor=divisor), got=got)
    answers = machine.run(f"interrupts_off; pit_ticks; spin {NANOSECONDS // 100}; pit_ticks; "
                          "interrupts_on")
    equal(answers[3].value - answers[1].value, 0, _("ticks counted while interrupts are off"))


@check(1, _("pit_on_tick is called at every tick, with interrupts off"), read="exercise-8",
       why=_("On this hook hangs the whole of preemption, later."))
def test_hook(machine: Machine) -> None:
    calls = machine.symbol("tick_hook_calls")
    machine.call("pit_on_tick 1; pit_init 1000")
    until(machine, "", lambda: machine.ram.u32(calls) >= 3, _("three calls of the hook"))
    before = machine.run("interrupts_off; pit_on_tick 1; pit_ticks")
    equal(machine.ram.u32(machine.symbol("tick_hook_ticks")), before[2].value,
          _("pit_ticks() in the hook: this tick is counted already"))
    equal(machine.ram.u32(machine.symbol("tick_hook_vector")), VECTOR,
          _("the vector in the frame"))
    equal(machine.ram.u32(machine.symbol("tick_hook_flags")), 0, _("interrupts in the hook"))
    machine.run("pit_on_tick 0; interrupts_on")
    stopped, start = machine.ram.u32(calls), ticks(machine)
    until(machine, "", lambda: ticks(machine) >= start + 2, _("two ticks without the hook"))
    equal(machine.ram.u32(calls), stopped, _("calls of the hook after it was cleared"))


@check(1, _("Thousands of interrupts leave no trace in the code that they interrupt"),
       read="exercise-8",
       why=_("Between any two instructions, with any flags: this is what all that care in the "
             "stubs was for."))
def test_no_trace(machine: Machine, rng: random.Random) -> None:
    flags = 2 | INTERRUPT | DIRECTION | rng.getrandbits(12) & ARITHMETIC
    state = random_state(rng, flags)
    machine.call("pit_init 20000")
    start = ticks(machine)
    for _round in range(400):
        write_state(machine, machine.scratch, state)
        machine.run(f"countdown 3000000 {machine.scratch:#x}")
        wrong = difference(read_state(machine, machine.scratch) | {"eflags": 0},
                           state | {"eflags": 0}, tuple(n for n in STATE if n != "esp"))
        true(not wrong, _("registers after a loop that uses none, as before it"), got=wrong)
        if ticks(machine) - start > 200:
            return
    true(False, _("interrupts come meanwhile"))
