"""Exercise 2: the device table."""

import random

from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.machine import Machine


def entry(machine: Machine, raw: int) -> int:
    """Returns what the table in RAM has for the device with the ID RAW."""
    return machine.ram.u32(machine.symbol("device_table") + 4 * raw)


@check(3, _("A device that is registered is in the table, under its kind and its number"),
       read="exercise-2",
       why=_("The manager finds a device by its ID, at every request: the table has a place for "
             "each ID that there can be."))
def test_register(quiet: Machine, rng: random.Random) -> None:
    ids = [kind << 4 | number for kind in range(5, 16) for number in range(16)]
    chosen = rng.sample(ids, 30) + [0x5F, 0xFF, 0x80]
    absent = sorted(set(ids) - set(chosen))
    chosen = list(dict.fromkeys(chosen))
    places = [answer.value for answer in
              quiet.run("; ".join(f"device_register {raw:#x}" for raw in chosen))]
    for raw, place in zip(chosen, places):
        equal(hexa(entry(quiet, raw)), hexa(place),
              _("the table's entry for kind {kind}, number {number}").format(
                  kind=raw >> 4, number=(raw & 15) + 1))
    found = quiet.run("; ".join(f"device_find {raw:#x}" for raw in chosen))
    equal([hexa(answer.value) for answer in found], [hexa(place) for place in places],
          _("what device_find() finds"))
    for answer in quiet.run("; ".join(f"device_find {raw:#x}" for raw in absent)):
        equal(answer.value, 0, f"`{answer.command}`")
    equal([raw for raw in absent if entry(quiet, raw)], [],
          _("entries that device_find() has made by itself"))


@check(2, _("A second device with the same ID is refused, and the first one stays"),
       read="exercise-2",
       why=_("Two drivers that believe to have the same device: if the table obeys the last one, "
             "the first goes on without ever hearing of another request."))
def test_duplicate(quiet: Machine, rng: random.Random) -> None:
    raw = rng.randrange(0x50, 0x100)
    place = quiet.call(f"device_register {raw:#x}")[0]
    for command, error in ((f"device_register {raw:#x} 1", "EEXIST"),
                           (f"device_register {raw:#x}", "EEXIST"),
                           ("device_register_null", "EINVAL"),
                           (f"device_register {raw ^ 0x80:#x} 1" if raw ^ 0x80 >= 0x50 else
                            "device_register 0xe3 1", "")):
        equal(quiet.error(command), error, f"`{command}`")
        equal(entry(quiet, raw), place, _("the table's entry after `{command}`").format(
            command=command))


@check(2, _("A device that is removed is found no more; its place is free again"),
       read="exercise-2",
       why=_("A device that is gone must not be called: what is left of it is memory that somebody "
             "else has by now."))
def test_remove(quiet: Machine, rng: random.Random) -> None:
    ids = [kind << 4 | number for kind in rng.sample(range(5, 16), 2) for number in range(16)]
    quiet.run("; ".join(f"device_register {raw:#x}" for raw in ids))
    gone = rng.choice(ids)
    other = rng.choice([raw for raw in ids if raw != gone])
    for command, expected in ((f"device_remove {gone:#x}", "ok"), (f"device_find {gone:#x}", 0),
                              (f"device_remove {gone:#x}", "ENOENT"),
                              (f"device_register {gone:#x} 1", "ok"),
                              (f"device_register {other:#x} 1", "EEXIST")):
        answer = quiet.run(command)[0]
        if isinstance(expected, int):
            equal(answer.value, expected, f"`{command}`")
        else:
            equal(answer.error or "ok", expected, f"`{command}`")
    equal([raw for raw in ids if not entry(quiet, raw)], [], _("entries that have been lost"))
