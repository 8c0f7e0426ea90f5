"""What several files of checks need: a kernel with areas, and the model of its allocator."""

import pytest

from miroir.areas import Areas
from miroir.machine import Machine


@pytest.fixture
def areas(machine: Machine) -> Areas:
    """The whole space, as one free area."""
    return Areas(machine)
