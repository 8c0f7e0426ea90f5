"""Real exceptions: handled, or reported when nobody handles them."""

import random
import struct

from miroir.check import check, equal, hexa, true
from miroir.crash import Crash
from miroir.i18n import _
from miroir.machine import Machine
from miroir.traps import FRAME, only_record
from miroir.x86 import decode_descriptor

GDT_USER_DATA, GDT_DOUBLE_FAULT = 4, 6
NOT_PRESENT_DATA = 0x00CF12000000FFFF  # ring 0, flat
PRESENT = 1 << 47
PROTECTION, PAGE_FAULT, DOUBLE_FAULT, LAST = 13, 14, 8, 31
KERNEL_CODE, USER_CODE = 0x08, 0x1B
NAMES = {0: "divide error", 3: "breakpoint", 4: "overflow", 5: "bound range exceeded",
         6: "invalid opcode", 7: "no coprocessor", 13: "general protection fault",
         16: "floating-point error"}


def change_entry(machine: Machine, table: int, number: int, clear: int, put: int) -> None:
    """Changes bits of a descriptor or gate, from outside."""
    address = table + 8 * number
    value = machine.ram.u64(address) & ~clear | put
    machine.ram.write(address, value.to_bytes(8, "little"))


@check(3, _("Real exceptions reach their handlers, and the code goes on"), read="exercise-6",
       why=_("An exception that is handled is a service: that is how memory will be given on "
             "demand. EIP must be right to the byte, for the instruction is done again, or "
             "skipped."))
def test_real_exceptions(quiet: Machine, rng: random.Random) -> None:
    gdt = quiet.registers().gdt[0]
    beyond = rng.randrange(0x38, 0xFFF8, 8)
    tss_limit = decode_descriptor(quiet.ram.u64(gdt + 8 * GDT_DOUBLE_FAULT)).limit
    change_entry(quiet, gdt, GDT_USER_DATA, (1 << 64) - 1, NOT_PRESENT_DATA)
    change_entry(quiet, gdt, GDT_DOUBLE_FAULT, tss_limit, 0x10)  # too short for a TSS
    cases = [(0, 0, 0), (1, 0, 0), (3, 0, 0), (4, 0, 0), (5, 0, 0), (6, 0, 0), (7, 0, 0),
             (10, 0, 0x30), (11, 0x20, 0x20), (12, 0x20, 0x20), (13, beyond, beyond), (16, 0, 0)]
    rng.shuffle(cases)
    for vector, selector, error in cases:
        answers = quiet.run(f"trap_forget; trap_register {vector}; "
                            f"trap_raise {vector} {selector:#x}")
        fault = answers[-1].value
        frame = only_record(quiet).frame
        equal((frame["vector"], hexa(frame["error"]), hexa(frame["eip"])),
              (vector, hexa(error), hexa(fault)),
              _("vector, error code and EIP of exception {vector}").format(vector=vector))


def reported(crash: Crash, words: list[str]) -> None:
    """Fails unless the kernel panicked with WORDS in its message."""
    equal(crash.kind, "panic", _("how the kernel ends"))
    missing = [word for word in words if word not in crash.message]
    true(not missing, _("a message with “{words}”").format(words="”, “".join(words)),
         got=crash.message)


def traced(crash: Crash) -> None:
    """Fails unless the backtrace goes back to where the kernel's C code starts."""
    functions = [place.function for place in crash.calls]
    true("kernel_main" in functions, _("a backtrace that leads to kernel_main"),
         got=", ".join(functions))


@check(4, _("An exception that nobody handles is reported: what, with which code, and where"),
       read="exercise-6",
       why=_("This message is what you will debug the rest of the kernel with. The address and "
             "the backtrace must be the culprit's, not the handler's."))
def test_reported(boot, rng: random.Random) -> None:
    for vector in rng.sample(sorted(NAMES), 2):
        machine = boot(append="interrupts=off")
        selector = rng.randrange(0x1000, 0xFFF8, 8) if vector == PROTECTION else 0
        crash = machine.dies(f"trap_raise {vector} {selector:#x}")
        place = crash.calls[0].address if crash.calls else 0
        reported(crash, [NAMES[vector], f"{selector:#x}", f"{place:#x}"])
        true(machine.elf.place(place).function.startswith("cause_"),
             _("the backtrace starts at the instruction at fault"), got=hexa(place))
        traced(crash)
    # Two that cannot be caused so easily: one that comes from ring 3, and the very last.
    for vector, name, selector in ((PAGE_FAULT, "page fault", USER_CODE),
                                   (LAST, "reserved exception", KERNEL_CODE)):
        machine = boot(append="interrupts=off")
        touched, error = (rng.getrandbits(31) | 1 << 31 for _unused in range(2))
        frame = {name: rng.getrandbits(16) for name in FRAME}
        place, caller = machine.symbol("kernel_main") + 5, machine.symbol("probe_serve") + 9
        frame |= {"vector": vector, "error": error, "cs": selector, "eip": place,
                  "ebp": machine.scratch + 0x100}
        machine.ram.write(machine.scratch, struct.pack("<17I", *frame.values()))
        machine.ram.write(frame["ebp"], struct.pack("<2I", 0, caller))
        crash = machine.dies(f"trap_dispatch {machine.scratch:#x} {touched:#x}")
        reported(crash, [name, f"{error:#x}", f"{place:#x}",
                         *([f"{touched:#x}"] if vector == PAGE_FAULT else [])])
        equal([hexa(call.address) for call in crash.calls], [hexa(place), hexa(caller)],
              _("the backtrace: EIP, and what EBP leads to"))


@check(4, _("A double fault with the stack destroyed is reported, with its culprit"),
       read="exercise-6",
       why=_("A stack that overflows is the classic way to a double fault. Kernels that handle "
             "it on the same stack reset the machine, and you are left with a black screen."))
def test_double_fault(boot, rng: random.Random) -> None:
    for esp in (0xFFFFFFF0 - 16 * rng.randrange(100), 16 * rng.randrange(0x3000000, 0x8000000)):
        machine = boot(append="interrupts=off")
        # General protection cannot be delivered any more: that makes a double fault of it.
        change_entry(machine, machine.registers().idt[0], PROTECTION, PRESENT, 0)
        crash = machine.dies(f"stack_break {esp:#x}")
        place = crash.calls[0].address if crash.calls else 0
        reported(crash, ["double fault", "0x0", f"{place:#x}"])
        function = machine.elf.place(place).function
        equal(function, "stack_break", _("the function that the backtrace starts in"))
        traced(crash)
