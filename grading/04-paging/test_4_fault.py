"""Exercise 4: a page fault says what was touched, by whom, and why that is fatal."""

import random

from miroir.check import check, equal, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.pagetables import (KSPACE_END, PAGE_SIZE, PRESENT, USER, USER_END, USER_START, WRITE,
                               Paged)

(NULL, WINDOW, NOT_MAPPED, KERNEL_PAGE, KERNEL_CODE, READ_ONLY, FORBIDDEN) = range(7)
WORDS = ["null pointer", "no page table there", "not mapped", "not for user programs",
         "the kernel's code and constants are read-only", "read-only", "not allowed"]
NOWHERE = 0x00900000  # a page that nothing is mapped at


def reason(machine: Machine, address: int, error: int) -> int:
    """Returns the number of the reason: the first that fits, in the order of the contract."""
    code = range(machine.symbol("kernel_start"), machine.symbol("kernel_rodata_end"))
    user_space = range(USER_START, USER_END)
    fitting = [
        (NULL, address < PAGE_SIZE),
        (WINDOW, address >= KSPACE_END),
        (NOT_MAPPED, not error & PRESENT),
        (KERNEL_PAGE, error & USER and address not in user_space),
        (KERNEL_CODE, error & WRITE and address in code),
        (READ_ONLY, error & WRITE),
    ]
    return next((number for number, fits in fitting if fits), FORBIDDEN)


@check(4, _("The reason of a fault, from its address and error code"), read="exercise-4",
       why=_("The error code says what the access was, CR2 where. Together they are worth a good "
             "part of every debugging session."))
def test_fault_reason(boot, rng: random.Random) -> None:
    machine = boot(append="paging=off")
    edges = [0, PAGE_SIZE, machine.symbol("kernel_start"), machine.symbol("kernel_rodata_end"),
             USER_START, USER_END, KSPACE_END]
    addresses = [e + d for e in edges for d in (-1, 0, 1) if e + d >= 0]
    cases = [(a, error) for a in addresses + [0xFFFFFFFF] for error in range(8)]
    cases += [(rng.getrandbits(32), rng.randrange(8)) for _unused in range(50)]
    answers = Paged(machine).do(*(f"page_fault_reason {a:#x} {error}" for a, error in cases))
    for answer, (address, error) in zip(answers, cases):
        number = reason(machine, address, error)
        equal(answer.values, [number, WORDS[number]], f"`{answer.command}`")


def equal_report(machine: Machine, command: str, message: str, function: str = "") -> None:
    """Checks how COMMAND ends the kernel: with MESSAGE, on behalf of FUNCTION and its callers."""
    crash = machine.dies(command)
    equal(crash.kind, "panic", _("how `{command}` ends the kernel").format(command=command))
    true(message in crash.message, _("the message holds \"{message}\"").format(message=message),
         got=crash.message)
    if function:
        calls = [place.function for place in crash.calls]
        equal(calls[0] if calls else "", function,
              _("the function that the panic is said to be in"))
        true("probe_serve" in calls and "trap_dispatch" not in calls,
             _("its callers are those of the code that was interrupted"), got=", ".join(calls))


@check(4, _("A fault's report: what was touched, by whom, and why that is fatal"),
       read="exercise-4",
       why=_("\"Page fault\" alone sends you looking through the whole kernel. A report in the "
             "name of the culprit, not of the handler, sends you to the line."))
def test_fault_report(boot) -> None:
    function = "probe_write32"
    equal_report(boot(), "write32 16 1",
                 "page fault: write to 0x00000010 by the kernel: null pointer", function)
    equal_report(boot(), f"page_jump {NOWHERE:#x}",
                 "page fault: jump to 0x00900000 by the kernel: not mapped")
    equal_report(boot(), f"page_fault 0x100000 {USER | PRESENT} 0x100004",
                 "page fault: read of 0x00100000 by a user program: not for user programs")
    equal_report(boot(), f"page_fault 0x100000 {WRITE | PRESENT} 0x100000",
                 f"page fault: write to 0x00100000 by the kernel: {WORDS[KERNEL_CODE]}")


@check(4, _("page_fault_hook may resolve the fault, or decline"), read="exercise-4",
       why=_("Demand paging, copy on write and swapping are all this: a fault that is no mistake. "
             "A later stage plugs itself in here."))
def test_fault_hook(paged: Paged) -> None:
    code = paged.machine.symbol("kernel_start")
    for touched, error, address in ((f"{NOWHERE:#x} 1", 0, NOWHERE), ("8 1", 0, 8),
                                    (f"{code:#x} 1 5", PRESENT | WRITE, code)):
        equal(paged.machine.call(f"page_fault_hook {touched}"), [1, error, address],
              _("faults that the hook resolved, error code and address"))
    equal_report(paged.machine, f"page_fault_hook {NOWHERE:#x} 0",
                 "page fault: read of 0x00900000 by the kernel: not mapped")
