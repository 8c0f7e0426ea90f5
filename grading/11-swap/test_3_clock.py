"""Exercise 3: the clock, with pages that are made up."""

import random
from functools import partial

from hypothesis import strategies as st

from miroir.booter import Keeper
from miroir.check import check, equal
from miroir.i18n import _
from miroir.machine import Answer
from miroir.model import Step, explore
from miroir.swap import Clock, Swap

THERE, USED, PAGE_PINNED = 1, 2, 4


def choose(swap: Swap, count: int = 1) -> list[int]:
    """Returns the numbers of the pages that go next."""
    return [answer.value for answer in swap.do(*["clock_choose"] * count)]


def start(swap: Swap, **pages: int) -> None:
    """Starts a clock with pages p1, p2... that have these flags."""
    swap.do("clock_start", *(f"clock_page {name[1:]} {flags}" for name, flags in pages.items()))


@check(2, _("A page that was used is spared once; then it goes"), read="exercise-3",
       why=_("Without the second chance this is first in, first out: the page that is used all the "
             "time goes as soon as any other."))
def test_second_chance(swap: Swap) -> None:
    start(swap, p1=THERE | USED, p2=THERE, p3=THERE | USED, p5=THERE)
    equal(choose(swap), [2], _("the page that goes first, of 1 (used), 2, 3 (used) and 5"))
    swap.do("clock_page 2 0")
    equal(choose(swap), [5], _("the next one"))
    swap.do("clock_page 5 0")
    equal(choose(swap), [1], _("the next one, neither of the others having been used again"))
    swap.do("clock_page 1 0", f"clock_page 9 {THERE}", f"clock_page 3 {THERE | USED}")
    equal(choose(swap), [9], _("the next one, 3 having been used again, and 9 being new"))


@check(2, _("All were used: the hand goes round once, and takes the first one"), read="exercise-3",
       why=_("That must not end in a search without end, nor in none."))
def test_all_used(swap: Swap) -> None:
    start(swap, p4=THERE | USED, p20=THERE | USED, p63=THERE | USED)
    equal(choose(swap), [4], _("the page that goes"))
    start(swap, p0=THERE | USED)
    equal(choose(swap), [0], _("the page that goes, if there is one only"))


@check(2, _("What is pinned never goes; if nothing else is there: ENOENT"), read="exercise-3",
       why=_("A request is using it at this moment, or nobody could ever bring it back."))
def test_pinned(swap: Swap) -> None:
    start(swap, p1=THERE | PAGE_PINNED, p2=THERE | USED, p3=THERE | PAGE_PINNED)
    equal(choose(swap), [2], _("the page that goes, of 1 (pinned), 2 (used) and 3 (pinned)"))
    swap.do("clock_page 2 0")
    swap.do("clock_passed")
    equal(swap.machine.error("clock_choose"), "ENOENT", _("error when all are pinned"))
    equal(swap.machine.call("clock_passed"), [3], _("how often the hand has passed the end"))
    swap.do("clock_page 1 0", "clock_page 3 0")
    equal(swap.machine.error("clock_choose"), "ENOENT", _("error when there is no page"))


def script(operations: list[tuple[str, int]]) -> list[Step]:
    """Makes steps of OPERATIONS on eight pages."""
    clock = Clock()
    steps = [Step("clock_start")]
    clock.hand = 0

    def chosen(expected: int | None, answer: Answer) -> None:
        equal(answer.error or answer.value, "ENOENT" if expected is None else expected,
              _("the page that goes"))

    for kind, number in operations:
        if kind == "choose":
            victim = clock.choose()
            steps.append(Step("clock_choose", partial(chosen, victim)))
            if victim is None:
                return steps  # where the hand is then is left open
            del clock.pages[victim]
            steps.append(Step(f"clock_page {victim} 0"))
            continue
        flags = THERE | (USED if kind == "use" else 0) | (PAGE_PINNED if kind == "pin" else 0)
        clock.pages[number] = kind == "use"
        clock.pinned -= {number}
        clock.pinned |= {number} if kind == "pin" else set()
        steps.append(Step(f"clock_page {number} {flags}"))
    return steps


@check(2, _("Any sequence of pages that come, are used and go"), read="exercise-3",
       why=_("The hand stays where it stopped. One that starts anew each time never gets far: the "
             "first pages go again and again."))
def test_clock_random(boot, rng: random.Random) -> None:
    kinds = ["use", "use", "come", "pin", "choose", "choose", "choose"]
    operations = st.lists(st.tuples(st.sampled_from(kinds), st.integers(1, 8)), max_size=40)

    explore(Keeper(boot, ram=8, disk=4), operations, script, examples=40)
