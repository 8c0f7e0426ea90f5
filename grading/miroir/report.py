"""The verdict: on the terminal for the student, as JSON for Gradescope."""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from . import i18n
from .i18n import _
from .outcome import Outcome
from .stages import ROOT, Stage

WIDTH = 100  # columns, on paper and where there is no terminal
SHOWN = 8  # lines of commands
SEQUENCE_SHOWN = 60  # commands of a shrunk sequence
LINE_SHOWN = 300  # characters of one line of commands


@dataclass
class Verdict:
    """What a stage is worth, and why.

    words: what the compiler said, if there is no kernel.
    """

    stage: Stage
    source: str  # whose files, as in FROM=
    seed: int
    outcomes: list[Outcome] = field(default_factory=list)
    words: str = ""

    def _points(self, bonus: bool, all_of_them: bool) -> int:
        return sum(o.about.points for o in self.outcomes
                   if o.about.bonus == bonus and (o.passed or all_of_them))

    @property
    def score(self) -> int:
        return 0 if self.words else self._points(False, False)

    @property
    def total(self) -> int:
        """100, unless only some of the checks were run."""
        return 100 if self.words else self._points(False, True)

    @property
    def bonus(self) -> tuple[int, int]:
        """Points earned and possible, beyond the 100."""
        return self._points(True, False), self._points(True, True)

    @property
    def full(self) -> bool:
        return not self.words and self.score == self.total


def explanation(stage: Stage, outcome: Outcome) -> list[tuple[str, str]]:
    """Returns the rows of a failed check's explanation: a heading and a text each."""
    rows = _first(outcome)
    if outcome.done:
        rows.append((_("done"), _done(outcome)))
    rows.append((_("expected"), outcome.expected))
    rows.append((_("got"), outcome.got))
    if not outcome.at_boot:  # then it is not yet what this check is about
        rows.append((_("why"), outcome.about.why))
    rows.append((_("read"), f"{stage.handout}#{outcome.about.read}"))
    return rows


def _first(outcome: Outcome) -> list[tuple[str, str]]:
    """What is to be written before anything else can be seen: a row, or none."""
    if outcome.crash and outcome.crash.kind == "not multiboot":
        header = _("the multiboot header, in 01-boot/entry.asm (exercise 1)")
        if (ROOT / "solutions").is_dir():
            header = _("{header}; or use the reference's, with BASE=solutions").format(
                header=header)
        return [(_("write first"), header)]
    heading = _("still empty") if outcome.elsewhere else _("write first")
    return [(heading, "\n".join(_todo(outcome)))] if outcome.todo else []


def _told_above(outcome: Outcome) -> list[tuple[str, str]]:
    """Returns the short explanation of a check that ended as an earlier one did."""
    return [*_first(outcome), (_("got"), _("the same end as above"))]


def _todo(outcome: Outcome) -> list[str]:
    """The functions reached that are still empty, the first ones to write."""
    return [_("{function}() in {file}, line {line}").format(function=f, file=file, line=line)
            for f, file, line in outcome.todo[:3]]


def _done(outcome: Outcome) -> str:
    """The commands that led here, as they can be pasted into the console."""
    limit = SEQUENCE_SHOWN if outcome.shortest else SHOWN
    lines = outcome.done[-limit:]
    return "\n".join((["…"] if len(outcome.done) > limit else []) + [*map(shortened, lines)])


def shortened(line: str) -> str:
    """Leaves out commands in the middle of LINE, if it is a long one."""
    if len(line) <= LINE_SHOWN:
        return line
    half = LINE_SHOWN // 2
    before, after = line[:half], line[-half:]
    return f"{before[:before.rfind(';') + 1] or before} … {after[after.find(';') + 1:].strip()}"


def _mark(outcome: Outcome) -> Text:
    return Text("✔", style="green") if outcome.passed else Text("✘", style="bold red")


def _points(outcome: Outcome) -> str:
    earned = outcome.about.points if outcome.passed else 0
    return f"{earned}/{outcome.about.points}"


def _print_for_nobody() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def to_a_reader() -> Iterator[None]:
    """Printing goes on for nobody once whoever read has had enough, as `head` has: the work is
    finished, and its results are written, all the same."""
    try:
        yield
    except BrokenPipeError:
        _print_for_nobody()


class Page(Console):
    """A console that does not end the program when its reader has had enough, as that of newer
    versions of rich does."""

    def on_broken_pipe(self) -> None:
        """Called by those instead of raising BrokenPipeError."""
        _print_for_nobody()


