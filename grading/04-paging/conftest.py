"""What several files of checks need: a kernel that runs with paging on."""

import pytest

from miroir.check import true
from miroir.i18n import _
from miroir.pagetables import Paged

CR0_PAGING = 1 << 31


@pytest.fixture
def paged(machine) -> Paged:
    """A machine on which paging is on: without it nothing below means anything."""
    true(machine.registers().cr0 & CR0_PAGING, _("paging is on (exercises 2 and 3)"))
    return Paged(machine)
