"""Exercise 1: the ID of a device, in one byte."""

import random

from miroir.check import check, equal
from miroir.i18n import _
from miroir.machine import Machine


@check(3, _("device_id_make(): kind and number in one byte, all 16 of both, and no more"),
       read="exercise-1",
       why=_("Four bits count sixteen things, if one begins with 0. Whoever stores the number as "
             "it is has no room for the sixteenth: it spills over into the kind."))
def test_make(quiet: Machine, rng: random.Random) -> None:
    wrong = [(16, 1), (0, 0), (0, 17), (15, 0), (255, 1), (0, 256), (0xFFFFFFFF, 1),
             (3, 0xFFFFFFFF), (256 + 7, 1), (0x10003, 1), (1 << 31, 1), (0, 256 + 5), (4, 0x10001),
             (2, 1 << 31), (rng.randrange(17, 1 << 31), rng.randrange(1, 17)),
             (rng.randrange(16), rng.randrange(17, 1 << 31))]
    right = [(kind, number) for kind in range(16) for number in range(1, 17)]
    cases = [(k, n, k << 4 | n - 1) for k, n in rng.sample(right, 60) + [(0, 16), (15, 16), (7, 1)]]
    answers = quiet.run("; ".join(f"device_id_make {k} {n}" for k, n, _raw in cases))
    for (_kind, _number, raw), answer in zip(cases, answers):
        equal(answer.error or answer.value, raw, f"`{answer.command}`")
    for answer in quiet.run("; ".join(f"device_id_make {k:#x} {n:#x}" for k, n in wrong)):
        equal(answer.error or "ok", "EINVAL", f"`{answer.command}`")


@check(2, _("device_id_kind() and device_id_number() undo it, for every one of the 256 bytes"),
       read="exercise-1",
       why=_("The kind says who answers, the number who among them: a kind that is not shifted "
             "back sends one device's requests to another."))
def test_decode(quiet: Machine) -> None:
    for start in range(0, 256, 64):
        ids = range(start, start + 64)
        answers = quiet.run("; ".join(f"device_id_kind {i}; device_id_number {i}" for i in ids))
        for raw, kind, number in zip(ids, answers[::2], answers[1::2]):
            equal(kind.value, raw >> 4, f"`device_id_kind {raw:#x}`")
            equal(number.value, (raw & 15) + 1, f"`device_id_number {raw:#x}`")


@check(2, _("device_id_equal() compares kind and number"), read="exercise-1",
       why=_("The third disk is not the third timer. Whoever compares numbers only finds the wrong "
             "device as soon as there are two kinds."))
def test_equal(quiet: Machine, rng: random.Random) -> None:
    pairs = []
    for _unused in range(25):
        kind, other = rng.sample(range(16), 2)
        number, another = rng.sample(range(16), 2)
        raw = kind << 4 | number
        pairs += [(raw, raw), (raw, other << 4 | number), (raw, kind << 4 | another)]
    pairs += [(raw, raw ^ 1 << bit) for bit in range(8)]
    answers = quiet.run("; ".join(f"device_id_equal {left} {right}" for left, right in pairs))
    for (left, right), answer in zip(pairs, answers):
        equal(answer.value, int(left == right), f"`{answer.command}`")
