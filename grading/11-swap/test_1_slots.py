"""Exercise 1: slots, and the frames that have the same bytes."""

import random
from functools import partial

from hypothesis import strategies as st

from miroir.booter import Keeper
from miroir.check import check, equal, true
from miroir.i18n import _
from miroir.machine import Answer
from miroir.model import Step, explore
from miroir.swap import SLOTS_LIMIT, Slot, Swap

FREE = Slot(0, False, 0)


@check(3, _("A slot for each block but the first, all of them free"), read="exercise-1",
       why=_("Memory that alloc() gives is full of what was there before. And slot 0 does not "
             "exist: where a slot is expected, 0 says that there is none."))
def test_slots_init(swap: Swap, rng: random.Random) -> None:
    count = rng.randrange(20, 200)
    for blocks, slots in ((2, 1), (count + 1, count), (SLOTS_LIMIT + 1, SLOTS_LIMIT),
                          (SLOTS_LIMIT + 100, SLOTS_LIMIT), (count, count - 1)):
        swap.do(f"slots_init {blocks}")
        equal(swap.machine.call("slots"), [slots, slots],
              _("slots, and free ones, of a disk with {blocks} blocks").format(blocks=blocks))
        true(all(slot == FREE for slot in swap.slot_rows(slots)),
             _("each slot has no reference, no frame, and is not held"))
    equal([a.error for a in swap.run(["slots_init 0", "slots_init 1"])], ["EINVAL"] * 2,
          _("errors for 0 blocks and for 1"))
    equal(swap.machine.call("slots"), [count - 1, count - 1], _("slots then"))
    free = swap.trimmed()
    swap.do(*(f"slots_init {blocks}" for blocks in (40000, 50000, count)))
    equal(swap.trimmed(), free, _("free frames, as before"))
    swap.do("frames_hoard 2")
    equal(swap.machine.error("slots_init 60000"), "ENOMEM", _("error without memory"))
    swap.do("frames_release")
    equal(swap.machine.call("slots"), [0, 0], _("slots then"))
    equal(swap.ram.u32(swap.machine.symbol("slots")), 0, _("`slots` then"))
    equal(swap.machine.error("slot_take"), "ENOSPC", _("error of `slot_take` then"))


# All four slots, one of them given back, and taken again.
ALL_TAKEN = [("take", 0)] * 4 + [("drop", 1), ("take", 0)]


def script(operations: list[tuple[str, int]]) -> list[Step]:
    """Makes steps of OPERATIONS on four slots, each judged by what is known of the slots so far."""
    taken: dict[int, int] = {}  # name of a slot: its references
    numbers: dict[int, int] = {}

    def took(name: int, expected: str, others: frozenset[int], answer: Answer) -> None:
        equal(answer.error, expected, f"`{answer.command}`")
        if not expected:
            numbers[name] = int(answer.value)
            true(1 <= numbers[name] <= 4, _("a slot from 1 to 4"), answer.value)
            true(numbers[name] not in [numbers[other] for other in others],
                 _("a slot that nobody has"), answer.value)

    def same(expected: str, answer: Answer) -> None:
        equal(answer.error, expected, f"`{answer.command}`")

    def counted(free: int, answer: Answer) -> None:
        equal(answer.values, [4, free], _("slots, and free ones"))

    steps = [Step("slots_init 5")]
    for name, (kind, choice) in enumerate([*ALL_TAKEN, *operations]):
        if kind == "take":
            full = len(taken) == 4
            steps.append(Step(f"s{name}=slot_take",
                              partial(took, name, "ENOSPC" if full else "", frozenset(taken))))
            if not full:
                taken[name] = 1
        elif taken:
            chosen = sorted(taken)[choice % len(taken)]
            taken[chosen] += 1 if kind == "ref" else -1
            steps.append(Step(f"slot_{kind} $s{chosen}", partial(same, "")))
            if not taken[chosen]:
                del taken[chosen]
                again = "ref" if choice % 2 else "drop"
                steps.append(Step(f"slot_{again} $s{chosen}", partial(same, "ENOENT")))
        steps.append(Step("slots", partial(counted, 4 - len(taken))))
    return steps


@check(3, _("Taken, referred to, dropped: no slot for two, none lost"), read="exercise-1",
       why=_("A slot that two pages have believes the one that was written last. One that nobody "
             "has and nobody can take makes the disk smaller, each time."))
def test_slots_random(boot) -> None:
    operations = st.lists(st.tuples(st.sampled_from(["take", "take", "ref", "drop", "drop"]),
                                    st.integers(0, 7)), max_size=30)

    explore(Keeper(boot, ram=8, disk=4), operations, script, examples=25)


@check(1, _("What is no slot is refused; references have a limit"), read="exercise-1",
       why=_("One reference more than the field can hold is 0: the slot would be free, with 32768 "
             "pages in it."))
