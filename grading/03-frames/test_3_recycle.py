"""Exercise 4: frames come back. Tags and links are read in the descriptors, in RAM."""

import random
import struct
from collections.abc import Sequence
from functools import partial
from itertools import chain

from hypothesis import strategies as st

from miroir.booter import Keeper
from miroir.check import check, equal, fail, true
from miroir.frames import FREE, Area, BumpModel, RecycleModel, Run, Table, frames, typed_map
from miroir.i18n import _
from miroir.machine import Answer, Machine
from miroir.model import Step, explore

DESCRIPTORS = 0x4000  # in the scratch area
LIMIT = 0xC00  # frames that there is room for
SIZE = 16  # of a descriptor
GARBAGE = 0xDEADBEEF
REFERENCES = [number % 3 for number in range(LIMIT)]  # of each frame: they mean nothing here
ENOMEM = "ENOMEM"


def start(machine: Machine, areas: Sequence[Area], first: int = 0, end: int = LIMIT) -> int:
    """Starts the kernel's test allocator on descriptors full of garbage; returns where they are."""
    place = machine.scratch + DESCRIPTORS
    descriptors = ((count, GARBAGE, GARBAGE, GARBAGE) for count in REFERENCES)
    machine.ram.write(place, struct.pack(f"<{4 * LIMIT}I", *chain.from_iterable(descriptors)))
    machine.run(f"{typed_map(areas)}; bump_init $m {first:#x} {end:#x}; recycle_init {place:#x}")
    return place


def outcome(answer: Answer) -> str:
    return answer.error or (f"{answer.value:#x}" if answer.values else "ok")


def play(machine: Machine, steps: Sequence[tuple[str, int | str]]) -> None:
    """Carries out commands; compares each outcome with what is expected."""
    answers = machine.run("; ".join(command for command, _want in steps))
    for answer, (_command, want) in zip(answers, steps):
        equal(outcome(answer), want if isinstance(want, str) else f"{want:#x}", answer.command)


def check_list(machine: Machine, place: int, expected: Sequence[Run], first: int = 0,
               end: int = 64) -> None:
    """Compares the free runs that the descriptors in RAM tell of with EXPECTED."""
    table = Table(machine.ram, place, end - first, first)
    table.equal_runs(expected)
    table.ring(expected)


def take_singly(machine: Machine, count: int) -> None:
    machine.run("; ".join(["recycle_alloc 1"] * count))


@check(3, _("Freed frames come back: the shortest run that fits, from its end"), read="exercise-4",
       why=_("Whoever takes the first run that fits cuts long runs into pieces, until no long run "
             "is left."))
def test_recycle_best_fit(machine: Machine) -> None:
    start(machine, [frames(1, 60)])
    play(machine, [("recycle_alloc 40", 1), ("recycle_free 2 9", "ok"), ("recycle_free 14 4", "ok"),
                   ("recycle_free 20 6", "ok"), ("recycle_alloc 3", 15), ("recycle_alloc 5", 21),
                   ("recycle_alloc 2", 9), ("recycle_alloc 8", 41), ("recycle_alloc 7", 2)])
    answers = machine.run("recycle_alloc 1; recycle_alloc 1; recycle_alloc 1")
    equal(" ".join(sorted(outcome(a) for a in answers)), "0x14 0x31 0xe",
          _("the last two frames of the list, in any order, and then a new one"))


@check(2, _("A run that fits exactly is used up and leaves the list"), read="exercise-4",
       why=_("A run of no frames that stays in the list is handed out one day."))
def test_recycle_exact_fit(machine: Machine) -> None:
    place = start(machine, [frames(1, 50)])
    play(machine, [("recycle_alloc 20", 1), ("recycle_free 4 1", "ok"), ("recycle_free 8 3", "ok"),
                   ("recycle_free 15 5", "ok"), ("recycle_alloc 3", 8)])
    check_list(machine, place, [Run(4, 1), Run(15, 5)])
    play(machine, [("recycle_alloc 1", 4), ("recycle_alloc 5", 15), ("recycle_alloc 1", 21)])
    check_list(machine, place, [])


@check(3, _("A freed run joins the runs before and after it; the tags in RAM say so"),
       read="exercise-4",
       why=_("Two runs that touch and do not know it are worth less than one: a long request fails "
             "though there is room."))
