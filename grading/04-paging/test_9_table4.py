"""Exercise 9, a bonus: four levels of tables in software, walked from outside."""

import random

from hypothesis import strategies as st

from miroir.booter import Keeper
from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Answer, Machine
from miroir.model import Step, explore
from miroir.pagetables import (ADDRESS4, HUGE, NO_EXECUTE, PAGE_SIZE, PRESENT, USER, WRITE,
                               Paged, Root4, canonical4, index4)

TABLES = 12  # in the pool
JUNK = 0xDEADBEEF
TABLE_FLAGS = PRESENT | WRITE | USER
CANONICAL_EDGES = [0, 0x7FFFFFFFF000, canonical4(1 << 47), 0xFFFFFFFFFFFFF000]


def start(machine: Machine, tables: int = TABLES) -> Root4:
    """Starts an empty address space in the scratch area, full of junk; returns its root."""
    machine.ram.write(machine.scratch, JUNK.to_bytes(4, "little") * (TABLES * PAGE_SIZE // 4))
    root = int(machine.call(f"table4_init {machine.scratch:#x} {tables}")[0])
    pool = range(machine.scratch, machine.scratch + tables * PAGE_SIZE, PAGE_SIZE)
    true(root in pool, _("the root is a table of the pool"), got=hexa(root))
    return Root4(machine.ram, root)


def random_page(rng: random.Random) -> int:
    return canonical4(rng.getrandbits(48) & ~(PAGE_SIZE - 1))


def random_flags(rng: random.Random) -> int:
    return rng.getrandbits(9) & ~HUGE | rng.choice([0, NO_EXECUTE])


@check(3, _("An address is cut into four indices of 9 bits and an offset"),
       read="exercise-9", bonus=True,
       why=_("The i386 has 10 + 10 + 12 bits; with entries of 64 bits only 512 fit into a table, "
             "so it is 9 + 9 + 9 + 9 + 12."))
def test_table4_index(boot, rng: random.Random) -> None:
    machine = boot(append="paging=off")
    cases = [(address, level) for level in (1, 2, 3, 4)
             for address in [*CANONICAL_EDGES, *(rng.getrandbits(64) for _unused in range(8))]]
    answers = Paged(machine).do(*(f"table4_index {a:#x} {level}" for a, level in cases))
    for answer, (address, level) in zip(answers, cases):
        equal(answer.value, index4(address, level), f"`{answer.command}`")


@check(5, _("A page is mapped by four entries, in cleared tables"), read="exercise-9",
       bonus=True,
       why=_("It is the same walk as before, twice as deep: missing tables are made on the way, "
             "and a table is junk until it is cleared."))
def test_table4_map(boot, rng: random.Random) -> None:
    machine = boot(append="paging=off")
    root = start(machine)
    expected = {}
    for page in rng.sample(CANONICAL_EDGES, 2) + [random_page(rng)]:
        frame, flags = rng.getrandbits(52) & ADDRESS4, random_flags(rng)
        flags |= 0 if expected else NO_EXECUTE
        machine.call(f"table4_map {page:#x} {frame:#x} {flags:#x}")
        expected[page] = frame | flags | PRESENT
        way = root.walk(page)
        equal(len(way), 4, _("entries on the way to {page}").format(page=hexa(page)))
        equal([entry & ~ADDRESS4 for entry in way[:3]], [TABLE_FLAGS] * 3,
              _("flags of the three tables' entries"))
        offset = rng.randrange(PAGE_SIZE)
        equal(machine.call(f"table4_translate {page + offset:#x}"), [frame + offset],
              _("what {address} is translated to").format(address=hexa(page + offset)))
    equal({hexa(page): hexa(entry) for page, entry in root.pages().items()},
          {hexa(page): hexa(entry) for page, entry in expected.items()},
          _("every page that can be reached from the root, and its entry"))


@check(3, _("Huge pages are understood"), read="exercise-9", bonus=True,
       why=_("An entry with HUGE in a table of level 3 or 2 is the end of the walk: what is left "
             "of the address is the byte in a page of 1 GiB or 2 MiB."))
def test_table4_huge(boot, rng: random.Random) -> None:
    machine = boot(append="paging=off")
    root = start(machine)
    for level, bits in ((2, 21), (3, 30)):
        page = random_page(rng)
        machine.call(f"table4_map {page:#x} 0x5000 0")
        way = root.walk(page)
        equal(len(way), 4, _("entries on the way to {page}").format(page=hexa(page)))
        table = way[3 - level] & ADDRESS4
        huge = rng.getrandbits(52) & ADDRESS4 & ~((1 << bits) - 1)
        address = page & ~((1 << bits) - 1) | rng.getrandbits(bits)
        machine.ram.write(table + 8 * index4(page, level),
                          (huge | PRESENT | HUGE).to_bytes(8, "little"))
        beside = page ^ 1 << bits  # what is huge keeps the table that both are in
        machine.call(f"table4_map {beside:#x} 0x5000 0")
        machine.call(f"table4_unmap {beside:#x}")
        equal(machine.call(f"table4_translate {address:#x}"),
              [huge | address & (1 << bits) - 1],
              _("what {address} is translated to").format(address=hexa(address)))
        equal(machine.error(f"table4_map {page:#x} 0x5000 0"), "EEXIST",
              _("mapping a part of it"))
        for part in (page, page & ~((1 << bits) - 1)):
            equal(machine.error(f"table4_unmap {part:#x}"), "EINVAL", _("unmapping a part of it"))


@check(4, _("Bad arguments are refused; without tables, nothing is changed"),
       read="exercise-9", bonus=True,
       why=_("An address whose upper bits are not all alike is none: the processor would raise an "
             "exception where you might quietly map another page."))
def test_table4_errors(boot, rng: random.Random) -> None:
    machine = boot(append="paging=off")
    for pool, error in ((f"{machine.scratch + 8:#x} 4", "EINVAL"),
                        (f"{machine.scratch + 2048:#x} 4", "EINVAL"),
                        (f"{machine.scratch:#x} 0", "ENOMEM")):
        start(machine)
        equal(machine.error(f"table4_init {pool}"), error, f"`table4_init {pool}`")
        equal(machine.error("table4_map 0 0 0"), "ENODEV",
              _("mapping a page then, the root being NULL"))
    root = start(machine, 4)
    page = random_page(rng)
    not_canonical = page ^ 1 << rng.randrange(48, 64)
    for command, error in (
            (f"table4_map {page | 8:#x} 0x1000 0", "EINVAL"),
            (f"table4_map {not_canonical:#x} 0x1000 0", "EINVAL"),
            (f"table4_map {page:#x} 0x1008 0", "EINVAL"),
            *((f"table4_map {page:#x} {1 << bit:#x} 0", "EINVAL") for bit in (11, 52, 63)),
            *((f"table4_map {page:#x} 0x1000 {1 << bit:#x}", "EINVAL")
              for bit in (7, 9, 11, 12, 51, 52, 62)),
            (f"table4_translate {page:#x}", "ENOENT"), (f"table4_unmap {page:#x}", "ENOENT"),
            (f"table4_translate {not_canonical:#x}", "EINVAL"),
            (f"table4_unmap {not_canonical:#x}", "EINVAL"),
            (f"table4_unmap {page | 4:#x}", "EINVAL"),
            (f"table4_map {page:#x} 0x1000 0", ""), (f"table4_map {page:#x} 0x2000 0", "EEXIST"),
            (f"table4_map {page ^ 1 << 47 ^ 0xFFFF << 48:#x} 0x1000 0", "ENOMEM")):
        equal(machine.error(command), error, f"`{command}`")
    equal(len(root.tables()), 4, _("tables that can be reached, out of a pool of 4"))


# Random changes against a model

PAGES = [0, 0x1000, 0x200000, 0x40000000, 0x8000000000, 0x7FFFFFFFF000, 0xFFFFFFFFFFFFF000]
operation = st.tuples(st.sampled_from(["map", "unmap"]), st.integers(0, len(PAGES) - 1))
# Hypothesis likes short lists: the long ones have to be asked for.
operations = st.one_of(st.lists(operation, max_size=10),
                       st.lists(operation, min_size=20, max_size=40))


def tables_of(pages: set[int]) -> int:
    """Returns how many tables PAGES need, the root included."""
    return 1 + sum(len({page >> 12 + 9 * level for page in pages}) for level in (1, 2, 3))


class Script(Keeper):
    """Makes steps of operations, for explore()."""

    def __init__(self, boot) -> None:
        super().__init__(boot, append="paging=off")
        self._root = 0
        self._scratch = self().scratch

    def steps(self, played: list[tuple[str, int]]) -> list[Step]:
        pages: set[int] = set()
        steps = [Step(f"table4_init {self._scratch:#x} {TABLES}", self._keep_root)]
        for name, number in played:
            page = PAGES[number]
            if name == "map":
                error = "EEXIST" if page in pages else (
                    "ENOMEM" if tables_of(pages | {page}) > TABLES else "")
                command = f"table4_map {page:#x} {(number + 1) * PAGE_SIZE:#x} 2"
            else:
                error = "" if page in pages else "ENOENT"
                command = f"table4_unmap {page:#x}"
            steps.append(self._expect(command, error))
            if not error:
                pages = pages ^ {page}
        steps.append(Step("table4_free", lambda answer: self._compare(pages, answer)))
        return steps

    def _keep_root(self, answer: Answer) -> None:
        self._root = answer.value

    @staticmethod
    def _expect(command: str, error: str) -> Step:
        return Step(command, lambda answer: equal(answer.error, error, f"`{command}`"))

    def _compare(self, pages: set[int], answer: Answer) -> None:
        root = Root4(self.machine.ram, self._root)
        entries = {p: (PAGES.index(p) + 1) * PAGE_SIZE | WRITE | PRESENT for p in pages}
        equal(root.pages(), entries, _("every page that can be reached from the root, and its "
                                       "entry"))
        equal(len(root.tables()), tables_of(pages), _("tables that can be reached"))
        equal(answer.value, TABLES - tables_of(pages), _("tables that are free"))


@check(5, _("Tables that become empty go back to the pool"), read="exercise-9", bonus=True,
       why=_("With four levels an address space that is nearly empty still has three tables for "
             "each lonely page: none may stay when the page goes."))
def test_table4_changes(boot) -> None:
    script = Script(boot)
    explore(script, operations, script.steps, examples=15)
