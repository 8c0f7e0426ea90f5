"""What several files of checks need: a kernel that runs with paging on, and faults in words."""

from collections.abc import Callable, Iterable

import pytest

from miroir.check import equal, hexa, true
from miroir.i18n import _
from miroir.pagetables import Paged, fault_words

CR0_PAGING = 1 << 31
NORMAL_START = 16 << 20  # where ZONE_NORMAL begins


@pytest.fixture
def paged(machine) -> Paged:
    """A machine on which paging is on: without it nothing below means anything."""
    true(machine.registers().cr0 & CR0_PAGING, _("paging is on (exercises 2 and 3)"))
    return Paged(machine)


@pytest.fixture
def equal_fault() -> Callable[[int | None, int | None, str], None]:
    """Compares what Paged.touch() returned with what was expected, None standing for no fault."""
    return lambda got, expected, what: equal(fault_words(got), fault_words(expected), what)


@pytest.fixture
def all_normal() -> Callable[[Iterable[int]], None]:
    """Fails the check if one of the frames is not one of ZONE_NORMAL, of which enough are free."""
    def check_zone(frames: Iterable[int]) -> None:
        for frame in frames:
            true(frame >= NORMAL_START, _("the frame is one of ZONE_NORMAL"), got=hexa(frame))
    return check_zone
