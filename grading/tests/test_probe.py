"""The probe's protocol: what the kernel says on COM2, and what a person sees on COM1."""

import re

import pytest
from conftest import Workshop

from miroir.machine import Answer, Machine, parse_answer
from miroir.stages import all_stages


@pytest.fixture(name="machine", scope="module")
def machine_fixture(workshop: Workshop):
    machine = Machine(workshop.reference(all_stages()[0]), append='say "hi; you" \\ é')
    yield machine
    machine.close()


def raw(machine: Machine, line: bytes) -> str:
    """Sends LINE as it is; returns the next line that comes."""
    machine.qemu.com2.socket.sendall(line)
    data = machine.qemu.com2.data
    machine.wait(lambda: b"\n" in data, 1.0)
    text = data[:data.index(b"\n")].decode()
    del data[:len(text.encode()) + 1]
    return text


@pytest.mark.parametrize("command,error,text", [
    ("nonsense", "EINVAL", "unknown command nonsense"),
    ("", "EINVAL", "unknown command"),
    ("in8", "EINVAL", "arguments: port"),
    ("in8 1 2", "EINVAL", "one argument too many 2"),
    ("in8 x", "EINVAL", "not a number x"),
    ("in8 12a", "EINVAL", "not a number 12a"),
    ("in8 0x", "EINVAL", "not a number 0x"),
    ("in8 $nobody", "EINVAL", "unknown variable $nobody"),
    ("in8 0x100000000", "EINVAL", "more than 32 bits 0x100000000"),
    ("spin 0x10000000000000000", "EINVAL", "not a number 0x10000000000000000"),
    ("in8 0x10000", "ERANGE", "out of range"),
    ("read32 2", "EINVAL", "bad argument"),
    ("help nonsense", "ENOENT", "no such thing"),
    ("read32 0x100000 2000", "ENOSPC", "no room left")])
def test_error(machine: Machine, command: str, error: str, text: str) -> None:
    answer = machine.run(command)[0]
    assert (answer.error, answer.text.strip()) == (error, text)


def test_several_commands(machine: Machine) -> None:
    answers = machine.run("in8 0x3fd; nonsense; scratch")
    assert [a.error for a in answers] == ["", "EINVAL", ""]
    assert answers[2].values == [machine.scratch, 0x10000]


def test_numbers(machine: Machine) -> None:
    place = machine.scratch
    machine.run(f"write32 {place} 4294967295; write32 {place + 4:#x} 0xABCDEF01")
    assert machine.call(f"read32 {place} 2") == [0xFFFFFFFF, 0xABCDEF01]
    assert machine.ram.words(place, 2) == (0xFFFFFFFF, 0xABCDEF01)


def test_variables(machine: Machine) -> None:
    place = machine.scratch
    answers = machine.run(f"a=scratch; write32 $a 77; b=read32 $a; c=nonsense; read32 $a; "
                          f"a=read32 {place}; write32 {place} $c; read32 {place}")
    assert [a.values[:1] for a in answers if a.ok and a.values] == [
        [place], [77], [77], [77], [0]]
    assert machine.run("name_that_is_too_long_to_keep=scratch; scratch")[0].ok


def test_too_many_variables(machine: Machine) -> None:
    for start in range(0, 300, 50):
        machine.qemu.com2.data.clear()
        reply = raw(machine, b"x " + b";".join(b"v%d=image" % i for i in range(start, start + 50))
                    + b"\n")
    assert "err ENOSPC variable v299" in reply


def test_text(machine: Machine) -> None:
    assert machine.call("boot_info")[0] == 'miroir.elf say "hi; you" \\ Ã©'
    assert parse_answer("", 'ok "a\\x0ab" 0x10 -3') == Answer("", ["a\nb", 16, -3])


def test_help_names_every_command_with_its_arguments(machine: Machine) -> None:
    usages = [str(usage) for usage in machine.call("help")]
    assert "in8 port" in usages and "read32 address [count]" in usages
    for usage in usages:
        shown, summary = machine.call(f"help {usage.split()[0]}")
        assert shown == usage and len(str(summary)) > 10


def test_raw_lines(machine: Machine) -> None:
    assert raw(machine, b"seq-1 image\n").startswith("seq-1 ok 0x100000 0x")
    assert raw(machine, b"\n \n7   image  \n").startswith("7 ok 0x100000 0x")
    assert raw(machine, b"9 help " + b"x" * 4080 + b"\n").startswith("9 err")
    assert raw(machine, b"9 help " + b"x" * 5000 + b"\n") == "! line too long"
    assert raw(machine, b"10 image\n").startswith("10 ok")


def test_mailbox(machine: Machine) -> None:
    """What the grader itself uses, and anyone with a debugger can."""
    mailbox, place = machine.symbol("probe_mailbox"), machine.symbol("probe_reply")
    machine.ram.write(mailbox, b"in8 0x3fd; nonsense\0")
    assert raw(machine, b"7 *\n") == "7 *"
    assert re.fullmatch(r"ok 0x\w+ ; err EINVAL unknown command nonsense",
                        machine.ram.string(place))
    machine.ram.write(mailbox, b"\0")
    assert raw(machine, b"8 *\n") == "8 *"
    assert machine.ram.string(place).startswith("err EINVAL")


def test_answer_that_fills_the_mailbox(machine: Machine) -> None:
    """What has no room in RAM comes by the port, and nothing is missing."""
    place = machine.scratch
    machine.ram.write(place, b"".join(n.to_bytes(4, "little") for n in range(700)))
    answers = machine.run("; ".join([f"read32 {place} 700"] * 12))
    assert all(answer.values == list(range(700)) for answer in answers)


def test_console(workshop: Workshop) -> None:
    machine = Machine(workshop.reference(all_stages()[0]))
    machine.console.wait_for("miroir> ")
    machine.console.send(b"scratchy\x7f\rnonsense\n\n")
    text = machine.console.wait_for("unknown command nonsense")
    scratch = machine.scratch
    assert f"scratchy\b \b\nok {scratch:#x} 0x10000\nmiroir> " in text
    assert machine.console.wait_for("miroir> ") == "\nmiroir> "
    assert machine.console.wait_for("miroir> ") == "\nmiroir> "
    machine.close()
