"""Exercise 2: the table of absent pages."""

import random

from hypothesis import strategies as st

from miroir.booter import Keeper
from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Answer
from miroir.model import Step, explore
from miroir.pagetables import PAGE_SIZE
from miroir.swap import Swap

A, B, C, D = 0xC0001000, 0xC0002000, 0xC0003040, 0xC0004080  # owners: any addresses


def equal_table(swap: Swap, expected: dict[int, dict[int, int]]) -> None:
    """Compares the table, and the references of the slots in it, read from outside."""
    got = swap.absent()
    equal([hexa(owner) for owner in sorted(got)], [hexa(owner) for owner in sorted(expected)],
          _("owners in the table"))
    for owner, pages in expected.items():
        equal([(hexa(p), s) for p, s in sorted(got[owner].items())],
              [(hexa(p), s) for p, s in sorted(pages.items())],
              _("pages of {owner}, and their slots").format(owner=hexa(owner)))
    users = [slot for pages in expected.values() for slot in pages.values()]
    for slot, row in enumerate(swap.slot_rows(200), 1):
        equal(row.references, users.count(slot), _("references of slot {slot}").format(slot=slot))


def add(swap: Swap, owner: int, pages: list[int]) -> dict[int, int]:
    """Notes PAGES of OWNER, each in a slot of its own; returns the slots."""
    slots = [int(answer.value) for answer in swap.do(*["slot_take"] * len(pages))]
    swap.do(*(f"absent_add {owner:#x} {page:#x} {slot}" for page, slot in zip(pages, slots)))
    return dict(zip(pages, slots))


def some_pages(rng: random.Random, count: int, first: int = 0x400) -> list[int]:
    return [number * PAGE_SIZE for number in rng.sample(range(first, first + 0x1000), count)]


@check(3, _("What is noted is found again, by owner and page; the tree in memory agrees"),
       read="exercise-2",
       why=_("The same address is another page in each space. A table that looks at the address "
             "alone gives one program what another has written."))
def test_add_find(swap: Swap, rng: random.Random) -> None:
    pages = some_pages(rng, 40)
    table = {A: add(swap, A, pages), B: add(swap, B, pages[:10] + [0, 0xBFFFF000])}
    equal_table(swap, table)
    for owner, page in [(A, pages[0]), (B, pages[0]), (B, 0), (C, pages[0]), (B, pages[20]),
                        (A, pages[3] + PAGE_SIZE)]:
        equal(swap.machine.call(f"absent_find {owner:#x} {page:#x}"),
              [table.get(owner, {}).get(page, 0)], f"`absent_find {owner:#x} {page:#x}`")
    equal(swap.machine.call(f"absent_count {A:#x}") + swap.machine.call(f"absent_count {C:#x}"),
          [40, 0], _("absent pages of an owner that has some, and of one that has none"))


@check(3, _("A page comes back: its slot has one reference less; an owner without pages has no "
            "set"), read="exercise-2",
       why=_("Every process that ends would leave something behind otherwise."))
def test_remove(swap: Swap, rng: random.Random) -> None:
    free = swap.trimmed()
    pages = some_pages(rng, 12)
    many = {A: add(swap, A, some_pages(rng, 300))}
    swap.do(*(f"absent_remove {A:#x} {page:#x}" for page in many[A]))
    table = {A: add(swap, A, pages), B: add(swap, B, pages[:2])}
    for page in rng.sample(pages, 6):
        swap.do(f"absent_remove {A:#x} {page:#x}")
        del table[A][page]
        equal(swap.machine.error(f"absent_remove {A:#x} {page:#x}"), "ENOENT",
              _("error for a page that is not absent"))
    equal_table(swap, table)
    swap.do(*(f"absent_remove {B:#x} {page:#x}" for page in pages[:2]),
            *(f"absent_remove {A:#x} {page:#x}" for page in table[A]))
    equal_table(swap, {})
    equal(swap.trimmed(), free, _("free frames, as before"))


@check(2, _("A range is forgotten, of one owner, with both its ends as they are said"),
       read="exercise-2",
       why=_("munmap() of one page too many forgets somebody's data; one too few, and the next "
             "mapping there shows old data to whoever touches it."))
def test_forget(boot, rng: random.Random) -> None:
    swap = Swap(boot(ram=8, disk=4, icount=True))
    start = 0x500000
    pages = [start + i * PAGE_SIZE for i in range(-2, 8)]
    table = {A: add(swap, A, pages), B: add(swap, B, pages)}
    end = start + 5 * PAGE_SIZE
    equal(swap.machine.call(f"absent_forget {A:#x} {start:#x} {end:#x}"), [5],
          _("how many pages were forgotten"))
    table[A] = {page: slot for page, slot in table[A].items() if not start <= page < end}
    equal_table(swap, table)
    equal([a.value for a in swap.do(f"absent_forget {A:#x} {start:#x} {end:#x}",
                                    f"absent_forget {C:#x} 0 0xffffffff",
                                    f"absent_forget {B:#x} 0 0xc0000000")], [0, 0, 10],
          _("how many pages were forgotten"))
    equal_table(swap, {A: table[A]})
    add(swap, B, pages[:2])
    few = cost_of_none(swap, B, PAGE_SIZE)
    add(swap, B, [0x1000000 + n * PAGE_SIZE for n in range(300)])
    many = cost_of_none(swap, B, 0x800000)
    true(many <= 5 * few, _("instructions in 8 MiB of which no page is absent, of 302 that are: at "
                            "most {times} times those in a page, of 2, {few}").format(
                                times=5, few=few), many)


