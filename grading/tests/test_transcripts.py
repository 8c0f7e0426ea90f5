"""What the pages show of the console is what the console says."""

import re
from collections.abc import Iterator

import pytest
from conftest import Workshop

from miroir.crash import KernelDied
from miroir.machine import Machine
from miroir.play import DISK, PROMPT, SHELL_PROMPT, modules
from miroir.stages import ROOT, find

BLOCK = re.compile(r"^```text\n((?:(?!```).*\n)*?)```$", re.M)
LAB = re.compile(r"\bLAB=(\d\d)\b")
SESSION = re.compile(r"^\$ make run LAB=\d\d( MONITOR=1)?\n.*^(miroir>|\$) ", re.M | re.S)
LARGE = re.compile(r"0x[0-9a-f]{5,}|\b\d{4,}\b")  # places and sizes: they move with the kernel
ANY = re.compile(r"0x[0-9a-f]+|^ *\d+ ")  # what depends on when the clock ticked, too
CALL = re.compile(r"^(?:at|in) 0x\w+ ([\w.]+)\+", re.M)


def transcripts() -> Iterator:
    """Gives the stage and the text of every block of a page in which commands are typed."""
    for path in sorted((ROOT / "handouts").glob("*/*.md")):
        text = path.read_text(encoding="utf-8")
        for number, block in enumerate(BLOCK.finditer(text)):
            if PROMPT in block[1] or SESSION.match(block[1]):
                lab = LAB.findall(text[:block.end()])[-1]
                yield pytest.param(lab, block[1], id=f"{path.parent.name}-{path.stem}-{number}")


def alike(text: str, command: str = "") -> list[str]:
    """Returns the lines of TEXT, an answer to COMMAND, with # for the numbers that may differ."""
    may_differ = ANY if re.search("ticks|^requests", command) else LARGE
    return [may_differ.sub("#", line.rstrip()) for line in text.splitlines() if line.strip()]


def check_panic(machine: Machine, command: str, shown: str) -> None:
    """Takes the end of a kernel, which SHOWN promises after COMMAND."""
    with pytest.raises(KernelDied) as death:
        machine.console.command(command, PROMPT)
    crash = death.value.crash
    assert alike(shown.splitlines()[0].removeprefix("panic "))[0] in alike(crash.message)[0]
    if calls := CALL.findall(shown):
        assert calls == [str(place).partition("+")[0] for place in crash.calls]


def fits(said: list[str], shown: list[str]) -> bool:
    """Whether SAID is what is SHOWN, in which "..." stands for any lines."""
    if not shown or not said:
        return shown in ([], ["..."]) and not (said and not shown)
    if shown[0] == "...":
        return any(fits(said[i:], shown[1:]) for i in range(len(said) + 1))
    return said[0] == shown[0] and fits(said[1:], shown[1:])


@pytest.mark.parametrize("lab,block", transcripts())
def test_transcript(lab: str, block: str, workshop: Workshop) -> None:
    prompt = PROMPT if PROMPT in block else SHELL_PROMPT
    before, *steps = re.split(f"^{re.escape(prompt)}", block, flags=re.M)
    if prompt == SHELL_PROMPT:
        before, steps = steps[0], steps[1:]
    kernel = workshop.reference(find(lab))
    machine = Machine(kernel, disk=DISK, modules=modules(kernel, prompt == PROMPT), usual=True)
    try:
        booted = alike(machine.console.wait_for(prompt).replace("miroir.elf", "kernel.elf"))
        lines = [line for line in before.splitlines() if "make run" not in line]
        assert [line for line in alike("\n".join(lines)) if line not in booted] == []
        for step in steps:
            command, _newline, shown = step.partition("\n")
            if shown.lstrip().startswith("panic "):
                check_panic(machine, command, shown.lstrip())
                return
            heard = alike(machine.console.command(command, prompt), command)
            assert fits(heard, alike(shown, command)), (command, heard)
    finally:
        machine.close()
