"""Exercise 4: executables."""

import random
from collections.abc import Callable
from dataclasses import replace

from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspace_memory import read_space
from miroir.mspaces import (CAN_EXEC, CAN_READ, CAN_WRITE, COPY_ON_WRITE, EXEC, FILE, READ,
                            area_words)
from miroir.pagetables import PAGE_SIZE
from miroir.processes import (EXECUTE, HEADER_SIZE, INTERPRETER, READABLE, WRITABLE, Executable,
                              Processes, Segment)

USER_START, END = 0x00400000, 0xB0000000
MOST = 0x08000000  # bytes of one segment
MODULES = 16  # that a kernel can be given
TEXT, DATA = 0x08049000, 0x0804B000

Boot = Callable[..., Machine]


def good(rng: random.Random) -> Executable:
    """Returns an executable: code, data with a blank end, and a segment that is blank; anything
    is in the fields that mean nothing."""
    code, start = rng.randbytes(2 * PAGE_SIZE), rng.randrange(16, 2000)
    data = rng.randbytes(rng.randrange(5000, 6000))
    segments = [
        Segment(PAGE_SIZE, TEXT, len(code), len(code), READABLE | EXECUTE),
        Segment(3 * PAGE_SIZE + start, DATA + start, len(data), len(data) + 9000,
                READABLE | WRITABLE),
        Segment(start, 0x0900_0000 + start, 0, 5000, READABLE | WRITABLE),
        Segment(0, 1, 2, 0, READABLE),  # empty: of no meaning
        Segment(0, 1, 2, 3, READABLE, kind=0x6474E551)]
    anything = [rng.getrandbits(32) for _unused in range(4)]
    segments = [replace(segment, unused=tuple(anything[:2])) for segment in segments]
    return Executable(segments, TEXT + rng.randrange(len(code)),
                      code.ljust(2 * PAGE_SIZE + start) + data,
                      ident=bytes([1, 1, 1]) + rng.randbytes(9),
                      unused=(*anything[2:], *(rng.getrandbits(16) for _unused in range(4))))


def with_segment(file: Executable, number: int, **changes: int) -> Executable:
    segments = list(file.segments)
    segments[number] = replace(segments[number], **changes)
    return replace(file, segments=segments)


def errors(boot: Boot, files: list[bytes]) -> list[str]:
    """Returns what elf_read() says to each of FILES."""
    found: list[str] = []
    for start in range(0, len(files), MODULES):
        part = files[start:start + MODULES]
        machine = boot(modules=[(data, f"file{i}") for i, data in enumerate(part)])
        found += [a.error for a in machine.run("; ".join(
            f"elf_read file{i}" for i in range(len(part))))]
    return found


@check(2, _("What an executable says: where it begins, ends, and its segments"),
       read="exercise-4",
       why=_("Only segments to be loaded count, and of them only those that are not empty."))
def test_read(boot: Boot, rng: random.Random) -> None:
    file = good(rng)
    blank = file.segments[2]
    rng.shuffle(file.segments)
    turned = replace(file, segments=file.segments[::-1])  # the last one need not be the highest
    machine = boot(modules=[(file.pack(), "good"), (turned.pack(), "turned")])
    end = (blank.address + blank.memory_size + PAGE_SIZE - 1) // PAGE_SIZE * PAGE_SIZE
    for name in ("good", "turned"):
        equal([hexa(int(v)) for v in machine.call(f"elf_read {name}")],
              [hexa(file.entry), hexa(end), hexa(3)], _("entry, end, number of segments"))


@check(3, _("Files that are no executables for this machine are refused: ENOEXEC"),
       read="exercise-4",
       why=_("A file is what somebody wrote into it. Every field that the loader uses is checked "
             "before, the lengths first."))
