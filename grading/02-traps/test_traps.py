"""Registering and dispatching, without the stubs: the frame is written from outside."""

import random
import struct

from miroir.check import check, equal, equal_bytes, hexa
from miroir.i18n import _
from miroir.machine import Machine
from miroir.traps import FRAME, check_interrupt_flag, only_record, records

NAMES = {
    0: "divide error", 1: "debug", 2: "non-maskable interrupt", 3: "breakpoint", 4: "overflow",
    5: "bound range exceeded", 6: "invalid opcode", 7: "no coprocessor", 8: "double fault",
    9: "coprocessor segment overrun", 10: "invalid TSS", 11: "segment not present",
    12: "stack fault", 13: "general protection fault", 14: "page fault",
    16: "floating-point error", 17: "alignment check", 18: "machine check",
    19: "SIMD floating-point error", 20: "virtualization exception",
    21: "control protection exception", 28: "hypervisor injection exception",
    29: "VMM communication exception", 30: "security exception"}
DOUBLE_FAULT = 8
FRAME_BYTES = 4 * len(FRAME)
# Added to a vector, these lead back to its own place in a table that is not guarded: 4 or 8 times
# the sum, an offset of 32 bits, is the same.
WRAPS = (0x40000000, 0x80000000, 0xC0000000, 0x20000000)


def write_frame(machine: Machine, address: int, frame: dict[str, int]) -> None:
    """Writes a struct trap_frame."""
    machine.ram.write(address, struct.pack("<17I", *(frame[name] for name in FRAME)))


def random_frame(rng: random.Random, vector: int) -> dict[str, int]:
    """Returns a frame of VECTOR with anything in it."""
    return {name: rng.getrandbits(16) for name in FRAME} | {"vector": vector}


@check(2, _("trap_name knows all 32 exceptions"), read="exercise-4",
       why=_("The name is the first thing that you will read when your kernel dies, and it will "
             "die often."))
def test_names(quiet: Machine) -> None:
    wanted = [NAMES.get(v, "reserved exception") for v in range(32)]
    wanted += ["interrupt"] * 3 + ["no such vector"] * 2
    vectors = [*range(32), 32, 128, 255, 256, 0xFFFFFFFF]
    answers = quiet.run("; ".join(f"trap_name {vector}" for vector in vectors))
    for answer, name in zip(answers, wanted):
        equal(" ".join(map(str, answer.values)), name, f"`{answer.command}`")


@check(3, _("trap_register and trap_unregister refuse what makes no sense"), read="exercise-4",
       why=_("Two handlers for one vector mean two drivers for one device: the second to come "
             "must learn that it is not alone. A vector beyond the table would write into "
             "whatever follows it."))
def test_register_errors(quiet: Machine, rng: random.Random) -> None:
    vector = rng.randrange(0x30, 0xFF)
    script = [
        (f"trap_unregister {vector}", "ENOENT"), (f"trap_register {vector} 0", "EINVAL"),
        (f"trap_register {vector} 1", ""), (f"trap_register {vector} 2", "EBUSY"),
        (f"trap_register {vector} 1", "EBUSY"), (f"trap_unregister {vector}", ""),
        (f"trap_unregister {vector}", "ENOENT"), (f"trap_register {vector} 2", ""),
        ("trap_register 256 1", "EINVAL"), ("trap_register 0xffffffff 1", "EINVAL"),
        ("trap_unregister 256", "EINVAL"), ("trap_unregister 0xffffffff", "EINVAL"),
        (f"trap_register {DOUBLE_FAULT} 1", "EBUSY"),
        (f"trap_unregister {DOUBLE_FAULT}", "ENOENT"), ("trap_register 0 1", ""),
        ("trap_register 255 1", ""), ("trap_unregister 255", ""), ("trap_unregister 0", "")]
    answers = quiet.run("; ".join(command for command, _error in script))
    for (command, error), answer in zip(script, answers):
        equal(answer.error, error, _("the error of `{command}`").format(command=command))
    check_interrupt_flag(quiet, f"trap_unregister {vector}; trap_register {vector} 1")


@check(4, _("trap_dispatch calls the vector's handler with the frame, and counts what has none"),
       read="exercise-4",
       why=_("This is the switchboard of the kernel: from here on a trap is a function call."))
def test_dispatch(quiet: Machine, rng: random.Random) -> None:
    first, second, nobody = rng.sample(range(0x30, 0x100), 3)
    place = quiet.scratch + 4 * rng.randrange(1000)
    before = quiet.ram.u32(quiet.symbol("trap_unexpected"))
    # What is refused, and what becomes of others, changes nothing for these two.
    quiet.run(f"trap_register {first} 1; trap_register {second} 2; trap_register {first} 2; "
              f"trap_register {nobody} 1; trap_unregister {nobody}")
    for vector, handler in ((first, 1), (second, 2)):
        frame = random_frame(rng, vector)
        write_frame(quiet, place, frame)
        quiet.run(f"trap_forget; trap_dispatch {place:#x}")
        record = only_record(quiet)
        equal(record.handler, handler, _("the handler called for vector {vector}").format(
            vector=vector))
        equal(hexa(record.address), hexa(place), _("the address of the frame it was given"))
        equal(record.frame, frame, _("the frame it was given"))
    quiet.run(f"trap_forget; trap_unregister {first}")
    strangers = (nobody, first, *(wrap + second for wrap in WRAPS), 256, 0xFFFFFFFF)
    for vector in strangers:
        write_frame(quiet, place, random_frame(rng, vector))
        before_it = quiet.ram.read(place, FRAME_BYTES)
        quiet.run(f"trap_dispatch {place:#x}")
        equal_bytes(quiet.ram.read(place, FRAME_BYTES), before_it,
                    _("the frame of vector {vector}, which nobody has changed").format(
                        vector=hexa(vector)))
        equal(len(records(quiet)), 0,
              _("calls of handlers for vector {vector}, which has none").format(
                  vector=hexa(vector)))
    write_frame(quiet, place, random_frame(rng, second))
    quiet.run(f"trap_dispatch {place:#x}")
    equal(only_record(quiet).handler, 2, _("the handler called for vector {vector}").format(
        vector=second))
    equal(quiet.ram.u32(quiet.symbol("trap_unexpected")) - before, len(strangers),
          _("what was added to trap_unexpected by {count} traps without a handler").format(
              count=len(strangers)))
