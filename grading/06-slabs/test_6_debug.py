"""Exercise 9: debug mode. Reports are read in RAM; the names in them are the kit's."""

import random

from miroir.areas import AREAS_END, outcome
from miroir.check import check, equal, equal_bytes, hexa, true
from miroir.i18n import _
from miroir.pagetables import PAGE_SIZE
from miroir.slabs import CHUNKS, DESCRIPTORS, LARGEST, Kernel, bytes_at, fill

OVERFLOW, USE_AFTER_FREE, DOUBLE_FREE, FOREIGN_FREE = 1, 2, 3, 4
WORDS = {OVERFLOW: "overflow", USE_AFTER_FREE: "use after free", DOUBLE_FREE: "double free",
         FOREIGN_FREE: "foreign free"}
FRESH, RED, FREED = b"\xcd", b"\xfd", b"\xa5"
RED_LEAST, SMALLEST = 4, 64


def reports(kernel: Kernel) -> list[str]:
    """Returns the reports so far, as a person would read them."""
    machine = kernel.machine
    count = machine.ram.u32(machine.symbol("slab_report_count"))
    rows = [machine.ram.words(machine.symbol("slab_reports") + 16 * i, 4)
            for i in range(min(count, 16))]
    return [line(fault, address, size, machine.ram.string(name))
            for fault, address, size, name in rows]


def line(fault: int, address: int, size: int, allocator: str) -> str:
    return f"{WORDS.get(fault, fault)}: {hexa(address)}, {size} bytes, {allocator}"