def test_recycle_merge(machine: Machine, rng: random.Random) -> None:
    for freed, runs in (([(2, 3), (10, 2)], [(2, 3), (10, 2)]), ([(2, 3), (5, 2)], [(2, 5)]),
                        ([(5, 2), (2, 3)], [(2, 5)]), ([(2, 3), (8, 2), (5, 3)], [(2, 8)]),
                        ([(8, 2), (2, 3), (5, 3)], [(2, 8)]), ([(1, 1), (3, 1), (2, 1)], [(1, 3)])):
        place = start(machine, [frames(1, 60)])
        play(machine, [("recycle_alloc 30", 1),
                       *((f"recycle_free {first} {count}", "ok") for first, count in freed)])
        check_list(machine, place, [Run(*run) for run in runs])
        count = sum(run[1] for run in runs)
        equal(machine.call("recycle_counts"), [30 + count, count], _("frames free and in the list"))
        changed = [number for number, (got, before) in enumerate(
            zip(Table(machine.ram, place, LIMIT).references, REFERENCES)) if got != before]
        equal(changed, [], _("frames whose references have changed"))
    place = start(machine, [frames(1, 60)])
    order = list(range(1, 41))
    rng.shuffle(order)
    take_singly(machine, 40)
    machine.run("; ".join(f"recycle_free {frame}" for frame in order))
    check_list(machine, place, [Run(1, 40)])
    play(machine, [("recycle_alloc 13", 28)])
    check_list(machine, place, [Run(1, 27)])