def test_header(boot: Boot, rng: random.Random) -> None:
    file = good(rng)
    ident = file.ident
    wrong = {
        "magic": replace(file, magic=0x464C4580), "class": replace(file, ident=b"\2" + ident[1:]),
        "encoding": replace(file, ident=b"\1\2" + ident[2:]),
        "ident_version": replace(file, ident=b"\1\1\0" + ident[3:]),
        "type": replace(file, kind=rng.choice((0, 1, 3))),
        "machine": replace(file, machine=rng.choice((0, 8, 62))),
        "version": replace(file, version=2), "segment_size": replace(file, segment_size=40),
        "segment_count 0": replace(file, count=0), "segment_count 17": replace(file, count=17)}
    data = file.pack()
    files = {name: changed.pack() for name, changed in wrong.items()}
    files["shorter than its header"] = data[:HEADER_SIZE - 1]
    short = replace(file, table=len(data) - 32).pack()
    files["table beyond its end"] = short
    whole = replace(file, table=len(data)).pack()
    files["table cut short"] = (whole + b"".join(s.pack() for s in file.segments))[:-1]
    files["table at 4 GiB"] = replace(file, table=0xFFFFFFE0).pack()
    got = errors(boot, list(files.values()))
    equal(list(zip(files, got)), [(name, "ENOEXEC") for name in files], _("errors"))


@check(4, _("Segments that lie, overlap or stray are refused: ENOEXEC"), read="exercise-4",
       why=_("An address and a length can add up to something small. A segment over the kernel's "
             "addresses would be the end of protection."))
def test_segments(boot: Boot, rng: random.Random) -> None:
    file = good(rng)
    size, data = len(file.pack()), file.segments[1]
    lower = with_segment(file, 0, address=TEXT + 16, offset=PAGE_SIZE + 16, file_size=PAGE_SIZE,
                         memory_size=PAGE_SIZE)
    none = Segment(0, 0, 0, 0, kind=0)
    blank = {"file_size": 0, "offset": 0}
    wrong = {
        "file_size over memory_size": with_segment(file, 1, memory_size=data.file_size - 1),
        "one byte beyond the file": with_segment(file, 1, file_size=size - data.offset + 1),
        "offset beyond the file": with_segment(file, 1, offset=data.offset + 64 * PAGE_SIZE),
        "offset at 4 GiB": with_segment(file, 1, offset=data.offset - 4 * PAGE_SIZE & 0xFFFFFFFF),
        "below user space": with_segment(file, 2, address=USER_START - PAGE_SIZE, **blank),
        "above the end": with_segment(file, 2, address=END - PAGE_SIZE, memory_size=PAGE_SIZE + 1,
                                      **blank),
        "the kernel's": with_segment(file, 2, address=0xC0000000, **blank),
        "around 4 GiB": with_segment(file, 2, address=0x10000000, memory_size=0xF8000000, **blank),
        "too long": with_segment(file, 2, address=0x10000000, memory_size=MOST + 1, **blank),
        "not as its offset": with_segment(file, 1, address=data.address + 4),
        "the same page": replace(with_segment(
            with_segment(file, 1, address=TEXT + PAGE_SIZE + data.address % PAGE_SIZE),
            0, file_size=PAGE_SIZE + 16, memory_size=PAGE_SIZE + 16), entry=TEXT),
        "around others": with_segment(file, 2, address=TEXT - PAGE_SIZE,
                                      memory_size=8 * PAGE_SIZE, **blank),
        "in the first one": with_segment(file, 2, address=TEXT, memory_size=16, **blank),
        "a page too long": with_segment(file, 2, address=0x10000800, memory_size=MOST,
                                        offset=0x800, file_size=0),
        "an interpreter": with_segment(file, 4, kind=INTERPRETER),
        "an interpreter of no bytes": with_segment(file, 3, kind=INTERPRETER),
        "entry in the page before the code": replace(lower, entry=TEXT + 15),
        "entry in the page after the code": replace(lower, entry=TEXT + 16 + PAGE_SIZE),
        "entry in data": replace(file, entry=data.address),
        "entry before the code": replace(file, entry=TEXT - 1),
        "entry after the code": replace(file, entry=TEXT + 2 * PAGE_SIZE),
        "no segment": replace(file, segments=file.segments[3:])}
    fits = {"up to the end": with_segment(file, 2, address=END - PAGE_SIZE, memory_size=PAGE_SIZE,
                                          **blank),
            "as long as it may be": with_segment(file, 2, address=0x10000000, memory_size=MOST,
                                                 **blank),
            "from the start": with_segment(file, 2, address=USER_START, **blank),
            "in another order": replace(file, segments=file.segments[::-1]),
            "as many as there may be": replace(file, segments=file.segments + [none] * 11),
            "entry in its last byte": replace(file, entry=TEXT + 2 * PAGE_SIZE - 1),
            "entry in its blank bytes": replace(with_segment(file, 0, file_size=PAGE_SIZE),
                                                entry=TEXT + PAGE_SIZE),
            "entry in the second segment": replace(with_segment(file, 1, flags=EXECUTE),
                                                   entry=data.address)}
    got = errors(boot, [changed.pack() for changed in (*wrong.values(), *fits.values())])
    expected = [(name, "ENOEXEC") for name in wrong] + [(name, "") for name in fits]
    equal(list(zip((*wrong, *fits), got)), expected, _("errors"))


