"""What the checks of stage 06 share."""

import pytest

from miroir.machine import Machine
from miroir.slabs import Kernel


@pytest.fixture
def kernel(machine: Machine) -> Kernel:
    return Kernel(machine)


@pytest.fixture
def debug(boot) -> Kernel:
    """In debug mode."""
    return Kernel(boot(append="slabs=debug"))
