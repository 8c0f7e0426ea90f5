"""The 16550 driver, on COM1, while the grader talks to the kernel on COM2."""

import random

from miroir.check import check, equal, equal_bytes, true
from miroir.i18n import _
from miroir.machine import Answer, KernelDied, Machine

COM1 = 0x3F8
ABSENT = (0x3E8, 0x2E8, 0x200)
OTHER = 0x2E8  # of another serial port, where a machine is given one
OTHER_DEVICE = f"isa-serial,iobase={OTHER:#x},irq=5,chardev=nothing"
# The page registers of the DMA controllers, taken for a serial port: what is written to its data
# register, or to its last one, is read again, and its line status is what we choose.
PAGES, PAGES_STATUS = 0x82, 0x87
# Two further, it is line control that is read again, but what is sent is lost.
DEAF, DEAF_STATUS = 0x84, 0x89
# The same with a register of the PCI bus, which reads as the maker and the model of the bridge:
# always ready, and there is always the same byte, which is another one at the second port.
STUBBORN, PCI_ADDRESS, BRIDGE = (0xCFC, 0xCFE), 0xCF8, 0x80000000
GIVE_UP_SECONDS = 5.0  # of processor time to find that nobody answers
CLOCK = 115200
READY_SECONDS = 0.5  # of processor time to send one byte
HELD_SECONDS = 0.4  # of processor time during which nobody reads COM1
BUSY_SECONDS = 0.02  # of processor time in which a driver that does not wait has sent its byte
PRIME = 251  # serial_send counts modulo this
INTERRUPTS, FIFO, LINE, MODEM, STATUS = (COM1 + i for i in range(1, 6))
DMA_ADDRESS, DMA_COUNT, DMA_FLIP_FLOP = 0x00, 0x05, 0x0C


def send_to(machine: Machine, commands: str, data: bytes) -> list[Answer]:
    """Has COMMANDS carried out, the first of which says when it is ready for DATA on COM1."""
    machine.console.clear()
    machine.start(commands)
    machine.console.wait_for(">", READY_SECONDS)
    machine.console.send(data)
    return machine.finish()


def divisor(machine: Machine, base: int = COM1) -> int:
    """Returns the port's divisor, read without the kernel's help and while it stands still."""
    line = base + LINE - COM1
    with machine.qemu.still():
        held = machine.in8(line)
        machine.out8(line, held | 0x80)
        value = machine.in8(base) | machine.in8(base + 1) << 8
        machine.out8(line, held)
    return value


