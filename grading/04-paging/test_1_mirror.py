"""Exercise 1: where the mirror shows what. Arithmetic, so paging need not even be on."""

import random

from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.machine import Machine
from miroir.pagetables import PAGE_SIZE, SLOT_SIZE, SLOTS, Paged

SLOTS_TO_TRY = [0, 1, 255, 512, 768, 1019, 1022, 1023]


def compare(machine: Machine, expected: dict[str, int]) -> None:
    """Compares what each command answers with what is EXPECTED of it."""
    for answer, address in zip(Paged(machine).do(*expected), expected.values()):
        equal(hexa(answer.value), hexa(address), f"`{answer.command}`")


@check(3, _("The window of a slot, its tables, its directory"), read="exercise-1",
       why=_("Once paging is on, the only way to a page table is through its page in the window. "
             "The directory is one of these pages: the table of the slot that it has itself in."))
def test_mirror_tables(boot, rng: random.Random) -> None:
    expected = {}
    for slot in SLOTS_TO_TRY + rng.sample(range(SLOTS), 20):
        index = rng.randrange(SLOTS)
        window = slot * SLOT_SIZE
        expected[f"mirror_window {slot}"] = window
        expected[f"mirror_table {slot} {index}"] = window + index * PAGE_SIZE
        expected[f"mirror_directory {slot}"] = window + slot * PAGE_SIZE
    compare(boot(append="paging=off"), expected)


@check(5, _("The entries for an address: PTE(PTE(v)) = PDE(v) in every slot"), read="exercise-1",
       why=_("The tables lie in the window in the order of the addresses that they are for: the "
             "entry of page number n is word number n of the window, whatever the slot."))
def test_mirror_entries(boot, rng: random.Random) -> None:
    machine = boot(append="paging=off")
    expected, twice = {}, {}
    for slot in SLOTS_TO_TRY + rng.sample(range(SLOTS), 20):
        for address in (0, 0xFFFFFFFF, rng.getrandbits(32)):
            window = slot * SLOT_SIZE
            pte = window + address // PAGE_SIZE * 4
            pde = window + slot * PAGE_SIZE + address // SLOT_SIZE * 4
            expected[f"mirror_pte {slot} {address:#x}"] = pte
            expected[f"mirror_pde {slot} {address:#x}"] = pde
            twice[f"mirror_pte {slot} {pte:#x}"] = pde
    compare(machine, expected)
    compare(machine, twice)
