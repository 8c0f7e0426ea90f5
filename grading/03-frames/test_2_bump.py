"""Exercise 3: frames in rising order, out of maps made for it."""

from collections.abc import Sequence

from hypothesis import strategies as st

from miroir.check import check, equal
from miroir.frames import (ACPI, FREE, PAGE, RESERVED, Area, BumpModel, frames, free_frames,
                           typed_map)
from miroir.i18n import _
from miroir.machine import Answer, Machine
from miroir.model import Step, explore

END = 0x100000  # frames that can be addressed
ENOMEM = "ENOMEM"


def start(machine: Machine, areas: Sequence[Area], first: int = 0, end: int = END,
          kernel: tuple[int, int] = (0, 0), skip: int = 0) -> None:
    """Starts the kernel's test allocator. kernel: bytes. skip: free areas that its iterator has
    passed already."""
    machine.run(f"{typed_map(areas)}; bump_init $m {first:#x} {end:#x} {kernel[0]:#x} "
                f"{kernel[1]:#x} {skip}")


def outcome(answer: Answer) -> str:
    """Returns the frame, or the error's name."""
    return answer.error or f"{answer.value:#x}"


def check_allocs(machine: Machine, expected: Sequence[tuple[int, int | str]]) -> None:
    """Has runs allocated; compares with EXPECTED: counts, and the frames or errors they give."""
    answers = machine.run("; ".join(f"bump_alloc {count}" for count, _frame in expected))
    for answer, (_count, frame) in zip(answers, expected):
        want = frame if isinstance(frame, str) else f"{frame:#x}"
        equal(outcome(answer), want, f"{answer.command}")


def check_each(machine: Machine, expected: Sequence[int]) -> None:
    """Takes all frames, one by one; compares with EXPECTED."""
    wanted: list[int | str] = [*expected, ENOMEM, ENOMEM]
    for i in range(0, len(wanted), 250):
        check_allocs(machine, [(1, frame) for frame in wanted[i:i + 250]])


@check(3, _("Every frame of the FREE areas comes once, in rising order, then none"),
       read="exercise-3",
       why=_("A frame that comes twice has two owners; one that never comes is lost for good."))
def test_bump_in_order(machine: Machine) -> None:
    areas = [frames(3, 5), frames(8, 4, RESERVED), frames(12, 1), frames(13, 1, ACPI),
             frames(14, 2), frames(0x5000, 40)]
    start(machine, areas)
    check_each(machine, free_frames(areas))
    start(machine, [frames(0, 9, RESERVED)])
    check_allocs(machine, [(1, ENOMEM)])


@check(4, _("No frame that the kernel touches is ever handed out, whatever the request"),
       read="exercise-3",
       why=_("Looking at the first and the last frame of a request is not enough: the kernel can "
             "lie between them."))
def test_bump_kernel(machine: Machine) -> None:
    areas = [frames(0, 30)]
    for kernel, touched in (((5 * PAGE, 8 * PAGE), range(5, 8)),
                            ((5 * PAGE + 1, 8 * PAGE + 1), range(5, 9)),
                            ((6 * PAGE - 1, 6 * PAGE), range(5, 6)),
                            ((0, 4 * PAGE - 1), range(4)),
                            ((28 * PAGE, 40 * PAGE), range(28, 30)),
                            ((8 * PAGE, 8 * PAGE), range(0)), ((9 * PAGE, PAGE), range(0))):
        start(machine, areas, kernel=kernel)
        check_each(machine, [n for n in range(30) if n not in touched])
    start(machine, areas, kernel=(5 * PAGE, 8 * PAGE))
    check_allocs(machine, [(12, 8), (10, 20), (1, ENOMEM)])
    start(machine, areas, kernel=(5 * PAGE, 8 * PAGE))
    check_allocs(machine, [(3, 0), (2, 3), (22, 8), (1, ENOMEM)])
    start(machine, [frames(END - 12, 12)], kernel=((END - 4) * PAGE, 0xFFFFFFFF))
    check_allocs(machine, [(8, END - 12), (1, ENOMEM)])
    start(machine, [frames(0, 6), frames(7, 3)], kernel=(2 * PAGE, 8 * PAGE))
    check_allocs(machine, [(2, 0), (2, 8), (1, ENOMEM)])


@check(3, _("A run lies in one area, and what is too small for it is skipped"), read="exercise-3",
       why=_("The original looked at the same area again when a request did not fit into what was "
             "left of it: for ever."))
def test_bump_runs(machine: Machine) -> None:
    areas = [frames(1, 10), frames(16, 4), frames(20, 4, FREE, 3), frames(32, 100)]
    start(machine, areas)
    check_allocs(machine, [(8, 1), (3, 16), (4, 20), (1, 32), (99, 33), (1, ENOMEM)])
    start(machine, areas)
    check_allocs(machine, [(5, 1), (5, 6), (5, 32)])


@check(2, _("A request that fails changes nothing"), read="exercise-3",
       why=_("Whoever asks for too much must not empty the store for those who ask for little."))
def test_bump_errors(machine: Machine) -> None:
    start(machine, [frames(1, 10), frames(16, 4)])
    for count in (11, 1000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE):
        check_allocs(machine, [(count, ENOMEM)])
    check_allocs(machine, [(0, "EINVAL"), (10, 1), (5, ENOMEM), (4, 16), (0, "EINVAL")])