@check(3, _("Segments become areas: file, rights, offset, limit; no page is read before it is "
            "touched"), read="exercise-4",
       why=_("A program of 100 MiB starts as quickly as one of 100 bytes. What is past the file's "
             "part of a segment is blank, because `limit` says so."))
def test_map(boot: Boot, rng: random.Random) -> None:
    file = good(rng)
    file.segments[3:] = [
        Segment(PAGE_SIZE + 8, 0x0A00_0008, 100, 5000, READABLE),
        Segment(PAGE_SIZE + 8, 0x0A01_0008, 100, 100, READABLE | WRITABLE | EXECUTE),
        Segment(0, 0x0A02_0000, 0, 1, EXECUTE), Segment(PAGE_SIZE, 0x0A03_0000, 9, 9, WRITABLE)]
    processes = Processes(boot(modules=[(file.pack(), "good")]))
    space = processes.do("mspace_create")[0].value
    inode = processes.do("inode_find good")[0].value
    processes.do(f"elf_map {space:#x} good")
    got = [(hexa(a.start), hexa(a.length), a.ino == inode, hexa(a.offset), a.limit,
            area_words(a.flags)) for a in read_space(processes.machine, space).areas.values()]
    equal(got, [area(segment) for segment in file.segments],
          _("areas: start, length, whether of the file, offset, limit, flags"))
    equal(read_space(processes.machine, space).directory.user_pages(), {}, _("pages present"))
    data = file.segments[1]
    last = data.address + data.file_size - 4
    content = file.pack()[data.offset:data.offset + data.file_size]
    words = [processes.machine.call(f"touch {space:#x} {address:#x}")[:2]
             for address in (data.address, last, last + 4, file.segments[2].address)]
    expected = [int.from_bytes(part, "little") for part in (content[:4], content[-4:])]
    equal(words, [[0, expected[0]], [0, expected[1]], [0, 0], [0, 0]],
          _("reads of the data's first word, its last, the one after it, a blank one"))


def area(segment: Segment) -> tuple:
    """Returns what test_map() expects of SEGMENT."""
    lead = segment.address % PAGE_SIZE
    length = (lead + segment.memory_size + PAGE_SIZE - 1) // PAGE_SIZE * PAGE_SIZE
    flags = FILE
    flags |= READ | CAN_READ if segment.flags & READABLE else 0
    flags |= EXEC | CAN_EXEC if segment.flags & EXECUTE else 0
    flags |= COPY_ON_WRITE | CAN_WRITE if segment.flags & WRITABLE else 0
    limit = lead + segment.file_size if segment.file_size else -1
    if not segment.flags & WRITABLE and segment.file_size == segment.memory_size:
        limit = 0
    return (hexa(segment.address - lead), hexa(length), True, hexa(segment.offset - lead), limit,
            area_words(flags))
