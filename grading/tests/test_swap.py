"""Swap at full size: more than the few hundred pages that a grading run can afford."""

import random

import pytest
from conftest import SEED, Workshop

from miroir.machine import Machine
from miroir.stages import find
from miroir.swap import Swap


def test_four_times_the_memory(workshop: Workshop) -> None:
    """8 MiB of RAM, 32 MiB written, forked, changed by both, read back in another order."""
    seed = random.Random(SEED).randrange(1 << 16)
    machine = Machine(workshop.reference(find("11")), ram=8, disk=64, modules=["fill"])
    try:
        machine.monitor("log none")
        swap = Swap(machine)
        assert swap.run_program(f"fill 32 {seed} 4", 100) == 0
        assert f"{seed}: intact" in machine.console.text
        assert swap.disk().reads > 8192
        assert (swap.absent(), swap.free_slots()) == ({}, 64 * 256 - 1)
    finally:
        machine.close()


@pytest.mark.parametrize("options", [{}, {"disk": 4, "append": "paging=eager"}], ids=str)
def test_swap_is_off(workshop: Workshop, options: dict) -> None:
    """Without a disk, and where no page may come late, everything is as in the stage before."""
    machine = Machine(workshop.reference(find("11")), modules=["fill"], **options)
    try:
        assert "swap: off" in machine.console.text
        assert Swap(machine).run_program("fill 4 7 3") == 0
    finally:
        machine.close()


def test_fuzzer_without_memory(workshop: Workshop) -> None:
    """Random system calls, and two programs that mind, in a megabyte of memory for all three.
    (There is an init: what the fuzzer leaves behind are orphans, each with a kernel stack.)"""
    machine = Machine(workshop.reference(find("11")), ram=8, disk=8,
                      modules=["init", "shell", "fuzz", "fill", "echo"])
    try:
        machine.console.wait_for("$ ")
        machine.monitor("log none")
        swap = Swap(machine)
        swap.do("frames_hoard 250")
        pids = [swap.start(f"process_run {words}") for words in
                (f"fuzz 20000 {SEED}", f"fill 3 {SEED} 3", f"fill 2 {SEED + 1} 5 shared")]
        assert [machine.call(f"process_wait {pid}", 60)[1] for pid in pids] == [0, 0, 0]
        for words in ("calls, intact", f"{SEED}: intact", f"{SEED + 1}: intact"):
            assert words in machine.console.text
    finally:
        machine.close()
