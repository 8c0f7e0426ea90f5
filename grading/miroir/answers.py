"""The probe's answers, from text to values."""

import re
from dataclasses import dataclass, field

from .check import CheckFailed
from .errors import in_words
from .i18n import _

Value = int | str
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_ESCAPE = re.compile(r'\\(x[0-9a-f]{2}|.)')
_PART = re.compile(r'((?:"(?:[^"\\]|\\.)*"|[^;"])*)(?:;|$)')


@dataclass(frozen=True)
class Answer:
    """What the probe said to one command. error: an errno's name, "" if it succeeded."""

    command: str
    values: list[Value] = field(default_factory=list)
    error: str = ""
    text: str = ""

    @property
    def ok(self) -> bool:
        return not self.error

    @property
    def value(self) -> int:
        """The first value, a number."""
        if not self.values or not isinstance(self.values[0], int):
            raise CheckFailed(_("a number in answer to `{command}`").format(command=self.command),
                              str(self))
        return self.values[0]

    def __str__(self) -> str:
        if self.error:
            return in_words(self.error, self.text.strip())
        words = (v if isinstance(v, str) else f"{v:#x}" for v in self.values)
        return " ".join(("ok", *words))


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 3 else m[1], text)


def parse_answer(command: str, part: str) -> Answer:
    """Makes an Answer of one command's part of a reply. ValueError if it is none."""
    status, _space, rest = part.strip().partition(" ")
    if status == "err":
        error, _space, text = rest.partition(" ")
        return Answer(command, error=error, text=text)
    if status != "ok":
        raise ValueError(part)
    values: list[Value] = []
    for match in _VALUE.finditer(rest):
        values.append(_unescape(match[1]) if match[2] is None else int(match[2], 0))
    return Answer(command, values)


def split_reply(text: str) -> list[str]:
    """Returns the parts of a reply, one for each command (and perhaps empty ones at the end)."""
    return [match[1] for match in _PART.finditer(text)]
