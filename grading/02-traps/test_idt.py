"""The 256 gates: read from memory, where IDTR points."""

import random

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.qemu import POISON
from miroir.traps import check_interrupt_flag
from miroir.x86 import (INTERRUPT_GATE, TASK_GATE, TSS_SIZE, Gate, decode_gate, is_kernels,
                        read_table, read_tss)

KERNEL_CODE, KERNEL_DATA, DOUBLE_FAULT_TASK = 0x08, 0x10, 0x30
DOUBLE_FAULT = 8
STACK = 4096
TYPES = (0x5, 0xE, 0xF)


@check(3, _("idt_gate puts every bit where the processor looks for it"), read="exercise-3",
       why=_("Half an offset in the wrong place, and the first interrupt jumps into the void."))
def test_gate(quiet: Machine, rng: random.Random) -> None:
    rows = [(rng.getrandbits(16), rng.getrandbits(32), rng.choice(TYPES), rng.randrange(4))
            for _unused in range(30)]
    for row in rows:
        answer = quiet.run("idt_gate {:#x} {:#x} {:#x} {}".format(*row))[0]
        equal(str(decode_gate(answer.value)), str(Gate(*row, present=True)),
              f"`{answer.command}` → {answer.value:#018x}")
        equal(answer.value >> 32 & 0xFF, 0, _("bits 32 to 39 of `{command}`").format(
            command=answer.command))


def loaded_gates(machine: Machine) -> list[Gate]:
    """Returns the gates of the table that IDTR points to."""
    base, limit = machine.registers().idt
    equal(limit, 256 * 8 - 1, _("limit in IDTR"))
    true(is_kernels(machine, (base, limit)), _("a table in the kernel's memory"), got=hexa(base))
    return [decode_gate(value) for value in read_table(machine, (base, limit))]


@check(4, _("Every vector has an interrupt gate to its own stub"), read="exercise-3",
       why=_("A vector without a gate turns its first trap into another one, and then into a "
             "double fault. A trap gate would leave interrupts on, and a ring 3 gate would let "
             "any program pretend to be a device."))
def test_gates(quiet: Machine) -> None:
    check_gates(quiet)
    base, limit = quiet.registers().idt
    quiet.ram.write(base, POISON.to_bytes(4, "little") * ((limit + 1) // 4))
    check_interrupt_flag(quiet, "idt_init")
    check_gates(quiet)


def check_gates(machine: Machine) -> None:
    """Fails unless every gate but that of the double fault leads to the stub of its vector."""
    gates = loaded_gates(machine)
    stubs = machine.ram.words(machine.symbol("trap_stubs"), 256)
    for vector in range(256):
        if vector != DOUBLE_FAULT:
            wanted = Gate(KERNEL_CODE, stubs[vector], INTERRUPT_GATE, 0, True)
            equal(str(gates[vector]), str(wanted), _("gate {vector}").format(vector=vector))


@check(3, _("The double fault is a task gate, to a task with a stack of its own"),
       read="exercise-3",
       why=_("Often the stack is what broke. Only a task switch brings a new one along; "
             "everything else pushes onto the broken one, faults for the third time, and the "
             "machine resets without a word."))
def test_double_fault_task(quiet: Machine) -> None:
    tss = quiet.symbol("double_fault_tss")
    quiet.ram.write(tss, POISON.to_bytes(4, "little") * (TSS_SIZE // 4))
    quiet.run("idt_init")
    gate = loaded_gates(quiet)[DOUBLE_FAULT]
    equal(str(gate), str(Gate(DOUBLE_FAULT_TASK, 0, TASK_GATE, 0, True)), _("gate 8"))
    fields = read_tss(quiet, tss)
    esp = fields.pop("esp")
    wanted = {name: 0 for name in fields} | {"cr3": POISON}
    wanted |= {name: KERNEL_DATA for name in ("ds", "es", "fs", "gs", "ss")}
    wanted |= {"cs": KERNEL_CODE, "eip": quiet.symbol("trap_double_fault"), "eflags": 2,
               "io_map": TSS_SIZE}
    for name, value in wanted.items():
        equal(hexa(fields[name]), hexa(value), f"double_fault_tss.{name}")
    equal(esp % 4, 0, _("ESP, modulo 4"))
    inside = [name for name, address in quiet.elf.symbols.items()
              if esp - STACK < address < esp]
    if quiet.symbol("boot_stack_bottom") < esp and esp - STACK < quiet.symbol("boot_stack_top"):
        inside.append(_("the boot stack"))
    true(quiet.symbol("kernel_start") < esp - STACK and esp <= quiet.symbol("kernel_end"),
         _("ESP in the kernel's memory"), got=hexa(esp))
    true(not inside, _("nothing else in the 4096 bytes below ESP ({esp})").format(esp=hexa(esp)),
         got=", ".join(inside))


@check(2, _("idt_allow_user opens one gate to ring 3, and idt_init closes it again"),
       read="exercise-3",
       why=_("This is the door for system calls. Gates that a program may use though it should "
             "not let it fake any exception."))
def test_allow_user(quiet: Machine, rng: random.Random) -> None:
    opened = [rng.randrange(DOUBLE_FAULT), rng.randrange(DOUBLE_FAULT + 1, 32),
              *rng.sample(range(32, 256), 3)]
    before = loaded_gates(quiet)
    for vector in [*opened, opened[0]]:  # again: it stays open
        quiet.call(f"idt_allow_user {vector}")
    for vector, gate in enumerate(loaded_gates(quiet)):
        old = before[vector]
        wanted = Gate(old.selector, old.offset, old.type, 3 * (vector in opened), True)
        equal(str(gate), str(wanted), _("gate {vector}").format(vector=vector))
    for vector in (DOUBLE_FAULT, 256, 0xFFFFFFFF):
        equal(quiet.error(f"idt_allow_user {vector}"), "EINVAL",
              _("the error for vector {vector}").format(vector=vector))
    quiet.run("idt_init")
    equal([v for v, gate in enumerate(loaded_gates(quiet)) if gate.ring], [],
          _("gates of ring 3 after idt_init"))
