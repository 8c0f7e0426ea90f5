"""The shell of the kit, which no check grades."""

from conftest import Workshop

from miroir.machine import Machine
from miroir.play import SHELL_PROMPT
from miroir.requests import Trace
from miroir.stages import find

WRITE, READ = 2, 3  # numbers of system calls
SHELL = 2  # its pid: the first program's child


def test_console_is_claimed_before_the_prompt(workshop: Workshop) -> None:
    """A line that comes with the prompt, before the shell reads, is the shell's: until somebody has
    read from the console, what is typed is for the monitor."""
    machine = Machine(workshop.reference(find("11")), disk=4, modules=["init", "shell"])
    machine.console.wait_for(SHELL_PROMPT)
    trace = Trace(machine)
    machine.console.command("", SHELL_PROMPT)
    called = [entry.argument for entry in trace.entries()
              if entry.step == "call" and entry.sender == SHELL]
    assert called[:2] == [READ, WRITE]
    machine.close()
