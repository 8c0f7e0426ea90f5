"""What several files of checks need: machines with a file, and the model beside them."""

import random

import pytest

from miroir.fault_world import World
from miroir.pagetables import PAGE_SIZE

FILE_SIZE = 5 * PAGE_SIZE + 100


def make_world(boot, rng: random.Random, eager: bool) -> World:
    files = {"data": rng.randbytes(FILE_SIZE)}
    machine = boot(modules=[(data, name) for name, data in files.items()],
                   append="paging=eager" if eager else "")
    return World(machine, files, eager)


@pytest.fixture
def world(boot, rng: random.Random) -> World:
    """A machine on which pages come when they are touched."""
    return make_world(boot, rng, eager=False)


@pytest.fixture
def eager(boot, rng: random.Random) -> World:
    """The same under the policy `paging=eager`."""
    return make_world(boot, rng, eager=True)