@check(2, _("Nothing outside the allocator's own range, nor beyond 4 GiB, is handed out"),
       read="exercise-3",
       why=_("A 32-bit frame address beyond 4 GiB wraps around: it names a frame at the bottom of "
             "memory, the kernel's perhaps."))
def test_bump_bounds(machine: Machine) -> None:
    start(machine, [frames(0, 20), frames(30, 20)], 7, 33)
    check_each(machine, [*range(7, 20), *range(30, 33)])
    start(machine, [frames(0, 20), frames(30, 2), frames(40, 1)], skip=1)
    equal(machine.call("bump_counts"), [3, 0], _("frames free and used"))
    check_each(machine, [30, 31, 40])
    start(machine, [frames(0, 20)], 20, 40)
    check_allocs(machine, [(1, ENOMEM)])
    start(machine, [frames(0, 20)], 9, 3)
    check_allocs(machine, [(1, ENOMEM)])
    start(machine, [frames(END - 3, 10), frames(END + 20, 5), Area(1 << 45, 1 << 20)], 0, 1 << 31)
    check_each(machine, [END - 3, END - 2, END - 1])
    start(machine, [Area((END - 2) * PAGE, 1 << 44)])
    check_each(machine, [END - 2, END - 1])
    start(machine, [Area((1 << 45) + (1 << 20), 1 << 20)])
    check_allocs(machine, [(1, ENOMEM)])


@check(2, _("bump_run() shows the next run, and free and used frames add up"), read="exercise-3",
       why=_("The next allocator asks both questions before it takes anything."))
def test_bump_counts(machine: Machine) -> None:
    start(machine, [frames(0, 10), frames(20, 8), frames(40, 4, RESERVED), frames(50, 6)], 2, 54,
          (4 * PAGE, 7 * PAGE))
    for command, run, free in (("", (2, 2), 17), ("bump_alloc 1", (3, 1), 16),
                               ("bump_alloc 2", (9, 1), 13), ("bump_alloc 9", (9, 1), 13),
                               ("bump_alloc 5", (25, 3), 7), ("bump_alloc 3", (50, 4), 4)):
        if command:
            machine.run(command)
        answers = machine.run("bump_run; bump_run; bump_counts")
        for answer in answers[:2]:
            equal(str(answer), f"ok {run[0]:#x} {run[1]:#x}",
                  _("first frame and length of the run"))
        equal(answers[2].values, [free, 20 - free], _("frames free and used"))
    answers = machine.run("bump_alloc 4; bump_run; bump_counts; bump_alloc 1; bump_run")
    equal(answers[1].error, ENOMEM, _("bump_run() when nothing is left"))
    equal(answers[2].values, [0, 20], _("frames free and used"))
    equal(answers[4].error, ENOMEM, _("bump_run() when nothing is left"))


_GAPS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9), st.sampled_from([1, 1, 1, 2]),
                           st.sampled_from([1, 1, 3])), min_size=1, max_size=6)


def areas_of(gaps: Sequence[tuple[int, int, int, int]], first: int = 0) -> list[Area]:
    """Makes areas of gaps before them, lengths, types and attributes."""
    areas = []
    for gap, count, kind, acpi in gaps:
        areas.append(frames(first + gap, count, kind, acpi))
        first += gap + count
    return areas


@check(3, _("Any areas, any kernel, any requests"), read="exercise-3",
       why=_("Each edge by itself is easy. It is their meeting that goes wrong."))
def test_bump_any(boot) -> None:
    def script(case) -> list[Step]:
        gaps, first, length, kernel, size, counts = case
        areas = areas_of(gaps)
        end = first + length
        touched = (kernel // PAGE, -(-(kernel + size) // PAGE)) if size else (0, 0)
        model = BumpModel(areas, first, end, touched)

        def judge(answer: Answer) -> None:
            count = int(answer.command.split()[1])
            frame, _skipped = model.alloc(count)
            equal(outcome(answer), ENOMEM if frame is None else f"{frame:#x}", answer.command)

        def judge_counts(answer: Answer) -> None:
            equal(answer.values, [model.free, model.all - model.free], _("frames free and used"))

        def judge_run(answer: Answer) -> None:
            run = model.runs[0] if model.runs else None
            want = ENOMEM if run is None else f"ok {run.first:#x} {run.count:#x}"
            equal(answer.error or str(answer), want, _("the next run"))

        return [Step("m=area_new"), *(Step(area.command) for area in areas),
                Step(f"bump_init $m {first} {end} {kernel:#x} {kernel + size:#x}"),
                *(step for count in counts for step in (
                    Step(f"bump_alloc {count}", judge), Step("bump_run", judge_run),
                    Step("bump_counts", judge_counts)))]

    kernels = st.sampled_from([frame * PAGE + offset for frame in range(40)
                               for offset in (0, 0, 1, PAGE - 1)])
    sizes = st.sampled_from([0, 1, PAGE, 2 * PAGE, 2 * PAGE + 1, 7 * PAGE])
    cases = st.tuples(_GAPS, st.integers(0, 12), st.integers(0, 60), kernels, sizes,
                      st.lists(st.integers(1, 7), min_size=1, max_size=9))
    explore(boot, cases, script, 70)
