"""Kernels to look at rather than to grade: run on this terminal, in GDB, or on a guided tour."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.text import Text

from .build import Kernel
from .i18n import _
from .lifetime import die_with
from .machine import Machine
from .qemu import program
from .stages import ROOT, Stage, UserError

PROMPT = "miroir> "
SHELL_PROMPT = "$ "
FIRST = "init"  # the program that starts by itself, and starts the shell
MONITOR = "!"  # starts a line that is not for the shell
DISK = 16  # MiB of the disk that every machine has
COMMANDS = ROOT / "kernel" / "kernel.gdb"


def _program(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise UserError(_("{name} is not installed: run `make setup`.").format(name=names[0]))


def _qemu(*options: str) -> list[str]:
    return [program(), "-nodefaults", "-no-user-config", "-m", "32M", "-no-reboot", *options,
            "-kernel", "kernel.elf"]  # to be run in the kernel's folder


def _disk(kernel: Kernel) -> list[str]:
    """Makes a disk, all 0, in the kernel's folder; returns the options for it."""
    path = kernel.folder / "disk"
    path.write_bytes(b"")
    os.truncate(path, DISK << 20)
    return ["-drive", "if=ide,index=0,format=raw,file.locking=off,file=disk"]


def modules(kernel: Kernel, monitor: bool) -> list[str]:
    """Returns the programs that KERNEL is started with; for the MONITOR, without the first."""
    return [name for name in kernel.programs if not (monitor and name == FIRST)]


def run(kernel: Kernel, window: bool, monitor: bool) -> int:
    """Runs KERNEL with COM1 on this terminal, until it ends or Ctrl-C; returns the exit status.

    monitor: commands go to the kernel's monitor, as if there were no shell.
    """
    options = ["-serial", "stdio", "-serial", "null", *_disk(kernel)]
    if names := modules(kernel, monitor):
        options += ["-initrd", ",".join(f"programs/{name}" for name in names)]
    options += ["-vga", "std"] if window else ["-vga", "none", "-display", "none"]
    print(_("The kernel's console; `help` lists the commands. Ctrl-C ends it."), flush=True)
    try:
        return subprocess.run(_qemu(*options), cwd=kernel.folder,
                              check=False).returncode
    except KeyboardInterrupt:
        print()
        return 0


def debug(kernel: Kernel) -> int:
    """Runs GDB on KERNEL, stopped before its first instruction; returns the exit status."""
    gdb = _program("gdb", "gdb-multiarch", "i686-elf-gdb")
    with tempfile.TemporaryDirectory(prefix="miroir-") as folder:
        socket, typed, console = (Path(folder) / name for name in ("gdb", "typed", "console"))
        server = "server=on,wait=off"
        options = ["-S", "-display", "none", "-chardev",
                   f"socket,id=console,path={typed},{server},logfile={console}",
                   "-serial", "chardev:console", "-serial", "null",
                   "-chardev", f"socket,id=gdb,path={socket},{server}",
                   "-gdb", "chardev:gdb", *_disk(kernel)]
        with subprocess.Popen(_qemu(*options), cwd=kernel.folder,
                              stdin=subprocess.DEVNULL, start_new_session=True,
                              preexec_fn=partial(die_with, os.getpid())) as qemu:
            try:
                while not socket.exists() and qemu.poll() is None:
                    os.sched_yield()
                return _run_gdb([gdb, "-q", "-ex", f"set $console_file = \"{console}\"",
                                 "-ex", f"set $console_socket = \"{typed}\"",
                                 "-x", str(COMMANDS), "-ex", f"target remote {socket}",
                                 "-ex", "break _start", "-ex", "continue", str(kernel.path)],
                                kernel.folder)
            finally:
                qemu.kill()


def _run_gdb(command: Sequence[str], folder: Path) -> int:
    """Ctrl-C is for GDB, which stops the guest with it; not for us."""
    with subprocess.Popen(command, cwd=folder) as gdb:
        while True:
            try:
                return gdb.wait()
            except KeyboardInterrupt:
                continue


def tour(console: Console, kernel: Kernel, stages: Sequence[Stage]) -> None:
    """Boots KERNEL from a GRUB image and types every stage's tour on its console."""
    console.rule(_("The kernel, booted from its ISO image by GRUB"), align="left", style="dim")
    machine = Machine(kernel, iso=True, disk=DISK)
    try:
        console.print(Text(machine.console.wait_for(PROMPT).removesuffix(PROMPT).rstrip()))
        for stage in stages:
            console.print(Text(f"\n{stage.name}  {stage.title}", style="bold"))
            for sentence, command in stage.tour:
                _show(console, machine, sentence, command, MONITOR if kernel.programs else "")
    finally:
        machine.close()


def _show(console: Console, machine: Machine, sentence: str, command: str, mark: str) -> None:
    console.print(Text(f"  {sentence}", style="italic"))
    answer = machine.console.command(mark + command, PROMPT)
    console.print(Text(f"  {PROMPT}{command}", style="cyan"))
    for line in answer.rstrip().splitlines():
        console.print(Text(f"  {line}"))
