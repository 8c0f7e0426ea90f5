"""The 16550 driver, on COM1, while the grader talks to the kernel on COM2."""

import random

from miroir.check import check, equal, true
from miroir.i18n import _
from miroir.machine import Answer, Machine

COM1 = 0x3F8
ABSENT = (0x3E8, 0x2E8, 0x200)
CLOCK = 115200
PRIME = 251  # serial_send counts modulo this
INTERRUPTS, FIFO, LINE, MODEM = (COM1 + i for i in range(1, 5))


def send_to(machine: Machine, commands: str, data: bytes) -> list[Answer]:
    """Has COMMANDS carried out, the first of which says when it is ready for DATA on COM1."""
    machine.console.clear()
    machine.start(commands)
    machine.console.wait_for(">")
    machine.console.send(data)
    return machine.finish()


@check(6, _("serial_init programs the rate, 8 bits without parity, FIFOs, no interrupts"),
       read="exercise-3",
       why=_("Both ends of a serial line must agree on all of it beforehand: a port set otherwise "
             "sends garbage on a real line, even if an emulator does not care."))
def test_line_settings(machine: Machine, rng: random.Random) -> None:
    baud = rng.choice([50, 300, 1200, 9600, 19200, 38400, 57600, 115200])
    machine.run(f"out8 {INTERRUPTS:#x} 15; out8 {LINE:#x} 0x1f")
    machine.call(f"serial_start {baud}")
    settings = machine.run(f"in8 {INTERRUPTS:#x}; in8 {FIFO:#x}; in8 {LINE:#x}; in8 {MODEM:#x}")
    interrupts, fifo, line, modem = (answer.value for answer in settings)
    equal(line, 0x03, _("line control: 8 data bits, no parity, 1 stop bit"))
    equal(interrupts, 0, _("interrupt enable"))
    equal(fifo & 0xC0, 0xC0, _("bits 7 and 6 of interrupt identification: FIFOs on"))
    equal(modem & 0x1F, 0x0B, _("modem control: DTR, RTS, OUT2, no loopback"))
    divisor = machine.run(f"out8 {LINE:#x} 0x83; in8 {COM1:#x}; in8 {INTERRUPTS:#x}; "
                          f"out8 {LINE:#x} 3")
    equal(divisor[1].value | divisor[2].value << 8, CLOCK // baud,
          _("the divisor for {baud} baud").format(baud=baud))


@check(4, _("serial_init refuses a rate that the clock cannot make, and touches nothing"),
       read="exercise-3",
       why=_("115200 divided by a whole number: any other rate would be a little off, and so "
             "would every byte."))
def test_bad_baud(machine: Machine) -> None:
    machine.call("serial_start 9600")
    machine.run(f"out8 {LINE:#x} 0x1b")
    for baud in (0, 7, 100000, 115201, 230400, 4294967295):
        equal(machine.error(f"serial_init {COM1:#x} {baud}"), "EINVAL",
              _("the error for {baud} baud").format(baud=baud))
    equal(machine.run(f"in8 {LINE:#x}")[0].value, 0x1B, _("line control, as it was before"))


@check(6, _("serial_init reports a port where no device answers"), read="exercise-3",
       why=_("Every register of an absent port reads as 0xff: it looks ready for ever, and swallows "
             "what you send. Only a byte that comes back proves that somebody is there."))
def test_absent_port(machine: Machine) -> None:
    for base in ABSENT:
        equal(machine.error(f"serial_init {base:#x} 115200"), "ENODEV",
              _("the error for port {base:#x}").format(base=base))
    equal(machine.call(f"serial_init {COM1:#x} 115200"), [COM1], _("the base of COM1"))


@check(3, _("serial_init leaves an empty receiver: neither old bytes nor its own test byte"),
       read="exercise-3",
       why=_("A byte left over from before would be taken for the first one of the conversation."))
def test_empty_after_init(machine: Machine) -> None:
    answers = send_to(machine, "serial_pending; serial_start 9600; serial_get", b"x")
    equal(answers[-1].error, "EAGAIN", _("the answer of serial_get"))
    machine.call("serial_put 0x41")
    equal(machine.console.receive(1), b"A", _("the first byte that came out of COM1"))


@check(6, _("Bytes sent come out in order, none lost, none doubled"), read="exercise-4",
       why=_("A transmitter that is written to before it is empty loses what it held."))
def test_sent(machine: Machine) -> None:
    machine.console.clear()
    machine.call("serial_send 5000")
    expected = bytes(i % PRIME for i in range(5000))
    equal(machine.console.receive(5000), expected, _("5000 bytes from COM1"))
    equal(machine.console.receive(0), b"", _("what came after them"))


@check(6, _("Bytes received at full speed all arrive, whatever their value"), read="exercise-4",
       why=_("The receiver holds 16 bytes. Reading it when it is empty gives a byte that nobody "
             "sent; reading it twice loses one."))
def test_received(machine: Machine, rng: random.Random) -> None:
    sent = bytes(range(256)) + rng.randbytes(3000)
    send_to(machine, f"serial_echo {len(sent)}", sent)
    equal(machine.console.receive(len(sent)), sent, _("the bytes echoed"))


@check(6, _("serial_put waits for a reader that is slow"), read="exercise-4",
       why=_("Whoever reads may pause for as long as they like: a driver that waits for a number "
             "of turns and then sends all the same loses bytes on the day that it matters."))
def test_slow_reader(machine: Machine) -> None:
    count = 60000
    machine.console.clear()
    with machine.console.held():
        machine.start(f"serial_send {count}")
        used = machine.qemu.processor_time()
        machine.qemu.wait(lambda: machine.qemu.processor_time() > used + 0.4, 2.0)
    expected = bytes(i % PRIME for i in range(count))
    equal(machine.console.receive(count, 5.0), expected, _("the bytes from COM1, read late"))
    machine.finish()


@check(3, _("serial_get never waits, and says so when there is nothing"), read="exercise-4",
       why=_("The probe looks at two ports in turn: one that waits makes it deaf to the other."))
def test_get(machine: Machine) -> None:
    equal(machine.error("serial_get"), "EAGAIN", _("the answer when nothing was sent"))
    send_to(machine, "serial_echo 2", b"\x00\xff")
    equal(machine.console.receive(2), b"\x00\xff", _("the bytes echoed"))
    equal(machine.error("serial_get"), "EAGAIN", _("the answer when all has been read"))


@check(2, _("A port without a device neither sends nor blocks"), read="exercise-4",
       why=_("A kernel on a machine without a serial port must still boot."))
def test_no_device(machine: Machine) -> None:
    machine.console.clear()
    equal(machine.error("serial_nowhere 0x41"), "EAGAIN", _("the answer of serial_get"))
    machine.call("serial_put 0x42")
    equal(machine.console.receive(1), b"B", _("what came out of COM1"))
    true(not machine.console.text, _("nothing else came out of COM1"), got=machine.console.text)