class Teller:
    """Prints a stage's verdict for its student, each check as soon as it is known."""

    def __init__(self, console: Console, stage: Stage, source: str) -> None:
        self._console = console
        self._stage = stage
        self._deaths: set[str] = set()  # each way in which the kernel ends is told once
        title = Text.assemble((stage.name, "bold"), f"  {stage.title}  ", (source, "dim"))
        with to_a_reader():
            console.print()
            console.rule(title, align="left", style="dim")

    def tell(self, outcome: Outcome) -> None:
        """Prints what became of one check."""
        death = str(outcome.crash) if outcome.crash else ""
        with to_a_reader():
            _print_outcome(self._console, self._stage, outcome, death in self._deaths)
        self._deaths |= {death} - {""}

    def end(self, verdict: Verdict) -> None:
        """Prints the score, and why there is none."""
        with to_a_reader():
            if verdict.words:
                self._console.print(Text(_("This does not build:"), style="bold red"))
                self._console.print(Padding(Text(verdict.words), (0, 0, 0, 2)))
            self._console.print(_score_line(verdict))


def _print_outcome(console: Console, stage: Stage, outcome: Outcome, told: bool) -> None:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(width=5, justify="right")
    table.add_column()
    title = Text(outcome.about.title, style="" if outcome.passed else "bold")
    if outcome.about.bonus:
        title.append(f"  ({_('bonus')})", style="dim")
    table.add_row(_mark(outcome), Text(_points(outcome), style="dim"), title)
    console.print(table)
    if not outcome.passed:
        rows = _told_above(outcome) if told else explanation(stage, outcome)
        _print_explanation(console, rows)


def _print_explanation(console: Console, rows: list[tuple[str, str]]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", justify="right")
    table.add_column(overflow="fold")
    for heading, text in rows:
        table.add_row(heading, Text(text))
    console.print(Padding(table, (0, 0, 1, 8)))


def _score_line(verdict: Verdict) -> Text:
    style = "bold green" if verdict.full else "bold yellow"
    line = Text.assemble((f"{verdict.score}/{verdict.total}", style), f"  {verdict.stage.name}")
    earned, possible = verdict.bonus
    if possible and not verdict.words:
        line.append(f"  + {_('bonus')} {earned}/{possible}")
    line.append(f"  (SEED={verdict.seed})", style="dim")
    return line


def save_picture(console: Console, path: Path, title: str) -> None:
    """Writes what CONSOLE, which records, has printed to PATH, an SVG image that needs no font
    from elsewhere."""
    from rich._export_format import CONSOLE_SVG_FORMAT

    form = re.sub(r"@font-face {{.*?}}", "", CONSOLE_SVG_FORMAT, flags=re.S)
    form = form.replace("Fira Code", "DejaVu Sans Mono")
    path.write_text(console.export_svg(title=title, code_format=form), encoding="utf-8")


def print_scores(console: Console, verdicts: list[Verdict]) -> None:
    """Prints one line for each stage."""
    table = Table(title=_("Scores"), title_style="bold", header_style="dim")
    table.add_column(_("stage"))
    table.add_column("")
    table.add_column(_("points"), justify="right")
    table.add_column(_("bonus"), justify="right")
    for verdict in verdicts:
        style = "green" if verdict.full else "yellow"
        earned, possible = verdict.bonus
        table.add_row(verdict.stage.name, verdict.stage.title,
                      Text(f"{verdict.score} / {verdict.total}", style=style),
                      f"{earned} / {possible}" if possible and not verdict.words else "")
    console.print()
    console.print(table)


def gradescope(verdict: Verdict) -> dict:
    """Returns the verdict in Gradescope's format for results.json."""
    if verdict.words:
        return {"score": 0, "output": f"{_('This does not build:')}\n{verdict.words}",
                "stdout_visibility": "visible", "tests": [],
                "extra_data": _extra(verdict)}
    return {
        "score": verdict.score + verdict.bonus[0],
        "execution_time": round(sum(o.seconds for o in verdict.outcomes)),
        "stdout_visibility": "visible",
        "tests": [_gradescope_test(verdict.stage, o) for o in verdict.outcomes],
        "extra_data": _extra(verdict)}


def _extra(verdict: Verdict) -> dict:
    return {"stage": verdict.stage.name, "points": verdict.score, "of": verdict.total,
            "bonus": verdict.bonus[0], "seed": verdict.seed, "language": i18n.language}


def _gradescope_test(stage: Stage, outcome: Outcome) -> dict:
    output = "" if outcome.passed else "\n".join(
        _("{heading}: {text}").format(heading=heading, text=text)
        for heading, text in explanation(stage, outcome))
    return {"name": outcome.about.title, "number": outcome.name,
            "score": outcome.about.points if outcome.passed else 0,
            "max_score": outcome.about.points,
            "status": "passed" if outcome.passed else "failed",
            "output": output, "visibility": "visible",
            "extra_data": {"bonus": outcome.about.bonus}}


def write_json(verdict: Verdict, path: Path) -> None:
    """Writes the verdict to PATH, whole or not at all."""
    new = path.with_suffix(".json.new")
    new.write_text(json.dumps(gradescope(verdict), indent=1, ensure_ascii=False) + "\n",
                   encoding="utf-8")
    new.replace(path)
