"""What became of a check: plain data, which can travel from one process to another."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .check import About, CheckFailed
from .crash import Crash, KernelDied, Todo
from .i18n import _
from .machine import Machine
from .stages import all_stages


@dataclass
class Outcome:
    """What became of one check. Whatever follows `seconds` is of a check that failed."""

    name: str
    about: About
    passed: bool
    seconds: float = 0.0
    expected: str = ""
    got: str = ""
    crash: Crash | None = None
    at_boot: bool = False  # whether the kernel did not even get through its start
    done: list[str] = field(default_factory=list)  # lines of commands
    shortest: bool = False  # whether `done` is a whole sequence, shrunk, to be shown as it is
    todo: list[Todo] = field(default_factory=list)
    elsewhere: bool = False  # whether only the kernel's start has reached what is in `todo`, and it
    # is for a later exercise

    def explain(self, failure: BaseException, machines: Sequence[Machine]) -> None:
        """Takes over what is known of FAILURE, and of the check's MACHINES."""
        self.expected, self.got = _("the check to run"), repr(failure)
        if not isinstance(failure, CheckFailed):
            return
        self.expected, self.got = failure.expected, failure.got
        if isinstance(failure, KernelDied):
            self.crash, self.at_boot = failure.crash, failure.at_boot
        if failure.done is not None:
            self.done, self.shortest = failure.done, True
        elif machines:
            self.done = machines[-1].history
        if isinstance(failure, KernelDied) and failure.at_boot:
            self.todo = in_order(failure.todo)
        elif machines:
            self.todo = in_order(machines[-1].todo())
            if machines[-1].only_boot_reached:
                due = [entry for entry in self.todo if not self._is_for_later(entry)]
                self.todo, self.elsewhere = due or self.todo, not due

    def _is_for_later(self, entry: Todo) -> bool:
        """Whether what is to be written belongs to a later exercise than this check."""
        function, path, _line = entry
        *_folders, stage, file = path.split("/")
        exercise = next((s.exercise_of(function, file) for s in all_stages() if s.name == stage), 0)
        return 0 < self.about.exercise < exercise


def in_order(todo: list[Todo]) -> list[Todo]:
    """Returns TODO in the order in which the functions are to be written."""
    files = [f"{stage.name}/{file}" for stage in all_stages() for file in stage.files]

    def place(entry: Todo) -> tuple[int, int]:
        name = "/".join(entry[1].split("/")[-2:])
        return files.index(name) if name in files else len(files), entry[2]

    return sorted(todo, key=place)
