"""Exercises 3 to 5: chunks are taken and put back, large objects are areas."""

import random

from miroir.areas import AREAS_END, Books, outcome
from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.pagetables import AREAS_START, PAGE_SIZE
from miroir.slabs import LARGEST, SIZES, Entry, Kernel

SMALL = [size for size in SIZES if size >= 256]  # few chunks to an entry


def adopted(kernel: Kernel, size: int) -> Entry:
    """Returns the entry that the kit has made."""
    place = kernel.adopt(size)
    return next(entry for entry in kernel.slabs().of(size) if entry.address == place)


def now(kernel: Kernel, entry: Entry) -> Entry:
    """Returns ENTRY as it is now."""
    found = next((e for e in kernel.slabs().of(entry.size) if e.address == entry.address), None)
    true(found, _("the entry at {place} is in a list").format(place=hexa(entry.address)))
    assert found
    return found


@check(3, _("chunk_take() takes the first of the chain; the entry changes lists with it"),
       read="exercise-3",
       why=_("An entry that is full and still in partial is looked at again and again, or gives "
             "away the same chunk twice."))
def test_take(kernel: Kernel, rng: random.Random) -> None:
    size = rng.choice(SMALL)
    entry = adopted(kernel, size)
    chain = entry.free
    for taken in range(1, entry.total + 1):
        chunk = kernel.machine.call(f"chunk_take {size}")[0]
        equal(hexa(int(chunk)), hexa(chain[taken - 1]), _("chunk number {number} taken").format(
            number=taken))
        state = now(kernel, entry)
        equal([hexa(c) for c in state.free], [hexa(c) for c in chain[taken:]],
              _("the chain after that"))
        equal(state.where, state.rightful_list,
              _("the list of the entry, {used} of whose {total} chunks are used").format(
                  used=taken, total=entry.total))


@check(3, _("Partial entries are used before empty ones"), read="exercise-3",
       why=_("Whoever begins a new entry while an old one has room keeps many half empty ones, "
             "and none of them ever goes back."))
def test_order(kernel: Kernel, rng: random.Random) -> None:
    size = rng.choice(SMALL)
    first = adopted(kernel, size)
    begun = int(kernel.machine.call(f"chunk_take {size}")[0])
    second, third = adopted(kernel, size), adopted(kernel, size)
    rest = [int(a.value) for a in kernel.do(*[f"chunk_take {size}"] * (first.total - 1))]
    true(all(chunk in first for chunk in (begun, *rest)),
         _("as many chunks as there are come out of the first entry"),
         ", ".join(hexa(chunk) for chunk in rest if chunk not in first))
    # Now it is between two empty ones: the kit has put the third before the second.
    taken = [int(a.value) for a in kernel.do(*[f"chunk_take {size}"] * (third.total + 1))]
    true(all(chunk in third for chunk in taken[:-1]) and taken[-1] in second,
         _("then those of the first entry in empty come, and then of the next"),
         ", ".join(hexa(chunk) for chunk in taken))


@check(4, _("alloc() gives each size a chunk of the right entry"), read="exercise-3",
       why=_("Exactly 64 bytes fit into a chunk of 64: whoever takes the next size wastes half "
             "of it. And 0 bytes are no object."))
def test_alloc(kernel: Kernel, rng: random.Random) -> None:
    for size in rng.sample(SIZES[3:9], 4) + [SIZES[0], LARGEST]:
        entry = adopted(kernel, size)
        least = size // 2 + 1 if size > SIZES[0] else 1
        for asked in (size, least, rng.randint(least, size)):
            answer = kernel.machine.run(f"alloc {asked}")[0]
            true(answer.ok and answer.value in entry and answer.value % size == 0,
                 _("`alloc {asked}` gives a chunk of {size} bytes, from the area at {base}").format(
                     asked=asked, size=size, base=hexa(entry.base)), answer)
        equal(now(kernel, entry).used, 3, _("chunks used then"))
    equal(kernel.machine.error("alloc 0"), "ENOMEM", "`alloc 0`")


@check(4, _("free() puts the chunk at the head of the chain, and a full entry into partial"),
       read="exercise-4",
       why=_("The chunk freed last is the one whose bytes the processor still has at hand. And a "
             "full entry that stays in full has chunks that nobody finds."))
def test_free(kernel: Kernel, rng: random.Random) -> None:
    size = rng.choice(SMALL)
    entry = adopted(kernel, size)
    objects = kernel.allocs(*[size] * entry.total)
    equal(sorted(map(hexa, objects)), sorted(map(hexa, entry.free)), _("all the objects there are"))
    rng.shuffle(objects)
    expected: list[int] = []
    for freed in objects[:-1]:
        kernel.frees(freed)
        expected.insert(0, freed)
        state = now(kernel, entry)
        equal([hexa(chunk) for chunk in state.free], [hexa(chunk) for chunk in expected],
              _("the chain after {address} was freed").format(address=hexa(freed)))
        equal(state.where, "partial", _("the list of the entry"))
    equal(hexa(kernel.allocs(size)[0]), hexa(expected[0]), _("the next object"))
    # Of two full entries, the one that is put into last comes first.
    second = adopted(kernel, size)
    objects += kernel.allocs(*[size] * (entry.total - 2 + second.total))
    for chunk in (objects[entry.total - 1], objects[-1]):
        kernel.frees(chunk)
    equal([hexa(e.address) for e in kernel.slabs().of(size) if e.where == "partial"],
          [hexa(second.address), hexa(entry.address)],
          _("the list partial, after an object of {first}, and then one of {second}, was freed")
          .format(first=hexa(entry.address), second=hexa(second.address)))
    equal(hexa(int(kernel.machine.call(f"chunk_take {size}")[0])), hexa(objects[-1]),
          _("the next chunk"))


