"""Machines with a disk."""

import pytest

from miroir.swap import Swap


@pytest.fixture
def swap(boot) -> Swap:
    """A machine with 8 MiB of RAM and a disk of 4 MiB: 1023 slots."""
    return Swap(boot(ram=8, disk=4))
