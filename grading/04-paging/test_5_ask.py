"""Exercise 5: what an address is translated to. The tables are written from outside."""

import random
from dataclasses import dataclass

from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.pagetables import (FRAME_VIEW, MIRROR_SLOT, OTHER_SLOT, PAGE_SIZE, PRESENT, SLOT_SIZE,
                               SLOTS, USER, USER_SLOTS, WRITE, Paged)


@dataclass(frozen=True)
class Planted:
    """Page tables written into RAM: entries by page address, and where their tables are."""

    entries: dict[int, int]
    tables: dict[int, int]


def plant(paged: Paged, directory: int, place: int, rng: random.Random) -> Planted:
    """Gives DIRECTORY two tables, at PLACE, with entries of every kind."""
    slots = rng.sample(USER_SLOTS, 2)
    planted = Planted({}, {})
    for number, slot in enumerate(slots):
        table = place + number * PAGE_SIZE
        paged.ram.write(table, bytes(PAGE_SIZE))
        for index in [0, SLOTS - 1, *rng.sample(range(SLOTS), 10)]:
            entry = rng.getrandbits(32)
            paged.ram.write(table + 4 * index, entry.to_bytes(4, "little"))
            planted.entries[slot * SLOT_SIZE + index * PAGE_SIZE] = entry
        slot_entry = table | PRESENT | number * (WRITE | USER)  # which are no page's flags
        paged.ram.write(directory + 4 * slot, slot_entry.to_bytes(4, "little"))
        planted.tables[slot] = table
    return planted


def expect(paged: Paged, command: str, expected: int | None) -> None:
    """Compares the answer to COMMAND with EXPECTED, None standing for the error ENOENT."""
    answer = paged.machine.run(command)[0]
    got = answer.error or hexa(answer.value)
    equal(got, "ENOENT" if expected is None else hexa(expected), f"`{command}`")


@check(4, _("An address is translated, wherever it lies"), read="exercise-5",
       why=_("If the table is absent, its page of the window is absent too: to look into a table "
             "before the directory has been looked at is a page fault of your own making."))
def test_translate(paged: Paged, rng: random.Random) -> None:
    directory = paged.directory.address
    planted = plant(paged, directory, paged.machine.scratch, rng)
    for page, entry in planted.entries.items():
        offset = rng.randrange(PAGE_SIZE)
        expect(paged, f"page_translate 1023 {page + offset:#x}",
               entry & 0xFFFFF000 | offset if entry & PRESENT else None)
    code, window = paged.machine.symbol("kernel_start") + 5, MIRROR_SLOT * SLOT_SIZE
    expected: dict[int, int | None] = {0: None, PAGE_SIZE: PAGE_SIZE, code: code, FRAME_VIEW: None}
    expected |= {window + slot * PAGE_SIZE + 8: table + 8 for slot, table in planted.tables.items()}
    empty = next(slot for slot in USER_SLOTS if slot not in planted.tables)
    expected |= {empty * SLOT_SIZE: None, window + empty * PAGE_SIZE: None,
                 window + MIRROR_SLOT * PAGE_SIZE + 12: directory + 12, 0xC0000000: None,
                 OTHER_SLOT * SLOT_SIZE: None}
    for address, physical in expected.items():
        expect(paged, f"page_translate 1023 {address:#x}", physical)


@check(2, _("The flags of a page are those of its entry"), read="exercise-5",
       why=_("ACCESSED and DIRTY are written by the processor: what decides which page leaves "
             "memory one day is read here."))
def test_flags(paged: Paged, rng: random.Random) -> None:
    planted = plant(paged, paged.directory.address, paged.machine.scratch, rng)
    for page, entry in planted.entries.items():
        expect(paged, f"page_flags 1023 {page + rng.randrange(PAGE_SIZE):#x}",
               entry & 0xFFF if entry & PRESENT else None)


@check(2, _("Another directory is seen through slot 1022; without one, an error"),
       read="exercise-5",
       why=_("Seen through the other window, the directory is still the table of ITS mirror slot, "
             "1023: at 0xFFBFF000, not at 0xFFBFE000."))
def test_other_window(paged: Paged, rng: random.Random) -> None:
    for slot, error in ((OTHER_SLOT, "EBADF"), (0, "EINVAL"), (1021, "EINVAL"), (1024, "EINVAL")):
        for command in ("page_translate", "page_flags"):
            answer = paged.machine.run(f"{command} {slot} 0x100000")[0]
            equal(answer.error, error, f"`{answer.command}`")
    other = paged.machine.scratch + 8 * PAGE_SIZE
    paged.ram.write(other, bytes(PAGE_SIZE))
    own_entry = (other | PRESENT | WRITE).to_bytes(4, "little")
    paged.ram.write(other + 4 * MIRROR_SLOT, own_entry)
    paged.ram.write(paged.directory.address + 4 * OTHER_SLOT, own_entry)
    planted = plant(paged, other, paged.machine.scratch, rng)
    for page, entry in planted.entries.items():
        expect(paged, f"page_translate 1022 {page:#x}",
               entry & 0xFFFFF000 if entry & PRESENT else None)
        expect(paged, f"page_translate 1023 {page:#x}", None)
    window = MIRROR_SLOT * SLOT_SIZE  # the other directory's own
    expected = {window + slot * PAGE_SIZE + 8: table + 8 for slot, table in planted.tables.items()}
    expected[window + MIRROR_SLOT * PAGE_SIZE + 12] = other + 12
    for address, physical in expected.items():
        expect(paged, f"page_translate 1022 {address:#x}", physical)
    expect(paged, f"page_translate 1022 {OTHER_SLOT * SLOT_SIZE:#x}", None)
