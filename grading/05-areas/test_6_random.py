"""Exercise 6: areas come and go at random, beside a model."""

import random
from collections.abc import Callable
from itertools import chain

from hypothesis import strategies as st

from miroir.areas import Areas, AreaModel, Books, Storm, place
from miroir.booter import Keeper
from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.machine import Answer, Machine
from miroir.model import Step, explore
from miroir.pagetables import AREAS_START, PAGE_SIZE

PAGES = 16  # so few that they run short
STORM, STORM_PAGES = 6000, 150

operation = st.one_of(
    st.tuples(st.just("alloc"), st.integers(1, 5)),
    st.tuples(st.just("free"), st.integers(0, 9)),
    st.tuples(st.just("alloc"), st.integers(1, 3)),
    st.tuples(st.just("free inside"), st.integers(0, 9)),
    st.tuples(st.just("free again"), st.integers(0, 9)))
# Lists of lists, because a single one would be too short most of the time.
operations = st.lists(st.lists(operation, min_size=1, max_size=8), min_size=1, max_size=8).map(
    lambda parts: list(chain.from_iterable(parts)))


class Script(Keeper):
    """Turns operations into commands."""

    def steps(self, played: list[tuple[str, int]]) -> list[Step]:
        """Judges by a new model. Before and after, no area is used; after a failure the machine
        will be a new one."""
        model = AreaModel(AREAS_START, PAGES)
        steps = [Step(f"areas_init {AREAS_START:#x} {PAGES}", self._expect(""))]
        gone: list[int] = []
        for name, number in played:
            if name == "alloc":
                address = model.alloc(number)
                steps.append(Step(f"area_alloc {number}", self._expect(
                    "ENOMEM" if address is None else hexa(address))))
            elif name == "free again" and gone:
                steps.append(self._refused(model, gone[number % len(gone)]))
            elif name == "free inside" and model.used:
                address = list(model.used)[number % len(model.used)]
                steps.append(self._refused(model, address + (1 + number % 3) * PAGE_SIZE))
            elif name == "free" and model.used:
                gone.append(list(model.used)[number % len(model.used)])
                del model.used[gone[-1]]
                steps.append(Step(f"area_free {gone[-1]:#x}", self._expect("")))
        steps.append(Step("areas_free_pages", lambda answer: self._compare(model, answer)))
        return steps

    @staticmethod
    def _expect(wanted: str) -> Callable[[Answer], None]:
        """Returns a judge of an answer that is an error, an address, or nothing."""
        def judge(answer: Answer) -> None:
            got = answer.error or (hexa(answer.value) if answer.values else "ok")
            equal(got, wanted or "ok", f"`{answer.command}`")
        return judge

    def _refused(self, model: AreaModel, address: int) -> Step:
        """Frees ADDRESS, at which perhaps a used area starts by now: then another is freed."""
        error = model.error(address)
        if not error:
            del model.used[address]
        return Step(f"area_free {address:#x}", self._expect(error))

    def _compare(self, model: AreaModel, answer: Answer) -> None:
        """Compares the books in RAM with MODEL, at the end, and frees everything."""
        Books(self.machine).equal(model)
        equal(answer.value, sum(pages for _address, pages in model.free()), _("free pages"))
        if model.used:
            self.machine.run("; ".join(f"area_free {address:#x}" for address in model.used))


@check(3, _("Random requests: answers and books agree with a model"), read="exercise-6",
       why=_("What survives sequences that nobody would have thought of can be built upon."))
def test_random(boot) -> None:
    script = Script(boot)
    explore(script, operations, script.steps, examples=80)


@check(2, _("Thousands of areas come and go as the model says they must"), read="exercise-6",
       why=_("A kernel lives longer than a test. One descriptor in a thousand, lost in a rare "
             "case, is the end of it nevertheless."))
def test_storm(machine: Machine, rng: random.Random) -> None:
    machine.run("area_stock")
    areas = Areas(machine, place(rng.randrange(1000)), STORM_PAGES)
    free = areas.paged.free()
    storm = Storm(areas, rng.getrandbits(32))
    storm.blow(STORM)
    areas.check_descriptors()
    areas.free(*areas.model.used)
    areas.check()
    equal(areas.paged.free(), free, _("free frames in the end, as at the start"))
