"""What the checks of stage 09 share."""

import pytest

from miroir.machine import Machine
from miroir.processes import Processes


@pytest.fixture
def processes(machine: Machine) -> Processes:
    return Processes(machine)
