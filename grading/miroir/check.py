"""What a check is made of: its points and texts, and the ways in which it can fail.

A check is a pytest function that bears ``@check``. It fails through ``equal``, ``true`` or
``fail``, so that the report can say what was expected and what came instead.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import pytest

from .errors import name_of
from .i18n import _

Function = TypeVar("Function", bound=Callable)
shrink = True  # whether the shortest of the sequences that fail is looked for; see model.py
TOO_LONG = 600  # characters of a value that nobody reads further


@dataclass(frozen=True)
class About:
    """What the report says of a check. read: an anchor in the stage's handout."""

    points: int
    title: str
    why: str
    read: str
    bonus: bool

    @property
    def exercise(self) -> int:
        """The number of the exercise that `read` leads to, 0 if it leads elsewhere."""
        digits = re.search(r"\d+$", self.read)
        return int(digits[0]) if digits else 0


def check(points: int, title: str, *, why: str, read: str,
          bonus: bool = False) -> Callable[[Function], Function]:
    """Makes a function a check worth POINTS of the stage's 100; BONUS points are counted apart."""
    return pytest.mark.check(About(points, title, why, read, bonus))


class CheckFailed(AssertionError):
    """The kernel did something else than the contract says."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(f"expected {expected}, got {got}")
        self.expected = expected
        self.got = got
        self.done: list[str] | None = None  # commands, when others than the machine's last ones


def hexa(value: int) -> str:
    """Returns VALUE as addresses are written."""
    return f"{value:#010x}"


def _number(value: int) -> str:
    also = [f"{value:#x}"] if abs(value) >= 10 else []
    if error := name_of(value):
        also.append(f"-{error}")
    return f"{value} ({', '.join(also)})" if also else str(value)


def show(value: Any) -> str:
    """Returns VALUE as a person would write it."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        text = str(value) if value != "" else '""'
    elif isinstance(value, int):
        text = _number(value)
    elif isinstance(value, (list, tuple)):
        shown = (f'"{v}"' if isinstance(v, str) else show(v) for v in value)
        text = f"[{', '.join(shown)}]"
    elif isinstance(value, (bytes, bytearray)):
        text = value[:32].hex(" ") or "-"
        text = f"{text} …" if len(value) > 32 else text
    else:
        text = str(value)
    return text if len(text) <= TOO_LONG else f"{text[:TOO_LONG]} …"


def fail(expected: Any, got: Any) -> NoReturn:
    """Fails the check."""
    raise CheckFailed(show(expected), show(got))


def is_value(what: str, value: Any) -> str:
    """Returns the text that says that WHAT has VALUE."""
    return _("{what}: {value}").format(what=what, value=show(value))


def equal(got: Any, expected: Any, what: str) -> None:
    """Fails unless GOT equals EXPECTED; WHAT names it, in the student's language."""
    if got != expected:
        raise CheckFailed(is_value(what, expected), is_value(what, got))


@contextmanager
def said_of(place: str) -> Iterator[None]:
    """Has a failure in it name PLACE, one of several that are looked at; "" names none."""
    try:
        yield
    except CheckFailed as failure:
        if place:
            failure.expected = is_value(place, failure.expected)
            failure.got = is_value(place, failure.got)
        raise


@contextmanager
def after(*commands: str) -> Iterator[None]:
    """Has a failure in it show COMMANDS alone, of many that have nothing to do with each other."""
    try:
        yield
    except CheckFailed as failure:
        failure.done = list(commands)
        raise


def equal_bytes(got: bytes, expected: bytes, what: str) -> None:
    """The same for many bytes: shows them from the first one that differs."""
    if got == expected:
        return
    pairs = enumerate(zip(got, expected))
    place = next((i for i, (g, e) in pairs if g != e), min(len(got), len(expected)))
    start = _("{what}, from byte {place}").format(what=what, place=place)
    raise CheckFailed(is_value(start, expected[place:place + 16]),
                      is_value(start, got[place:place + 16]))


def true(condition: Any, what: str, got: Any = None) -> None:
    """Fails unless CONDITION; WHAT says what must hold, GOT what there is instead."""
    if not condition:
        raise CheckFailed(what, _("not so") if got is None else show(got))
