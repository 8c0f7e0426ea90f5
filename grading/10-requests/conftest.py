"""Machines in which nothing but the check uses the manager, and machines in which all does."""

from collections.abc import Callable

import pytest

from miroir.machine import Machine

Boot = Callable[..., Machine]


@pytest.fixture
def quiet_boot(boot) -> Boot:
    """Boots a kernel whose gates are closed: the clock does not run the queue."""
    def start() -> Machine:
        return boot(append="requests=off")

    start.seed = boot.seed  # type: ignore[attr-defined]
    return start


@pytest.fixture
def quiet(quiet_boot: Boot) -> Machine:
    """Such a machine."""
    return quiet_boot()
