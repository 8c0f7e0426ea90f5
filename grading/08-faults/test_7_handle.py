"""Exercise 7: real faults: who is asked, and what becomes of whoever has strayed."""

import random
from collections.abc import Sequence
from itertools import product

from miroir.check import after, check, equal, true
from miroir.fault_world import World
from miroir.faults import error_words
from miroir.i18n import _
from miroir.mspaces import (ANON, EXEC, FILE, GROWSDOWN, KSPACE_END, KSPACE_START, READ, RW,
                            SHARED, STACK)
from miroir.pagetables import (AREAS_START, PAGE_SIZE, PRESENT, USER, USER_END, USER_START, WRITE)

AGAIN, NO_MEMORY, BAD = 11, 12, 14  # errno
EDGES = (0, 0x1000, USER_START - 1, USER_START, USER_END - 1, AREAS_START, KSPACE_START - 1,
         KSPACE_START, KSPACE_END - 1, KSPACE_END, 0xFFFFFFFF)


def handled(world: World, used: int, row: tuple[int, int, int, int]) -> list[int]:
    """Returns what fault_handle() does: returns, calls of the resolver, space, address, error;
    calls of the end. ROW: address, error code, the resolver's errno, what the end returns."""
    address, error, result, ends = row
    user = USER_START <= address < USER_END
    kernel = KSPACE_START <= address < KSPACE_END
    space = used if user else world.kernel if kernel and not error & USER else 0
    if not space and not error & USER:
        return [0, 0, 0, 0, 0, 0]
    asked = [1, space, address, error] if space else [0, 0, 0, 0]
    resolved = bool(space) and result in (0, AGAIN)
    return [1 if resolved else ends, *asked, int(not resolved)]


def compare(values: Sequence[int | str], expected: list[int], row: tuple) -> None:
    """Fails the check unless VALUES, the answer of fault_handle to ROW, are EXPECTED."""
    equal([f"{int(v):#x}" for v in values[:6]], [f"{v:#x}" for v in expected],
          _("fault at {address}, error code {code}: returned; asked, space, address, "
            "error code; ended").format(address=f"{row[0]:#x}", code=error_words(row[1])))
    equal(values[6], values[5], _("the frame and the address that the end is given are right"))


@check(3, _("fault_handle(): which space is asked, and when the context is ended"),
       read="exercise-7",
       why=_("Ring 3 that reaches for the kernel is to be ended. The kernel that reaches into "
             "nowhere is broken: it must not be kept alive."))
def test_who_is_asked(world: World) -> None:
    space = world.space()
    rows = list(product(EDGES, (0, WRITE, USER, USER | WRITE | PRESENT),
                        (0, AGAIN, NO_MEMORY, BAD), (0, 1)))
    world.machine.console.clear()
    said = []
    for used in (world.kernel, space):
        switch = f"mspace_switch {used:#x}"
        world.do(switch)
        commands = [f"fault_handle {address:#x} {error} 0x100000 {result} {ends}"
                    for address, error, result, ends in rows]
        for row, command, answer in zip(rows, commands, world.do(*commands)):
            with after("mspace_create", switch, command):
                compare(answer.values, handled(world, used, row), row)
            if handled(world, used, row)[-1] and not row[1] & USER:
                said.append(f"{'write to' if row[1] & WRITE else 'read of'} {row[0]:#010x}")
    lines = [line for line in world.machine.console.text.splitlines() if "Fault" in line]
    equal([line.split(": ")[-1].split(" at ")[0] for line in lines], said,
          _("what the console says, which is about faults of the kernel only"))


@check(3, _("A real access finds its page: blank, copied, grown, in either space"),
       read="exercise-7",
       why=_("Whoever touches memory never learns that it was not there: the instruction is "
             "executed once more."))
def test_retried(world: World, rng: random.Random) -> None:
    first = world.space()
    file = world.file("data")
    place = world.map(first, 0, 4, ANON | RW)
    shown = world.map(first, 0, 3, FILE | RW, file, PAGE_SIZE)
    common = world.map(first, 0, 3, FILE | RW | SHARED, file)
    stack = world.map(first, USER_END - 4 * PAGE_SIZE, 2, STACK | RW | GROWSDOWN)
    for address in (place, shown, shown + PAGE_SIZE, common, stack - 3 * PAGE_SIZE):
        world.access(first, address + 4 * rng.randrange(1000), rng.choice((None, 7)))
    second = world.clone(first)
    for space in rng.sample((first, second), 2):
        for address in (place + 8, shown + 8, shown + PAGE_SIZE + 8, common + 8):
            world.access(space, address, rng.getrandbits(32))
            world.access(space, address)
    area = world.map(world.kernel, 0, 2, ANON | RW)
    world.access(world.kernel, area + PAGE_SIZE, 5)
    world.agree()


def says(world: World, space: int, address: int, value: int | None) -> None:
    """Has a context stray, and checks what the kernel says of it."""
    world.machine.console.clear()
    write = value is not None
    command = f"touch {space:#x} {address:#x}" + (f" {value:#x}" if write else "")
    values = [int(v) for v in world.machine.call(command)]
    true(values[0] == 1, _("`{command}` is ended by a fault (1) or not (0)").format(
        command=command), got=values[0])
    equal([f"{v:#x}" for v in (values[1] & WRITE, values[2])],
          [f"{v:#x}" for v in (WRITE * write, address)],
          _("write bit of the error code, and address"))
    line = (f"Segmentation Fault: {'write to' if write else 'read of'} {address:#010x} "
            f"at {values[3]:#010x} (touch)\n")
    true(line in world.machine.console.text, _("the console says `{line}`").format(
        line=line.strip()), got=world.machine.console.text)


@check(4, _("Segmentation Fault: the context is ended, the console says why, the kernel goes on"),
       read="exercise-7",
       why=_("One program's mistake is the end of that program. Of everything else, it is an "
             "interesting line on the console."))
def test_segmentation_fault(world: World) -> None:
    space = world.space()
    good = world.map(space, 0, 2, ANON | RW)
    world.access(space, good, 1)
    code = world.map(space, 0, 2, ANON | READ | EXEC)
    closed = world.map(space, 0, 1, FILE | READ, world.file("data"), 8 * PAGE_SIZE)
    with world.unchanged():
        for address, value in ((USER_START + 0x100000, None), (code, 5), (closed + 4, None),
                               (USER_END - 4, 1)):
            says(world, space, address, value)
        says(world, world.kernel, KSPACE_START + 0x1000, 1)
        says(world, world.kernel, USER_START, None)  # where no process is, nothing is
    world.do("frames_hoard 0")
    says(world, space, good + PAGE_SIZE, 1)
    world.do("frames_release")
    world.access(space, good, 2)
    world.agree()


@check(2, _("A fault of the kernel itself, in no context or in nowhere: a panic that says where"),
       read="exercise-7",
       why=_("A kernel that goes on after a mistake of its own does worse things than to stop. "
             "What can be done is to say where it was."))
def test_kernel_fault(boot) -> None:
    for command, function in (("read32 0x00600000", "probe_read32"),
                              ("touch 0 0x10", "touch")):
        machine = boot()
        equal(machine.call("touch 0 0x00600000")[0], 1,
              _("`{command}` is ended by a fault (1) or not (0)").format(
                  command="touch 0 0x00600000"))
        crash = machine.dies(command)
        equal(crash.kind, "panic", _("how `{command}` ends the kernel").format(command=command))
        equal(crash.calls[0].function if crash.calls else "", function,
              _("the function that the panic is said to be in"))
        true("page fault: " in crash.message, _("the message of stage 04"), got=crash.message)
