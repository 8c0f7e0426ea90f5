"""What a grading run does in the small, for long: no leak, no hang, nobody else touched."""

import os
from collections.abc import Iterator

import pytest
from conftest import Workshop

from miroir.machine import Machine
from miroir.processes import Processes
from miroir.stages import find

pytestmark = pytest.mark.skipif(os.environ.get("MUTANTS") != "all",
                                reason="long; MUTANTS=all runs it")

PROMPT = "$ "
SECONDS = 200.0  # of processor time


@pytest.fixture(name="shell")
def shell_fixture(workshop: Workshop) -> Iterator[Processes]:
    """The shell of a machine with little memory."""
    machine = Machine(workshop.reference(find("09")), ram=16,
                      modules=["init", "shell", "echo", "forker", "fuzz"])
    machine.console.wait_for(PROMPT)
    machine.monitor("log none")
    yield Processes(machine)
    machine.close()


def typed(shell: Processes, line: str) -> str:
    """Returns what the shell says to LINE."""
    return shell.machine.console.command(line, PROMPT, SECONDS)


def test_ten_thousand_rounds_lose_no_frame(shell: Processes) -> None:
    assert "10 rounds\n" in typed(shell, "forker 10")
    free = shell.free()
    assert "10000 rounds\n" in typed(shell, "forker 10000")
    assert shell.free() == free
    assert sorted(shell.all()) == [0, 1, 2]


def test_a_million_random_calls_touch_nobody_else(shell: Processes) -> None:
    """The first run makes the kernel's caches as large as they get."""
    assert "intact\n" in typed(shell, "fuzz 50000 1")
    free = shell.free()
    assert "intact\n" in typed(shell, "fuzz 1000000 2")
    assert abs(shell.free() - free) <= 16
    assert sorted(shell.all()) == [0, 1, 2]