def list_order(machine: Machine, place: int, frame: int, count: int) -> list[int]:
    """Returns the COUNT frames whose links are in the list that has FRAME's, in its order."""
    links = [place + SIZE * frame + 8]
    for _unused in range(count):
        links.append(machine.ram.u32(links[-1]))
    order = [(link - place) // SIZE for link in links[:-1]]
    head = next(i for i, number in enumerate(order) if number not in range(LIMIT))
    return order[head + 1:] + order[:head]


@check(1, _("Giving back takes as many steps, however many runs there are"), read="exercise-4",
       why=_("Here the list has a knot in its middle: whoever goes along it never comes back. The "
             "tags say all that is to be known of the neighbours."))
def test_recycle_steps(machine: Machine) -> None:
    place = start(machine, [frames(1, 60)])
    singles = range(3, 40, 2)
    machine.run("; ".join(["recycle_alloc 41", *(f"recycle_free {n}" for n in singles)]))
    check_list(machine, place, [Run(n, 1) for n in singles])
    order = list_order(machine, place, singles[0], len(singles) + 1)
    middle = len(order) // 2
    knot = place + SIZE * order[middle] + 8
    far = set(order) - set(order[middle - 1:middle + 2])
    between = next(n + 1 for n in singles if {n, n + 2} <= far)
    machine.ram.write(knot, knot.to_bytes(4, "little") * 2)
    play(machine, [(f"recycle_free {n} 1", "ok") for n in (1, 41, between)])
    runs = [Run(n, 1) for n in (1, *singles, 41) if abs(n - between) > 1]
    Table(machine.ram, place, 64).equal_runs([*runs, Run(between - 1, 3)])


@check(2, _("No run reaches across the allocator's bounds, and what lies there is left alone"),
       read="exercise-4",
       why=_("The neighbour may be another zone's: whoever joins its run takes frames that are in "
             "two lists at once."))
def test_recycle_bounds(machine: Machine) -> None:
    place = start(machine, [frames(1, 60)], 10, 30)
    # What looks like free runs, of another allocator.
    runs = [Table(machine.ram, place, LIMIT).words[4 * frame + 1] for frame in (9, 10, 29, 30)]
    equal(runs, [GARBAGE, 0, 0, GARBAGE],
          _("`run` of the frame before the first, of the first, of the last, and of the next one"))
    for frame in (9, 30):
        machine.ram.write(place + SIZE * frame + 4, (1).to_bytes(4, "little"))
    before = machine.ram.read(place, 160), machine.ram.read(place + 480, 160)
    play(machine, [("recycle_alloc 20", 10), ("recycle_free 10 3", "ok"),
                   ("recycle_free 29 1", "ok"), ("recycle_free 26 3", "ok")])
    check_list(machine, place, [Run(10, 3), Run(26, 4)], 10, 30)
    play(machine, [("recycle_alloc 5", ENOMEM), ("recycle_alloc 4", 26)])
    true((machine.ram.read(place, 160), machine.ram.read(place + 480, 160)) == before,
         _("the descriptors before the first and after the last frame are as they were"))


@check(3, _("What bump would skip goes into the list, and joins its neighbours"),
       read="exercise-4",
       why=_("The original lost the rest of an area whenever a request did not fit into it."))
def test_recycle_skipped(machine: Machine) -> None:
    place = start(machine, [frames(1, 6), frames(10, 3), frames(20, 12)])
    play(machine, [("recycle_alloc 2", 1), ("recycle_alloc 8", 20)])
    check_list(machine, place, [Run(3, 4), Run(10, 3)])
    equal(machine.call("recycle_counts"), [11, 7], _("frames free and in the list"))
    play(machine, [("recycle_free 1 2", "ok"), ("recycle_alloc 6", 1)])
    check_list(machine, place, [Run(10, 3)])
    place = start(machine, [frames(1, 6), frames(10, 9)])
    play(machine, [("recycle_alloc 2", 1), ("recycle_free 2 1", "ok"), ("recycle_alloc 5", 10)])
    check_list(machine, place, [Run(2, 5)])


@check(2, _("As long as enough free frames follow one another, a request succeeds"),
       read="exercise-4",
       why=_("Half of a run in the list and the other half still with bump: only together are they "
             "long enough."))
def test_recycle_all_together(machine: Machine) -> None:
    place = start(machine, [frames(1, 20), frames(30, 4)])
    play(machine, [("recycle_alloc 10", 1), ("recycle_free 5 6", "ok"), ("recycle_alloc 16", 5)])
    check_list(machine, place, [Run(30, 4)])
    place = start(machine, [frames(1, 12)])
    play(machine, [("recycle_alloc 5", 1), ("recycle_free 1 5", "ok"), ("recycle_alloc 13", ENOMEM),
                   ("recycle_alloc 12", 1), ("recycle_alloc 1", ENOMEM)])
    check_list(machine, place, [])


@check(2, _("A bad request is refused and changes nothing"), read="exercise-4",
       why=_("The original answered a request for no frames with a frame that was somebody "
             "else's."))
def test_recycle_errors(machine: Machine) -> None:
    place = start(machine, [frames(1, 40)], 8, 30)
    play(machine, [("recycle_alloc 0", "EINVAL"), ("recycle_alloc 10", 8),
                   ("recycle_free 9 4", "ok"), ("recycle_alloc 0", "EINVAL"),
                   ("recycle_free 14 0", "EINVAL"), ("recycle_free 7 1", "EINVAL"),
                   ("recycle_free 7 3", "EINVAL"), ("recycle_free 30 1", "EINVAL"),
                   ("recycle_free 29 2", "EINVAL"), ("recycle_free 14 0xffffffff", "EINVAL"),
                   ("recycle_free 0xffffffff 1", "EINVAL"), ("recycle_alloc 13", ENOMEM),
                   ("recycle_alloc 0xffffffff", ENOMEM)])
    equal(machine.call("recycle_counts")[0], 16, _("free frames"))
    play(machine, [("recycle_alloc 4", 9), ("recycle_alloc 12", 18), ("recycle_alloc 1", ENOMEM)])
    check_list(machine, place, [], 8, 30)


_OPERATIONS = st.lists(st.tuples(st.sampled_from(["alloc", "alloc", "free"]), st.integers(0, 9),
                                 st.integers(1, 6)), min_size=1, max_size=30)
_AREAS = [frames(1, 9), frames(12, 3), frames(15, 6, FREE, 3), frames(30, 12)]


class _Game:
    """One sequence: what is allocated, and the model that judges."""

    def __init__(self) -> None:
        self.model = RecycleModel(BumpModel(_AREAS, 1, 48))
        self.taken: dict[str, Run | None] = {}

    def judge_alloc(self, name: str, count: int, answer: Answer) -> None:
        got = None if answer.error else answer.value
        choice = self.model.alloc(count, got)
        if not choice:
            equal(outcome(answer), ENOMEM, f"recycle_alloc {count}")
        elif got not in choice:
            fail(_("recycle_alloc {count} gives {frames}").format(
                count=count, frames=" / ".join(map(hex, choice))), outcome(answer))
        self.taken[name] = None if got is None else Run(got, count)

    def judge_free(self, name: str, count: int, answer: Answer) -> None:
        run = self.taken[name]
        equal(outcome(answer), "ok" if run else "EINVAL", answer.command)
        if run:
            self.model.give(run.first, min(count, run.count))

    def judge_counts(self, answer: Answer) -> None:
        equal(answer.values, [self.model.free, sum(self.model.listed.values())],
              _("frames free and in the list"))


@check(3, _("Any sequence of requests"), read="exercise-4",
       why=_("An allocator is its invariants: they hold after every step, or they do not hold."))
def test_recycle_any(boot) -> None:
    keeper = Keeper(boot)

    def script(operations) -> list[Step]:
        game = _Game()
        live: list[tuple[str, int]] = []
        steps = [Step("m=area_new"), *(Step(area.command) for area in _AREAS),
                 Step(f"bump_init $m 1 {48}"), Step("d=scratch"), Step("recycle_init $d")]
        for number, (kind, which, count) in enumerate(operations):
            if kind == "free" and live:
                name, taken = live.pop(which % len(live))
                part = taken if which % 3 else min(count, taken)
                steps.append(Step(f"recycle_free ${name} {part}",
                                  partial(game.judge_free, name, part)))
            else:
                name = f"a{number}"
                live.append((name, count))
                steps.append(Step(f"{name}=recycle_alloc {count}",
                                  partial(game.judge_alloc, name, count)))
            steps.append(Step("recycle_counts", game.judge_counts))

        def judge_ram(_answer: Answer) -> None:
            check_list(keeper.machine, keeper.machine.scratch,
                       [Run(*run) for run in game.model.listed.items()], 1, 48)

        return [*steps, Step("recycle_counts", judge_ram)]

    explore(keeper, _OPERATIONS, script, 70)