def cost_of_none(swap: Swap, owner: int, length: int) -> int:
    """Returns how many instructions it takes to forget a range in which nothing is absent."""
    return int(swap.machine.call(f"absent_bench {owner:#x} 0x700000 {0x700000 + length:#x}")[0])


TWO_COPIED = [("add", 1, 0), ("add", 1, 5), ("copy", 1, 0)]


def script(operations: list[tuple[str, int, int]]) -> list[Step]:
    """Makes steps of OPERATIONS on two owners and eight pages; the last ones ask for all."""
    table: dict[int, dict[int, int]] = {A: {}, B: {}}
    steps = [Step(f"absent_forget {owner:#x} 0 0xffffffff") for owner in (A, B)]
    steps += [Step("slots_init 12"), Step("s=slot_take")]
    references = 1

    def says(error: str, value: int | None, answer: Answer) -> None:
        equal(answer.error, error, f"`{answer.command}`")
        if value is not None:
            equal(answer.value, value, f"`{answer.command}`")

    def step(command: str, error: str = "", value: int | None = None) -> None:
        steps.append(Step(command, lambda answer: says(error, value, answer)))

    for kind, choice, number in [*TWO_COPIED, *operations]:
        owner, other = (A, B) if choice % 2 else (B, A)
        page = number * PAGE_SIZE
        if kind == "add":
            if page not in table[owner]:
                step("slot_ref $s")
                references += 1
            step(f"absent_add {owner:#x} {page:#x} $s", "EEXIST" if page in table[owner] else "")
            table[owner][page] = 1
        elif kind == "remove":
            step(f"absent_remove {owner:#x} {page:#x}", "" if page in table[owner] else "ENOENT")
            references -= table[owner].pop(page, 0)
        elif kind == "forget":
            gone = [p for p in table[owner] if page <= p < page + 3 * PAGE_SIZE]
            step(f"absent_forget {owner:#x} {page:#x} {page + 3 * PAGE_SIZE:#x}", "", len(gone))
            for place in gone:
                references -= table[owner].pop(place)
        elif not table[other]:
            step(f"absent_copy {owner:#x} {other:#x}")
            table[other] = dict(table[owner])
            references += len(table[owner])
        for place in (A, B):
            step(f"absent_count {place:#x}", "", len(table[place]))
    # Every reference that was noted is dropped by hand: then, and not before, the slot is free.
    for owner in (A, B):
        step(f"absent_forget {owner:#x} 0 0xffffffff", "", len(table[owner]))
        references -= len(table[owner])
    assert references == 1
    step("slot_drop $s")
    step("slot_drop $s", "ENOENT")
    return steps


@check(3, _("Any sequence: added, removed, forgotten, copied"), read="exercise-2",
       why=_("Each page has one reference of its slot, no more and no less, whatever has "
             "happened."))
def test_absent_random(boot) -> None:
    operations = st.lists(
        st.tuples(st.sampled_from(["add", "add", "add", "remove", "forget", "copy"]),
                  st.integers(0, 1), st.integers(0, 7)), max_size=25)

    explore(Keeper(boot, ram=8, disk=4), operations, script, examples=25)


@check(2, _("Without memory, or with a page that is absent already: nothing has changed"),
       read="exercise-2",
       why=_("This table grows when memory is scarce, and never else. Half a copy is a child that "
             "has lost half of its memory."))
def test_absent_errors(swap: Swap, rng: random.Random) -> None:
    pages = some_pages(rng, 12)
    table = {A: add(swap, A, pages)}
    slot = int(swap.machine.call("slot_take")[0])
    equal(swap.machine.error(f"absent_add {A:#x} {pages[0]:#x} {slot}"), "EEXIST",
          _("error for a page that is absent already"))
    for within in (8, PAGE_SIZE // 2):
        equal(swap.machine.error(f"absent_add {A:#x} {pages[0] + within:#x} {slot}"), "EINVAL",
              _("error for an address that is no page's"))
    free = swap.trimmed()
    swap.run([f"absent_add {A:#x} {pages[0]:#x} {slot}"] * 300)
    equal(swap.trimmed(), free, _("free frames after 300 pages that were absent already"))
    swap.do("frames_hoard 0", *(f"slab_exhaust {size}" for size in (32, 16, 64)))
    equal(swap.machine.error(f"absent_add {B:#x} {pages[0]:#x} {slot}"), "ENOMEM",
          _("error of `absent_add` without memory"))
    removed: list[int] = []
    for count in (1, 5):
        # What they had is memory for as many pages of a copy, but not for all.
        for page in rng.sample(sorted(table[A]), count):
            swap.do(f"absent_remove {A:#x} {page:#x}")
            del table[A][page]
            removed.append(page)
        if count == 1:  # enough for an owner, and not for its page
            equal(swap.machine.error(f"absent_add {D:#x} {pages[0]:#x} {slot}"), "ENOMEM",
                  _("error of `absent_add` without memory"))
        equal(swap.machine.error(f"absent_copy {A:#x} {B:#x}"), "ENOMEM",
              _("error of `absent_copy` without memory for all"))
    # A copy that failed has given back all that it had taken.
    for page in removed:
        swap.do(f"slot_ref {slot}", f"absent_add {A:#x} {page:#x} {slot}")
    table[A].update(dict.fromkeys(removed, slot))
    swap.do("slab_release 1", "frames_release", f"slot_drop {slot}")
    equal_table(swap, table)
    swap.do(f"absent_copy {A:#x} {C:#x}")
    equal_table(swap, table | {C: table[A]})