def check_settings(machine: Machine, base: int, baud: int) -> None:
    """Fails unless the port at BASE is set as serial_init sets it for BAUD."""
    interrupts, fifo, line, modem = (machine.in8(base + i) for i in range(1, 5))
    equal(line, 0x03, _("line control: 8 data bits, no parity, 1 stop bit"))
    equal(divisor(machine, base), CLOCK // baud, _("the divisor for {baud} baud").format(baud=baud))
    equal(interrupts, 0, _("interrupt enable"))
    equal(fifo & 0xC0, 0xC0, _("bits 7 and 6 of register 2, as read: FIFOs on"))
    equal(modem & 0x1F, 0x0B, _("modem control: DTR, RTS, OUT2, no loopback"))


# Every rate that the clock can make.
RATES = [baud for baud in range(2, CLOCK + 1) if CLOCK % baud == 0]


@check(6, _("serial_init programs the rate, 8 bits without parity, FIFOs, no interrupts"),
       read="exercise-3",
       why=_("Both ends of a serial line must agree on all of it beforehand: a port set otherwise "
             "sends garbage on a real line, even if an emulator does not care."))
def test_line_settings(machine: Machine, rng: random.Random) -> None:
    for baud in (RATES[0], CLOCK, *rng.sample(RATES[1:-1], 3)):
        for register, value in ((INTERRUPTS, 0x0F), (LINE, 0x1F), (FIFO, 0), (MODEM, 0)):
            machine.out8(register, value)
        machine.call(f"serial_start {baud}")
        check_settings(machine, COM1, baud)


@check(4, _("serial_init refuses a rate that the clock cannot make, and touches nothing"),
       read="exercise-3",
       why=_("115200 divided by a whole number of at most 16 bits: any other rate would be a "
             "little off, and so would every byte."))
def test_bad_baud(machine: Machine, rng: random.Random) -> None:
    good = rng.choice([300, 1200, 19200])
    machine.call(f"serial_start {good}")
    machine.out8(LINE, 0x1B)
    machine.out8(INTERRUPTS, 0x0C)
    # In loopback mode the port receives what it sends: that byte has to stay. The console must not
    # answer in that mode: it would hear itself.
    before = f"out8 {MODEM:#x} 0x12; out8 {COM1:#x} 0x78"
    after = f"in8 {STATUS:#x}; in8 {MODEM:#x}; in8 {COM1:#x}; out8 {MODEM:#x} 0x02"
    for baud in (0, 1, 7, 100000, 115201, 230400, 4294967295):
        answers = machine.run(f"{before}; serial_init {COM1:#x} {baud}; {after}")
        equal(answers[2].error, "EINVAL", _("the error for {baud} baud").format(baud=baud))
        equal(answers[3].value & 1, 1, _("line status, bit 0, as it was before: a byte is there"))
        equal(answers[4].value, 0x12, _("modem control, as it was before"))
        equal(machine.in8(LINE), 0x1B, _("line control, as it was before"))
        equal(machine.in8(INTERRUPTS), 0x0C, _("interrupt enable, as it was before"))
        equal(divisor(machine), CLOCK // good, _("the divisor, as it was before"))


def error_of_mute_port(machine: Machine) -> str:
    """Returns the error of serial_init for a port where no byte ever seems to come back."""
    machine.out8(PAGES_STATUS, 0)
    try:
        return machine.error(f"serial_init {PAGES:#x} 9600", GIVE_UP_SECONDS)
    except KernelDied as death:
        death.expected = _("an end of the wait for the test byte: the line status of port "
                           "{base:#x} always reads as 0").format(base=PAGES)
        raise


def errors_of_stubborn_ports(machine: Machine) -> list[str]:
    """Returns the errors of serial_init for two ports that have always received the same byte."""
    machine.monitor(f"o /w {PCI_ADDRESS:#x} {BRIDGE:#x}")
    return [machine.error(f"serial_init {base:#x} 9600") for base in STUBBORN]


@check(6, _("serial_init reports a port where no device answers"), read="exercise-3",
       why=_("Every register of an absent port reads as 0xff: it looks ready for ever, and "
             "swallows what you send. Only a byte that comes back proves that somebody is there."))
def test_absent_port(machine: Machine) -> None:
    for base in ABSENT:
        equal(machine.error(f"serial_init {base:#x} 115200"), "ENODEV",
              _("the error for port {base:#x}").format(base=base))
        equal(machine.call(f"serial_base {base:#x} 115200"), [0],
              _("the base kept for port {base:#x}").format(base=base))
    equal(machine.call("serial_base 0x3f8 7"), [0], _("the base kept after a wrong rate"))
    machine.out8(LINE, 0x1B)
    equal(machine.call(f"serial_init {COM1:#x} 57600"), [COM1], _("the base of COM1"))
    equal(divisor(machine), 2, _("the divisor of COM1 for 57600 baud"))
    equal(error_of_mute_port(machine), "ENODEV",
          _("the error for port {base:#x}, whose line status always reads as 0").format(
              base=PAGES))
    machine.out8(DEAF_STATUS, 1)
    equal(machine.error(f"serial_init {DEAF:#x} 9600"), "ENODEV",
          _("the error for port {base:#x}, which keeps its settings but not what is sent").format(
              base=DEAF))
    # One of the two bytes may be the very one that is sent.
    errors = errors_of_stubborn_ports(machine)
    true("ENODEV" in errors, _("the error ENODEV for one at least of the ports {first:#x} and "
                               "{second:#x}, where a byte is always there, but never the same in "
                               "both").format(first=STUBBORN[0], second=STUBBORN[1]), got=errors)


@check(3, _("serial_init leaves an empty receiver: neither old bytes nor its own test byte"),
       read="exercise-3",
       why=_("A byte left over from before would be taken for the first one of the conversation."))
def test_empty_after_init(machine: Machine) -> None:
    machine.console.clear()
    # In loopback mode the port receives what it sends: so there is an old byte.
    old = f"out8 {MODEM:#x} 0x10; out8 {COM1:#x} 0x78; in8 {STATUS:#x}"
    answers = machine.run(f"{old}; serial_start 19200; in8 {STATUS:#x}")
    equal(answers[3].error, "", _("the error of serial_start"))
    equal(answers[4].value & 1, 0, _("line status, bit 0: a byte is there"))
    equal(divisor(machine), CLOCK // 19200,
          _("the divisor for {baud} baud").format(baud=19200))
    equal(machine.console.text, "", _("what came out of COM1"))


@check(5, _("Bytes sent come out in order, none lost, none doubled"), read="exercise-4",
       why=_("A transmitter that is written to before it is empty loses what it held."))
def test_sent(machine: Machine) -> None:
    machine.console.clear()
    machine.call("serial_send 5000")
    expected = bytes(i % PRIME for i in range(5000))
    equal_bytes(machine.console.receive(5000), expected, _("5000 bytes from COM1"))
    equal(machine.console.text, "", _("what came after them"))


@check(5, _("Bytes received at full speed all arrive, whatever their value"), read="exercise-4",
       why=_("The receiver holds 16 bytes. Reading it when it is empty gives a byte that nobody "
             "sent; reading it twice loses one."))
def test_received(machine: Machine, rng: random.Random) -> None:
    sent = bytes(range(256)) + rng.randbytes(3000)
    send_to(machine, f"serial_echo {len(sent)}", sent)
    equal_bytes(machine.console.receive(len(sent)), sent, _("the bytes echoed"))


@check(6, _("serial_put waits for a reader that is slow"), read="exercise-4",
       why=_("Whoever reads may pause for as long as they like: a driver that waits for a number "
             "of turns and then sends all the same loses bytes on the day that it matters."))
def test_slow_reader(machine: Machine) -> None:
    count = 60000
    machine.console.clear()
    with machine.console.held():
        machine.start(f"serial_send {count}")
        used = machine.qemu.processor_time()
        machine.qemu.wait(lambda: machine.qemu.processor_time() > used + HELD_SECONDS,
                          2 * HELD_SECONDS)
    expected = bytes(i % PRIME for i in range(count))
    equal_bytes(machine.console.receive(count, 5.0), expected,
                _("the bytes from COM1, read late"))
    machine.finish()


@check(3, _("serial_get never waits, and says so when there is nothing"), read="exercise-4",
       why=_("The probe looks at two ports in turn: one that waits makes it deaf to the other."))
def test_get(machine: Machine, rng: random.Random) -> None:
    equal(machine.error("serial_get"), "EAGAIN", _("the answer when nothing was sent"))
    sent = b"\x00\xff" + rng.randbytes(2)
    send_to(machine, "serial_echo 4", sent)
    equal(machine.console.receive(4), sent, _("the bytes echoed"))
    equal(machine.error("serial_get"), "EAGAIN", _("the answer when all has been read"))


@check(2, _("A port without a device neither sends nor blocks"), read="exercise-4",
       why=_("A kernel on a machine without a serial port must still boot."))
def test_no_device(machine: Machine, rng: random.Random) -> None:
    machine.console.clear()
    # What is at ports 0 to 7 in truth: the DMA channels' addresses and counts, a byte at a time.
    # The count at port 5 is made to look like the line status of a device that is ready.
    for port, value in ((DMA_FLIP_FLOP, 0), (DMA_ADDRESS, 0x34), (DMA_ADDRESS, 0x12),
                        (DMA_COUNT, 0xFF), (DMA_COUNT, 0xFF)):
        machine.out8(port, value)
    equal(machine.error("serial_at 0 0x41"), "EAGAIN", _("the answer of serial_get"))
    machine.out8(DMA_FLIP_FLOP, 0)
    equal([machine.in8(DMA_ADDRESS) for _unused in range(2)], [0x34, 0x12],
          _("the registers at port 0, which are another device's"))
    byte = rng.randrange(0x40, 0x7F)
    machine.call(f"serial_put {byte}")
    equal(machine.console.receive(1), bytes([byte]), _("what came out of COM1"))
    equal(machine.console.text, "", _("what else came out of COM1"))


@check(2, _("Each port is driven at its own base"), read="exercise-4",
       why=_("A machine may have several ports. A base that is not the given one, in one of a "
             "dozen places, does no harm while there is but one."))
def test_other_port(boot, rng: random.Random) -> None:
    machine = boot(devices=[OTHER_DEVICE])
    good = rng.choice(RATES)
    machine.call(f"serial_start {good}")
    for register, value in ((1, 0x0F), (2, 0), (3, 0x1F), (4, 0)):
        machine.out8(OTHER + register, value)
    baud = rng.choice([rate for rate in RATES if rate != good])
    equal(machine.call(f"serial_init {OTHER:#x} {baud}"), [OTHER],
          _("the base of port {base:#x}").format(base=OTHER))
    check_settings(machine, OTHER, baud)
    check_settings(machine, COM1, good)
    byte = rng.randrange(1, 0xFF)
    machine.out8(PAGES, 0)
    machine.out8(PAGES_STATUS, 0x9F)
    machine.start(f"serial_at {PAGES:#x} {byte:#x}")
    machine.go(BUSY_SECONDS)
    equal(machine.in8(PAGES), 0, _("the byte sent to port {base:#x}, whose line status says that "
                                   "it takes none").format(base=PAGES))
    machine.out8(PAGES_STATUS, 0x61)
    equal(machine.finish()[0].value, byte, _("the byte that comes back once it does"))
