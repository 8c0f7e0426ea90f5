"""The stubs: traps are caused with chosen registers, and the kit's handlers note what they see."""

import random

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.traps import (ARITHMETIC, DIRECTION, FRAME, INTERRUPT, PRIVILEGED, SEGMENTS, STATE,
                          asks, difference, only_record, opened, random_state, read_state, records,
                          write_state)

KERNEL_CODE, KERNEL_DATA, USER_DATA = 0x08, 0x10, 0x23
WITH_ERROR = {8, 10, 11, 12, 13, 14, 17, 21, 29, 30}
TIMER = 0x20
SPURIOUS = {0x27, 0x2F}  # come to no handler unless a device asks
FREE = range(0x30, 0x100)
SAME = tuple(name for name in STATE if name != "esp")


@check(5, _("Every stub completes the same frame, with or without an error code"),
       read="exercise-5",
       why=_("The processor pushes an error code for ten vectors and none for the others. Where "
             "a stub does not even that out, the frame is shifted by four bytes and IRET takes "
             "the wrong word for the way back."))
def test_every_vector(quiet: Machine, rng: random.Random) -> None:
    vectors = [v for v in range(256) if v != 8 and v not in SPURIOUS]
    for start in range(0, len(vectors), 50):
        part = vectors[start:start + 50]
        errors = {v: rng.getrandbits(16) if v in WITH_ERROR else 0 for v in part}
        quiet.run("trap_forget; " + "; ".join(f"trap_register {v}" for v in part))
        for vector in part:  # one at a time, so that a crash shows which
            error = f"0 {errors[vector]:#x}" if vector in WITH_ERROR else ""
            quiet.run(f"trap_enter {vector} {error}")
        found = records(quiet)
        equal(len(found), len(part), _("calls of the handlers of {count} vectors").format(
            count=len(part)))
        for vector, record in zip(part, found):
            got = (record.frame["vector"], hexa(record.frame["error"]), record.frame["cs"])
            equal(got, (vector, hexa(errors[vector]), KERNEL_CODE),
                  _("vector, error code and CS in the frame of vector {vector}").format(
                      vector=vector))


def state_for_trap(rng: random.Random) -> dict[str, int]:
    """Returns random registers, with the direction flag and interrupts on."""
    flags = 2 | rng.getrandbits(22) & (ARITHMETIC | PRIVILEGED) | DIRECTION | INTERRUPT
    return random_state(rng, flags)


def trap(machine: Machine, rng: random.Random, **chosen: int) -> tuple[int, dict[str, int]]:
    """Executes INT with a random free vector and random registers, but for those CHOSEN; returns
    both."""
    vector, state = rng.choice(FREE), state_for_trap(rng) | chosen
    write_state(machine, machine.scratch, state)
    machine.run(f"trap_forget; trap_register {vector}; trap_int {vector} {machine.scratch:#x}; "
                f"trap_unregister {vector}")
    return vector, state


@check(3, _("The frame holds the registers of the code that was stopped"), read="exercise-5",
       why=_("What a handler knows of the stopped code is in this frame: system call numbers, "
             "arguments, the address to report."))
def test_frame(quiet: Machine, rng: random.Random) -> None:
    for _round in range(3):
        vector, state = trap(quiet, rng)
        frame = only_record(quiet).frame
        after_int = quiet.symbol("trap_int_table") + 4 * vector + 2
        wanted = state | {"vector": vector, "error": 0, "cs": KERNEL_CODE, "eip": after_int}
        names = tuple(name for name in FRAME if name != "esp")
        wrong = difference(frame, wanted, names)
        true(not wrong, _("the frame of `int {vector:#x}` as the registers were").format(
            vector=vector), got=wrong)


@check(4, _("A trap changes no register of the code that it stops"), read="exercise-5",
       why=_("An interrupt may come between any two instructions. If one flag or segment "
             "register comes back different, some computation goes wrong once a day, and nobody "
             "finds out why."))
def test_preserved(quiet: Machine, rng: random.Random) -> None:
    for _round in range(5):
        _vector, state = trap(quiet, rng)
        only_record(quiet)
        wrong = difference(read_state(quiet, quiet.scratch), state, SAME)
        true(not wrong, _("all registers after the trap as before it"), got=wrong)


