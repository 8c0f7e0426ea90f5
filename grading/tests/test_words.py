"""How values, answers and commands are written in a verdict."""

import pytest

from miroir.answers import Answer
from miroir.check import show
from miroir.console import end_of
from miroir.report import LINE_SHOWN, shortened


@pytest.mark.parametrize("value,text", [
    (7, "7"), (0x400000, "4194304 (0x400000)"), (-2, "-2 (-ENOENT)"),
    (-16, "-16 (-0x10, -EBUSY)"), (0xFFFFFFF0, "4294967280 (0xfffffff0, -EBUSY)"),
    ([1, 16], "[1, 16 (0x10)]"), (b"\x01\xff", "01 ff"), ("", '""')])
def test_values(value: object, text: str) -> None:
    assert show(value) == text


def test_error_in_the_language_of_the_student(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Answer("serial_init", error="ENOSYS", text="not written yet ")
    unknown = Answer("serial_init", error="EWHAT", text="of its own ")
    monkeypatch.setattr("miroir.i18n._messages", dict)
    assert (str(answer), str(unknown)) == ("ENOSYS (not written yet)", "EWHAT (of its own)")
    monkeypatch.setattr("miroir.i18n._messages", lambda: {"not written yet": "pas encore écrit"})
    assert str(answer) == "ENOSYS (pas encore écrit)"


def test_long_line_is_cut_between_its_commands() -> None:
    commands = [f"write32 {number:#x} 0x12345678" for number in range(40)]
    first, last = shortened("; ".join(commands)).split(" … ")
    assert first == "; ".join(commands[:len(first.split("; "))]) + ";"
    assert last == "; ".join(commands[-len(last.split("; ")):])
    assert len(first) + len(last) <= LINE_SHOWN
    assert shortened("x" * 1000) == "x" * (LINE_SHOWN // 2) + " … " + "x" * (LINE_SHOWN // 2)


def test_what_came_from_the_console() -> None:
    lines = "".join(f"line {number}\r\n" for number in range(9))
    assert end_of(bytearray(lines.encode())) == "line 5\nline 6\nline 7\nline 8"
    assert end_of(bytearray(range(256))) == bytes(range(224, 256)).hex(" ")
