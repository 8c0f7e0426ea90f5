"""A hundred thousand random requests to the reference's allocators, beside their models."""

import os

import pytest
from conftest import SEED, Workshop

from miroir import stages
from miroir.areas import AREAS_START, Areas, Storm
from miroir.machine import Machine

pytestmark = pytest.mark.skipif(os.environ.get("MUTANTS") != "all",
                                reason="long; MUTANTS=all runs it")

REQUESTS = 100_000


def test_areas(workshop: Workshop) -> None:
    machine = Machine(workshop.reference(stages.find("05")))
    try:
        machine.run("area_stock")
        areas = Areas(machine, AREAS_START, 150)
        free = areas.paged.free()
        Storm(areas, SEED).blow(REQUESTS)
        areas.check_descriptors()
        areas.free(*areas.model.used)
        areas.check()
        assert areas.paged.free() == free
    finally:
        machine.close()