def timer_asks(machine: Machine) -> None:
    """Has the timer ask for an interrupt, whose trap is noted as soon as it is let in."""
    machine.run(f"trap_register {TIMER}; out8 0x20 0x11; out8 0x21 {TIMER}; out8 0x21 4; "
                f"out8 0x21 1; {opened(0)}; out8 0x43 0x34; out8 0x40 0; out8 0x40 0x10")
    asks(machine, 0)


@check(3, _("The handler runs in the kernel's segments, direction flag clear, interrupts off"),
       read="exercise-5",
       why=_("The stopped code may be a user program with any segments and with the direction "
             "flag set; the handler is C, which takes both for granted."))
def test_environment(quiet: Machine, rng: random.Random) -> None:
    trap(quiet, rng, **dict.fromkeys(SEGMENTS, USER_DATA))
    record = only_record(quiet)
    for name in SEGMENTS:
        equal(hexa(getattr(record, name) & 0xFFFF), hexa(KERNEL_DATA),
              _("{name} in the handler").format(name=name.upper()))
    equal(record.eflags & (DIRECTION | INTERRUPT), 0,
          _("direction and interrupt flags in the handler"))
    timer_asks(quiet)
    vector, _state = trap(quiet, rng, eflags=2)
    equal([record.frame["vector"] for record in records(quiet)], [vector],
          _("the traps that come, when a device asks but the stopped code lets no interrupt in"))


@check(3, _("What a handler writes into the frame is what the code gets back"), read="exercise-5",
       why=_("So a system call returns its result, and a handler lets code go on elsewhere."))
def test_given_back(quiet: Machine, rng: random.Random) -> None:
    vector = rng.choice(FREE)
    before, after = state_for_trap(rng), state_for_trap(rng)
    write_state(quiet, quiet.scratch, before)
    write_state(quiet, quiet.scratch + 256, after)
    quiet.run(f"trap_register {vector} 3; "
              f"trap_rewrite {vector} {quiet.scratch + 256:#x} {quiet.scratch:#x}")
    wrong = difference(read_state(quiet, quiet.scratch), after, SAME)
    true(not wrong, _("the registers that the handler wrote into the frame"), got=wrong)


@check(2, _("trap_return leaves for the state that a frame holds"), read="exercise-5",
       why=_("A new process has never been stopped by a trap, and yet it starts as if it came "
             "back from one."))
def test_return(quiet: Machine, rng: random.Random) -> None:
    timer_asks(quiet)
    state, target = random_state(rng), state_for_trap(rng)
    target["eflags"] &= ~INTERRUPT
    write_state(quiet, quiet.scratch, state)
    write_state(quiet, quiet.scratch + 256, target)
    quiet.run(f"trap_return {quiet.scratch + 256:#x} {quiet.scratch:#x}")
    wrong = difference(read_state(quiet, quiet.scratch), target, SAME)
    true(not wrong, _("the registers of the frame that was given"), got=wrong)
    equal(len(records(quiet)), 0, _("interrupts that came, though that frame lets none in"))


@check(2, _("A trap inside a trap inside a trap comes back in order"), read="exercise-5",
       why=_("A handler may fault, or be interrupted. Whatever the stubs keep elsewhere than on "
             "the stack is lost then."))
def test_nested(quiet: Machine, rng: random.Random) -> None:
    vector, depth = rng.choice(FREE), rng.randrange(12, 40)
    quiet.run(f"trap_forget; trap_register {vector} 4")
    reached, intact = quiet.call(f"trap_nest {vector} {depth}")
    equal(reached, depth + 1, _("traps inside each other"))
    equal(intact, depth, _("levels whose registers came back unchanged"))
    addresses = [record.address for record in records(quiet)]
    equal(addresses, sorted(set(addresses), reverse=True),
          _("the addresses of the frames, each deeper in the stack than the one before"))
    equal({record.frame["vector"] for record in records(quiet)}, {vector},
          _("the vectors in the frames"))
