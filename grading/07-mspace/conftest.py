"""What several files of checks need: a machine asked about address spaces."""

import pytest

from miroir.mspace_play import Spaces


@pytest.fixture
def spaces(machine) -> Spaces:
    return Spaces(machine)
