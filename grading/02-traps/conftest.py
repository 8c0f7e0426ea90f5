"""What the checks of this stage share."""

import pytest

from miroir.machine import Machine


@pytest.fixture
def quiet(boot) -> Machine:
    """A machine whose kernel leaves the timer alone and lets no interrupt in: what is wrong with
    those does no harm here."""
    return boot(append="interrupts=off")
