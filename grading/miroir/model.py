"""Models: random sequences of commands, a Python model that knows what each must answer, and the
shortest sequence that a wrong kernel answers otherwise.

Hypothesis makes and shrinks the sequences. A sequence goes to the kernel in as few lines as it
fits in, so that hundreds of them cost a second.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from . import check
from .check import CheckFailed
from .i18n import _
from .machine import LINE_LIMIT, Answer, KernelDied, Machine

TRIES_AFTER_FAILURE = 250  # sequences tried while looking for a shorter one
TRIES_AFTER_DEATH = 40  # the same where each costs a boot
TRIES_AFTER_HANG = 4  # the same where each costs all the time there is
UNCONFIRMED_LIMIT = 4  # failures that other sequences had prepared, before it is enough


@dataclass(frozen=True)
class Step:
    """One command, and the judge of its answer (which fails as a check does)."""

    command: str
    judge: Callable[[Answer], None] = lambda answer: None


def _lines(steps: list[Step]) -> Iterator[list[Step]]:
    """Cuts STEPS into groups that fit into a line."""
    group: list[Step] = []
    length = 0
    for step in steps:
        if group and length + len(step.command) + 2 > LINE_LIMIT:
            yield group
            group, length = [], 0
        group.append(step)
        length += len(step.command) + 2
    if group:
        yield group


def _tries_after(failure: CheckFailed) -> int:
    if not isinstance(failure, KernelDied):
        return TRIES_AFTER_FAILURE
    quick = failure.crash.kind in ("panic", "triple fault", "halt")
    return TRIES_AFTER_DEATH if quick else TRIES_AFTER_HANG


class _Explorer:
    """Plays sequences, on a machine that is replaced when a sequence has spoiled it."""

    def __init__(self, boot: Callable[[], Machine], script: Callable[[Any], list[Step]]) -> None:
        self._boot = boot
        self._script = script
        self._machine: Machine | None = None
        self._known: dict[str, CheckFailed | None] = {}
        self._tries_left: float = float("inf")
        self.unconfirmed: list[CheckFailed] = []  # which needed what was played before them

    def outcome(self, operations: Any) -> CheckFailed | None:
        """Returns how OPERATIONS fail, or None. The same ones always fail the same way."""
        key = repr(operations)
        if key not in self._known:
            if self._tries_left <= 0 or len(self.unconfirmed) > UNCONFIRMED_LIMIT:
                return None
            self._tries_left -= 1
            failure = self._known[key] = self._confirmed(self._script(operations), operations)
            if failure and self._tries_left == float("inf"):
                self._tries_left = _tries_after(failure)
        return self._known[key]

    def _confirmed(self, steps: list[Step], operations: Any) -> CheckFailed | None:
        """Returns how STEPS fail by themselves: a student who types them shall see it."""
        fresh = self._machine is None
        failure = self._play(steps)
        if failure is None or fresh:
            return failure
        again = self._play(self._script(operations))  # on a new machine, judged by a new model
        if again is None:
            self.unconfirmed.append(failure)
        return again

    def _play(self, steps: list[Step]) -> CheckFailed | None:
        if self._machine is None:
            self._machine = self._boot()
        played: list[str] = []
        try:
            for group in _lines(steps):
                played += [step.command for step in group]
                answers = self._machine.run("; ".join(step.command for step in group))
                base = len(played) - len(group)
                for number, (step, answer) in enumerate(zip(group, answers)):
                    try:
                        step.judge(answer)
                    except CheckFailed:
                        del played[base + number + 1:]
                        raise
        except CheckFailed as failure:
            failure.done = played
            # Whatever state the kernel is in now, the next sequence shall not see it.
            self._machine.close()
            self._machine = None
            return failure
        return None


def explore(boot: Callable[[], Machine], strategy: SearchStrategy,
            script: Callable[[Any], list[Step]], examples: int = 60) -> None:
    """Fails the check, with the shortest sequence found, if a sequence is judged wrong.

    boot: gives a machine. strategy: makes operations. script: turns them into steps that start
    from the same state of the kernel, whatever was played before, and judge by a new model.
    """
    explorer = _Explorer(boot, script)
    phases = (Phase.generate, Phase.shrink) if check.shrink else (Phase.generate,)

    @hypothesis.seed(boot.seed)  # type: ignore[attr-defined]
    @settings(max_examples=examples, deadline=None, database=None, derandomize=False,
              phases=phases, print_blob=False,
              report_multiple_bugs=False, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def play(operations: Any) -> None:
        failure = explorer.outcome(operations)
        if failure:
            raise failure

    play()
    if explorer.unconfirmed:
        failure = explorer.unconfirmed[0]
        failure.done = [_("(other sequences before)"), *(failure.done or [])]
        raise failure