@check(4, _("What is no object is refused, and nothing changes"), read="exercise-4",
       why=_("A pointer that is off by a few bytes must not end up in the chain: the next object "
             "would lie across two others."))
def test_free_errors(kernel: Kernel, rng: random.Random) -> None:
    for size in (256, rng.choice(SMALL[1:-1]), LARGEST):
        entry = adopted(kernel, size)
        objects = []
        for count in (1, 2, entry.total):
            objects += kernel.allocs(*[size] * (count - len(objects)))
            refuses_middles(kernel, entry, rng.choice(objects))
    other = int(kernel.machine.call("area_alloc 2")[0])
    kernel.do("page_map 1023 0x400000 2")
    cases = {f"{address:#x}": "EINVAL" for address in (
        5, 0x100000, 0x400000, 0xFFC01000, AREAS_START - 8, AREAS_END,
        0xFFC00000 + rng.randrange(0x400000), 0xFFFFFFFF, other, other + 8, other + PAGE_SIZE)}
    cases |= {f"{address:#x}": "ENOENT" for address in (
        AREAS_END - 1, AREAS_END - PAGE_SIZE, AREAS_END - PAGE_SIZE + 8)}
    cases["0"] = "ok"
    before = now(kernel, entry)
    for answer, (address, error) in zip(kernel.run(f"free {a}" for a in cases), cases.items()):
        equal(outcome(answer), error, f"`free {address}`")
    equal(now(kernel, entry), before, _("the entry and its chain"))
    kernel.frees(objects[0])


def refuses_middles(kernel: Kernel, entry: Entry, start: int) -> None:
    """Frees what is in the middle of the chunk at START, of ENTRY: nothing may come of it."""
    before = now(kernel, entry)
    for inside in (1, 4, 8, entry.size // 2, entry.size - 1):
        command = f"free {start + inside:#x}"
        equal(outcome(kernel.machine.run(command)[0]), "EINVAL", _(
            "`{command}`, {used} of the {total} chunks of {size} bytes being used").format(
                command=command, used=before.used, total=before.total, size=before.size))
    equal(now(kernel, entry), before, _("the entry and its chain"))


@check(3, _("Over 4096 bytes, objects are areas of as few pages as will do"), read="exercise-5",
       why=_("A size near 4 GiB, rounded up to pages, becomes 0 if it is added up carelessly: "
             "then a page is given for four billion bytes."))
def test_large(kernel: Kernel, rng: random.Random) -> None:
    user = kernel.machine.symbol("slab_descs")
    free = kernel.free()
    for command in ("large_alloc", "alloc"):
        for size in (LARGEST + 1, 2 * PAGE_SIZE, 2 * PAGE_SIZE + 1, rng.randint(9000, 40000)):
            address = int(kernel.machine.call(f"{command} {size}")[0])
            area = next((a for a in kernel.slabs().other_areas() if a.address == address), None)
            pages = -(-size // PAGE_SIZE)
            equal((area and area.pages, area and hexa(area.user)), (pages, hexa(user)),
                  _("pages and user of the area for `{command} {size}`").format(
                      command=command, size=size))
            free -= pages
    for size in (0x20000001, 0x80000001, 0xFFFFE001, 0xFFFFF000, 0xFFFFF001, 0xFFFFFFFF):
        for command in ("large_alloc", "alloc"):
            equal(kernel.machine.error(f"{command} {size:#x}"), "ENOMEM", f"`{command} {size:#x}`")
    equal(kernel.free(), free, _("free frames"))


@check(3, _("A large object goes back whole, once, and only by its start"), read="exercise-5",
       why=_("Others take areas, too. Somebody else's area that free() gives back is still in "
             "use."))
def test_large_free(kernel: Kernel) -> None:
    free = kernel.free()
    large = [int(a.value) for a in kernel.do("large_alloc 5000", "alloc 20000", "large_alloc 4097")]
    other = int(kernel.machine.call("area_alloc 3")[0])
    kernel.do(f"write32 {Books(kernel.machine).descriptor(other) + 16:#x} {other:#x}")  # its user
    for command, error in ((f"free {large[0] + 8:#x}", "EINVAL"),
                           (f"large_free {large[0] + PAGE_SIZE:#x}", "EINVAL"),
                           (f"free {other:#x}", "EINVAL"), (f"large_free {other:#x}", "EINVAL"),
                           (f"large_free {large[0]:#x}", "ok"), (f"free {large[1]:#x}", "ok"),
                           (f"free {large[1]:#x}", "ENOENT"),
                           (f"large_free {large[0]:#x}", "ENOENT"),
                           (f"free {large[1] + PAGE_SIZE:#x}", "ENOENT"),
                           (f"free {large[2]:#x}", "ok"), ("large_free 0x1000", "EINVAL")):
        equal(outcome(kernel.machine.run(command)[0]), error, f"`{command}`")
    equal(kernel.free(), free - 3, _("free frames, three less, which are somebody else's"))
