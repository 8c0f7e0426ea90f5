"""Exercise 1: the pool of descriptors. Paging stays off: nobody else takes any."""

import random
from collections.abc import Iterable

import pytest

from miroir.areas import DESCRIPTOR_SIZE, POOL, outcome
from miroir.check import check, equal, equal_bytes, hexa, said_of, true
from miroir.i18n import _
from miroir.machine import Answer, Machine


@pytest.fixture(name="bare")
def bare_fixture(boot) -> Machine:
    return boot(append="paging=off")


def take(machine: Machine, count: int) -> list[int]:
    answers = machine.run("; ".join(["area_pool_take"] * count))
    return [answer.value for answer in answers]


def give(machine: Machine, descriptors: Iterable[int]) -> list[Answer]:
    return machine.run("; ".join(f"area_pool_give {d:#x}" for d in descriptors))


def take_all(machine: Machine) -> list[int]:
    """Returns the whole pool, by address; fails the check if it is not as it should be."""
    taken = sorted(take(machine, POOL))
    true(all(taken), _("{count} descriptors").format(count=POOL),
         _("{count}, then NULL").format(count=sum(map(bool, taken))))
    return taken


@check(4, _("The pool has 64 descriptors, each for one taker, and then none"), read="exercise-1",
       why=_("Two areas that share a descriptor are one area, described twice and wrongly."))
def test_pool_take(bare: Machine) -> None:
    taken = take_all(bare)
    expected = [taken[0] + DESCRIPTOR_SIZE * number for number in range(POOL)]
    equal([hexa(d) for d in taken], [hexa(d) for d in expected], _("their addresses, in order"))
    start, end = (int(value) for value in bare.call("image"))
    true(start <= taken[0] and taken[-1] + DESCRIPTOR_SIZE <= end,
         _("the pool lies in the kernel's image"), hexa(taken[0]))
    equal(take(bare, 3), [0, 0, 0], _("what three more takes return"))


@check(3, _("What is given back can be taken again, once"), read="exercise-1",
       why=_("While a descriptor is taken, every byte of it is its taker's. What the pool must "
             "know of it then has to stand somewhere else."))
def test_pool_give(bare: Machine, rng: random.Random) -> None:
    pool = take_all(bare)
    for count, byte in ((1, 0), (20, 0xFF), (POOL, rng.randrange(256))):
        bare.ram.write(pool[0], bytes([byte]) * POOL * DESCRIPTOR_SIZE)
        some = rng.sample(pool, count)
        with said_of(_("after the taker of all {pool} wrote {byte} into every byte").format(
                pool=POOL, byte=f"{byte:#04x}")):
            for answer in give(bare, some):
                equal(outcome(answer), "ok", f"`{answer.command}`")
            equal(sorted(map(hexa, take(bare, count))), sorted(map(hexa, some)),
                  _("given back, and taken again"))
            equal(take(bare, 1), [0], _("what one more take returns"))


@check(3, _("What is not a taken descriptor of the pool is refused"), read="exercise-1",
       why=_("Soon there will be two sources of descriptors. One that is given to the wrong one "
             "must not do harm."))
def test_pool_errors(bare: Machine, rng: random.Random) -> None:
    pool = take_all(bare)
    first, last = pool[0], pool[-1]
    given = rng.sample(pool[1:-1], 10)
    give(bare, given)
    content = rng.randbytes(DESCRIPTOR_SIZE)
    taken = [descriptor for descriptor in pool if descriptor not in given]
    for descriptor in taken:
        bare.ram.write(descriptor, content)
    end = last + DESCRIPTOR_SIZE
    cases = {0: "EINVAL", bare.scratch: "EINVAL", first - DESCRIPTOR_SIZE: "EINVAL", end: "EINVAL",
             first + 1: "EINVAL", last + 16: "EINVAL", end - 4: "EINVAL", 0xFFFFFFE0: "EINVAL"}
    cases |= {descriptor: "ENOENT" for descriptor in given}
    cases |= {descriptor + 4: "EINVAL" for descriptor in given}
    what = _("`{command}`, the pool's bytes being {first} to {last}")
    bytes_ = {"first": hexa(first), "last": hexa(end - 1)}
    for answer, error in zip(give(bare, cases), cases.values()):
        equal(outcome(answer), error, what.format(command=answer.command, **bytes_))
    owned = {first - 1: 0, first: 1, given[0]: 1, given[1] + 7: 1, end - 1: 1, end: 0, 0: 0,
             bare.scratch: 0}
    for address, inside in owned.items():
        command = f"area_pool_owns {address:#x}"
        equal(bare.call(command), [inside], what.format(command=command, **bytes_))
    for descriptor in taken:
        equal_bytes(bare.ram.read(descriptor, DESCRIPTOR_SIZE), content,
                    _("the descriptor at {place}, which is its taker's").format(
                        place=hexa(descriptor)))
    equal(sorted(map(hexa, take(bare, 11))), sorted([*map(hexa, given), hexa(0)]),
          _("what can still be taken then"))