def test_slot_errors(swap: Swap) -> None:
    swap.do("slots_init 10")
    for command in ("slot_ref", "slot_drop"):
        for number, error in ((0, "EINVAL"), (10, "EINVAL"), (0xFFFFFFFF, "EINVAL"), (5, "ENOENT")):
            equal(swap.machine.error(f"{command} {number}"), error, f"`{command} {number}`")
    slot = int(swap.machine.call("slot_take")[0])
    swap.run([f"slot_ref {slot} 32768"])
    equal(swap.slot(slot).references, 0x7FFF, _("references after 32768 times `slot_ref`"))
    equal(swap.machine.error(f"slot_ref {slot}"), "ERANGE", _("error of the next one"))


@check(2, _("Slot and frame remember each other, as long as both do"), read="exercise-1",
       why=_("The frame may be freed, and handed out to somebody else, without anybody telling the "
             "slot. Whoever believes it then gives one process the memory of another."))
def test_link(swap: Swap) -> None:
    swap.do("slots_init 4")
    one, other = (int(answer.value) for answer in swap.do("slot_take", "slot_take"))
    frame, second = swap.frames(2)

    def equal_links(slots: dict[int, int], frames: dict[int, int]) -> None:
        for slot, expected in slots.items():
            equal(int(swap.machine.call(f"slot_frame {slot}")[0]), expected, f"`slot_frame {slot}`")
        for place, expected in frames.items():
            equal(int(swap.machine.call(f"frame_slot {place:#x}")[0]), expected,
                  f"`frame_slot {place:#x}`")

    equal_links({one: 0, other: 0, 0: 0, 99: 0}, {frame: 0, 0x1000: 0, 0xFFFFF000: 0})
    swap.do(f"slot_link {one} {frame:#x}")
    equal_links({one: frame, other: 0}, {frame: one, second: 0})
    equal(swap.references(frame), [1], _("references of the frame"))
    swap.do(f"slot_drop {one}")  # free, and remembered all the same
    equal_links({one: frame}, {frame: one})
    swap.do(f"slot_ref {one}", f"slot_link {one} {second:#x}")  # it can remember one frame only
    equal_links({one: second}, {frame: 0, second: one})
    swap.do(f"frame_unlink {frame:#x}")  # which only believes that it is remembered
    equal_links({one: second}, {frame: 0, second: one})
    swap.do(f"slot_link {other} {second:#x}")  # and so can a frame
    equal_links({one: 0, other: second}, {second: other})
    swap.do(f"frame_unlink {second:#x}", f"frame_unlink {second:#x}")
    equal_links({one: 0, other: 0}, {second: 0})
    swap.do(f"slot_link {one} {frame:#x}", f"frame_free {frame:#x} 1")
    equal_links({one: 0}, {frame: 0})
    again = swap.frames(1)[0]  # as a rule, the same frame for somebody else
    equal_links({one: 0}, {again: 0})
    swap.do(f"slot_drop {one}")
    equal(swap.machine.error(f"slot_ref {one}"), "ENOENT",
          _("error for a free slot whose frame is somebody else's"))
    one = int(swap.machine.call("slot_take")[0])
    swap.do(f"slot_link {one} {second:#x}", f"slot_drop {one}", f"slot_drop {other}")
    while swap.free_slots():
        swap.do("slot_take")
    equal_links({one: 0}, {second: 0})  # whoever takes a slot will write to it
    equal(swap.references(second), [1], _("references of the frame"))


@check(2, _("A slot that is held has a reference of the frame, until it is released"),
       read="exercise-1",
       why=_("While the bytes are not yet on the disk, the frame is their only place."))
def test_hold(swap: Swap) -> None:
    swap.do("slots_init 4")
    frame = swap.frames(1)[0]

    def equal_state(slot: int, references: int, state: Slot, what: str) -> None:
        equal(swap.references(frame), [references], _("references of the frame {what}").format(
            what=what))
        equal(str(swap.slot(slot)), str(state), _("the slot {what}").format(what=what))

    slot = int(swap.machine.call("slot_take")[0])
    swap.do(f"slot_hold {slot} {frame:#x}")
    equal_state(slot, 2, Slot(1, True, frame), _("when it is held"))
    swap.do(f"slot_release {slot}")
    equal_state(slot, 1, Slot(1, False, frame), _("when it is released"))
    swap.do(f"slot_release {slot}")
    equal_state(slot, 1, Slot(1, False, frame), _("when it is released twice"))
    swap.do(f"slot_hold {slot} {frame:#x}", f"slot_ref {slot}", f"slot_drop {slot}")
    equal_state(slot, 2, Slot(1, True, frame), _("when one of two references is dropped"))
    swap.do(f"slot_drop {slot}")
    equal_state(slot, 1, FREE, _("when the last reference is dropped"))
    slot = int(swap.machine.call("slot_take")[0])
    swap.do(f"slot_hold {slot} {frame:#x}", f"frame_unlink {frame:#x}")
    equal_state(slot, 1, Slot(1, False, 0), _("when they have forgotten each other"))