def spoil(kernel: Kernel, address: int, data: bytes) -> None:
    """Writes DATA where nobody may write, by commands: so a verdict shows what was done."""
    start, end = address & -4, -(-(address + len(data)) // 4) * 4
    before = bytes_at(kernel, start, end - start)
    after = before[:address - start] + data + before[address - start + len(data):]
    kernel.do(*(f"write32 {start + i:#x} {int.from_bytes(after[i:i + 4], 'little'):#x}"
                for i in range(0, len(after), 4)))


def freed(kernel: Kernel, address: int) -> str:
    """Frees what may be no object; returns the error, or "ok"."""
    return outcome(kernel.machine.run(f"free {address:#x}")[0])


def equal_reports(kernel: Kernel, expected: list[str]) -> None:
    equal(reports(kernel), expected, _("the reports so far"))


def equal_checked(kernel: Kernel, damaged: int) -> None:
    equal(kernel.machine.call("slabs_check"), [damaged], _("what slabs_check() has found"))


@check(4, _("Objects that nobody spoils: aligned, filled, behind a red zone, and no false report"),
       read="exercise-9",
       why=_("A watchdog that barks at the family is soon shut out. And what hides in memory "
             "that happens to be 0 shows itself in memory that is full of 0xcd."))
def test_debug_sound(debug: Kernel, boot, rng: random.Random) -> None:
    for size in (1, 8, 9, 31, 32, 33, rng.randint(64, 2000), 2048, 2049, LARGEST, 5000):
        address = debug.allocs(size)[0]
        alignment = min(1 << (size - 1).bit_length(), PAGE_SIZE)
        equal(address % alignment, 0, _("`alloc {size}` gives {address}: the rest by {alignment}")
              .format(size=size, address=hexa(address), alignment=alignment))
        equal_bytes(bytes_at(debug, address, size + RED_LEAST), FRESH * size + RED * RED_LEAST,
                    _("the object of {size} bytes, and the red zone").format(size=size))
        if size <= LARGEST // 2:
            least = max(SMALLEST, 2 * alignment)
            true(debug.slabs().entry_at(address).size >= least,
                 _("`alloc {size}` gives a chunk of at least {least} bytes").format(
                     size=size, least=least), debug.slabs().entry_at(address).size)
        else:
            areas = {hexa(area.address) for area in debug.slabs().other_areas()}
            true(hexa(address) in areas, _("`alloc {size}` gives an area").format(size=size),
                 hexa(address))
        for place, capacity in ((address, size), (address + 4, 0)):
            command = f"alloc_capacity {place:#x}"
            equal(debug.machine.call(command), [capacity], f"`{command}`")
        keep = debug.allocs(size)[0]  # so that the entry does not go back
        debug.frees(address)
        if size <= LARGEST // 2:
            equal_bytes(bytes_at(debug, address + 4, max(size - 4, 0)), FREED * max(size - 4, 0),
                        _("the object of {size} bytes, freed, from byte 4 on").format(size=size))
        debug.frees(keep)
    for size in range(2 * PAGE_SIZE - 32, 2 * PAGE_SIZE + 1, 4):  # wherever the record begins
        address = debug.allocs(size)[0]
        equal_bytes(bytes_at(debug, address + size - 1, 1 + RED_LEAST), FRESH + RED * RED_LEAST,
                    _("the last byte of an object of {size} bytes, and the red zone").format(
                        size=size))
        debug.frees(address)
    zeroed_sound(debug, rng)
    moved_sound(debug, rng)
    refused_sound(debug)
    chance = rng.getrandbits(32)
    debug.machine.call(f"slab_storm {chance:#x} 10000 {debug.machine.scratch:#x}")
    slabs = debug.slabs().check()
    sizes = {slabs.entry_at(chunk).size for chunk in slabs.objects()}
    true(DESCRIPTORS not in sizes, _("used chunks of the descriptors' size are descriptors"))
    equal_checked(debug, 0)
    equal_reports(debug, [])
    nothing_otherwise(Kernel(boot()), rng)


def zeroed_sound(debug: Kernel, rng: random.Random) -> None:
    for size in (1, 30, rng.randint(33, 2000), 5001):
        address = int(debug.machine.call(f"alloc_zeroed {size}")[0])
        equal_bytes(bytes_at(debug, address, size + RED_LEAST), bytes(size) + RED * RED_LEAST,
                    _("what `alloc_zeroed {size}` gives, and the red zone").format(size=size))
        debug.frees(address)


def moved_sound(debug: Kernel, rng: random.Random) -> None:
    for old, new in ((128, 128), (2048, 2040), (5000, 5001)):
        address = debug.allocs(old)[0]
        fill(debug, address, content := rng.randbytes(old))
        moved = int(debug.machine.call(f"realloc {address:#x} {new}")[0])
        true(moved and moved != address, _("`realloc` from {old} to {new} bytes moves the object")
             .format(old=old, new=new), hexa(moved))
        kept = min(old, new)
        equal_bytes(bytes_at(debug, moved, kept), content[:kept], _("what was in it"))
        debug.frees(moved)


def refused_sound(debug: Kernel) -> None:
    """Checks what alloc() refuses, with much memory and without any."""
    for size in (0, 0xFFFFFFFF, 0xFFFFFFF0, 0xFFFFFF00, 0xFFFFE000):
        equal(debug.machine.error(f"alloc {size:#x}"), "ENOMEM", f"`alloc {size:#x}`")
    debug.do("slabs_trim", "frames_hoard 0")
    for size in (1000, 5000):
        command = f"alloc {size}"
        equal(debug.machine.error(command), "ENOMEM", _("`{command}` without a frame").format(
            command=command))
    debug.do("frames_release")


def nothing_otherwise(kernel: Kernel, rng: random.Random) -> None:
    """Checks that slabs_check() leaves KERNEL, which is not in debug mode, alone."""
    address = kernel.allocs(100)[0]
    fill(kernel, address, content := rng.randbytes(100))
    equal_checked(kernel, 0)
    equal_bytes(bytes_at(kernel, address, 100), content,
                _("an object of a kernel that is not in debug mode, after `slabs_check`"))
    equal_reports(kernel, [])


@check(3, _("A byte too many is noticed, by free() and by slabs_check(), with the culprit's name"),
       read="exercise-9",
       why=_("The byte behind an object belongs to the next one, which will break an hour later, "
             "elsewhere. The name of who allocated the first is half of the answer."))
def test_overflow(debug: Kernel, rng: random.Random) -> None:
    expected: list[str] = []
    for command in ("alloc", "alloc_zeroed", "realloc 0", f"realloc {debug.allocs(99)[0]:#x}"):
        size = rng.choice([rng.randint(1, 63), rng.randint(64, 2048), rng.randint(2049, 9000)])
        address = int(debug.machine.call(f"{command} {size}")[0])
        spoil(debug, address + size + rng.randrange(RED_LEAST), b"!")
        expected.append(line(OVERFLOW, address, size, f"probe_{command.split()[0]}"))
        if rng.random() < 0.5:
            equal_checked(debug, 1)
            equal_checked(debug, 0)
        else:
            equal(freed(debug, address), "EINVAL", f"`free {address:#x}`")
        equal_reports(debug, expected)
        debug.frees(address)
    sizes = (5000, 24, 24)  # the last two in one entry
    objects = debug.allocs(*sizes)
    for address, size in zip(objects, sizes):
        spoil(debug, address + size, b"!")
    equal_checked(debug, len(sizes))
    equal(sorted(reports(debug)[len(expected):]),
          sorted(line(OVERFLOW, address, size, "probe_alloc")
                 for address, size in zip(objects, sizes)), _("the last three reports"))
    spoil(debug, objects[0] + 5000, b"!")
    equal(freed(debug, objects[0]), "EINVAL", f"`free {objects[0]:#x}`")
    debug.frees(*objects)
    spoiled_records(debug)
    # In whichever list the entry is, and in whichever of its pages the object.
    objects = debug.allocs(*[2000] * CHUNKS)
    entry = debug.slabs().entry_at(objects[0])
    last = max(a for a in objects if a in entry)
    for where in ("full", "partial"):
        equal(debug.slabs().entry_at(last).where, where, _("the list of the entry"))
        spoil(debug, last + 2000, b"!")
        equal_checked(debug, 1)
        others = [a for a in objects if a in entry and a != last]
        debug.frees(others.pop())
        objects = others
    debug.frees(last, *objects)
    equal(debug.slabs().entry_at(last).where, "empty", _("the list of the entry"))
    spoil(debug, last + 8, b"!")
    equal_checked(debug, 1)
    for size in range(2 * PAGE_SIZE - 32, 2 * PAGE_SIZE, 4):  # wherever the record begins
        address = debug.allocs(size)[0]
        spoil(debug, address + size + RED_LEAST - 1, b"!")
        equal(freed(debug, address), "EINVAL", f"`free {address:#x}`")
        debug.frees(address)


def spoiled_records(debug: Kernel) -> None:
    """Checks what becomes of objects whose records are spoiled, wholly or in part."""
    small, other, large = debug.allocs(40, 40, 8100)
    chunk = debug.slabs().entry_at(small).size
    pages = next(a.pages for a in debug.slabs().other_areas() if a.address == large)
    for address, size, end, found_by in ((small, 40, chunk, "free"),
                                         (other, 40, chunk - 4, "slabs_check"),
                                         (large, 8100, pages * PAGE_SIZE, "slabs_check")):
        before = len(reports(debug))
        spoil(debug, address + size, b"!" * (end - size))
        if found_by == "free":
            equal(freed(debug, address), "EINVAL", f"`free {address:#x}`")
        else:
            equal_checked(debug, 1)
            equal_checked(debug, 0)
        equal(reports(debug)[before:], [line(OVERFLOW, address, 0, "?")],
              _("the report on an object whose record is spoiled, too"))
    debug.frees(small, other, large)
    debug.slabs().check()


@check(3, _("A write after free is noticed, wherever it goes, and the chain survives it"),
       read="exercise-9",
       why=_("The first word of a free chunk is the chain: the write that hits it would be the "
             "address of the object after the next, and whatever lies there would be given away."))
def test_use_after_free(debug: Kernel, rng: random.Random) -> None:
    size = rng.randint(16, 64)
    objects = debug.allocs(*[size] * 6)
    debug.frees(*objects[:4])
    expected: list[str] = []
    for offset in (0, 4, size - 1):
        for address, found_by in ((objects[0], "slabs_check"), (objects[3], "alloc")):
            spoil(debug, address + offset, b"!" if offset else b"!ups")
            if found_by == "slabs_check":
                equal_checked(debug, 1)
            else:
                equal(hexa(debug.allocs(size)[0]), hexa(address), _("the object freed last"))
                debug.frees(address)
            expected.append(line(USE_AFTER_FREE, address, size, "probe_alloc"))
            equal_reports(debug, expected)
            debug.slabs().check()
    equal_checked(debug, 0)
    spoil(debug, objects[3], bytes(4))  # as if the chain ended there
    again = debug.allocs(*[size] * 4)
    equal([hexa(a) for a in again], [hexa(a) for a in objects[3::-1]], _("the next four objects"))
    equal(len(reports(debug)), len(expected) + 1, _("reports so far"))
    # And that of an entry which is empty.
    last = again[0]
    debug.frees(*again[1:], *objects[4:], last)
    equal(debug.slabs().entry_at(last).where, "empty", _("the list of the entry"))
    spoil(debug, last, b"!ups")
    equal(hexa(debug.allocs(size)[0]), hexa(last), _("the object freed last"))
    equal(len(reports(debug)), len(expected) + 2, _("reports so far"))
    debug.slabs().check()


@check(2, _("An object freed twice is noticed at once"), read="exercise-9",
       why=_("It would be in the chain twice, and be given to two owners, who write over each "
             "other."))
def test_double_free(debug: Kernel, rng: random.Random) -> None:
    size = rng.randint(1, 2048)
    address, other = debug.allocs(size, size)
    debug.frees(address)
    before = debug.slabs().entries
    entry = debug.slabs().entry_at(address)
    never = entry.free[-1]  # nobody ever had it
    for place in (address, address, never):
        equal(freed(debug, place), "ENOENT", f"`free {place:#x}`")
    equal_reports(debug, [line(DOUBLE_FREE, address, size, "probe_alloc")] * 2
                  + [line(DOUBLE_FREE, never, 0, "?")])
    equal(debug.slabs().entries, before, _("all entries and their chains"))
    equal(debug.machine.call(f"alloc_capacity {address:#x}"), [0], f"`alloc_capacity {address:#x}`")
    equal(debug.machine.call(f"realloc {address:#x} 8"), [0], f"`realloc {address:#x} 8`")
    debug.frees(other)
    equal(freed(debug, other), "ENOENT", _("`free {address}`, the second time, in an entry that "
                                           "is empty").format(address=hexa(other)))
    equal(reports(debug)[3:], [line(DOUBLE_FREE, other, size, "probe_alloc")],
          _("the last report"))


@check(2, _("What is no object is reported, with the name of the object that it points into"),
       read="exercise-9",
       why=_("A pointer into the middle says whose object it once pointed to."))
def test_foreign_free(debug: Kernel, rng: random.Random) -> None:
    size = rng.randint(70, 2048)
    address, large = debug.allocs(size, size), debug.allocs(6000)
    debug.frees(gone := address.pop())
    other = int(debug.machine.call("area_alloc 1")[0])
    slabs = debug.slabs()
    descriptor = next(a.descriptor for a in slabs.books.used if a.address == other)
    inside = address[0] + rng.randrange(1, size)
    cases = [(inside, size, "EINVAL"), (gone + size - 1, size, "EINVAL"),
             (large[0] + PAGE_SIZE, 6000, "EINVAL"), (other, 0, "EINVAL"),
             (descriptor, 0, "EINVAL"), (5, 0, "EINVAL"), (AREAS_END - PAGE_SIZE, 0, "ENOENT")]
    expected = []
    for place, length, error in cases:
        equal(freed(debug, place), error, f"`free {place:#x}`")
        expected.append(line(FOREIGN_FREE, place, length, "probe_alloc" if length else "?"))
        equal(debug.machine.call(f"alloc_capacity {place:#x}"), [0], f"`alloc_capacity {place:#x}`")
    equal(freed(debug, 0), "ok", "`free 0`")
    equal_reports(debug, expected)
    equal(debug.slabs().entries, slabs.entries, _("all entries and their chains"))
    debug.frees(address[0], large[0])
