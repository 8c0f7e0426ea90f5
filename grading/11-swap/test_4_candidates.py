"""Exercise 4: the pages of the machine, as the clock meets them."""

import random

import pytest

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspace_memory import lock_taken
from miroir.mspaces import FILE, PRIVATE_FILE, RW, SHARED
from miroir.pagetables import PAGE_SIZE
from miroir.swap import (ACCESSED, FLAGS_ANON, IN_CACHE, OF_ITS_OWN, OLD, PINNED, PLACE, STAYS,
                         Actor, Swap)

FILE_PAGES, CUT = 4, 100  # the last page is not full: so many bytes are missing
SHARED_FILE = FILE | RW | SHARED
FAR = PLACE + 0x0800_0000


@pytest.fixture
def files(boot, rng: random.Random) -> Swap:
    """The same with a file, `data`, of four pages, the last of them not full."""
    data = rng.randbytes(FILE_PAGES * PAGE_SIZE - CUT)
    return Swap(boot(ram=8, disk=4, modules=[(data, "data")]))


def look(swap: Swap, actor: Actor, page: int) -> int:
    return int(swap.machine.call(f"candidate_look 0 {actor.pid} {page:#x}")[0])


def look_cached(swap: Swap, inode: int, offset: int) -> int:
    return int(swap.machine.call(f"candidate_look 1 {swap.number_of(inode)} {offset:#x}")[0])


def walk(swap: Swap, start: tuple[int, int, int], count: int) -> list[tuple[int, ...]]:
    """Returns the pages that come after START: cached, number, page, whether the end was passed."""
    values = swap.machine.call(f"candidate_next {start[0]} {start[1]} {start[2]:#x} {count}")
    return [tuple(map(int, values[i:i + 4])) for i in range(0, len(values), 4)]


def shared_memory(machine: Machine, size: int) -> int:
    return int(machine.call(f"inode_create {size:#x}")[0])


def shown(page: tuple[int, ...]) -> str:
    cached, number, place, passed = page
    return f"{'inode' if cached else 'pid'} {number} {place:#x}{' *' if passed else ''}"


@check(3, _("Every page present, in order: spaces by pid and address, then caches"),
       read="exercise-4",
       why=_("A page that the hand never meets stays for ever. One that it meets twice a round has "
             "no second chance."))
def test_order(files: Swap, rng: random.Random) -> None:
    equal(files.machine.error("candidate_next 0 0 0"), "ENOENT", _("error when there is no page"))
    actors = [files.actor() for _unused in range(3)]
    files.map(actors[0], FAR, 600)
    files.map(actors[2], PLACE, 2)
    files.map(actors[2], FAR, 2000)
    touched = {actors[0]: [FAR + n * PAGE_SIZE for n in rng.sample(range(600), 5)],
               actors[2]: [PLACE + PAGE_SIZE] + [FAR + n * PAGE_SIZE
                                                 for n in rng.sample(range(2000), 6)]}
    for actor, pages in touched.items():
        files.write(actor, *((page, 1) for page in rng.sample(pages, len(pages))))
    data = int(files.machine.call("inode_find data")[0])
    memory, last = (shared_memory(files.machine, 40 * PAGE_SIZE) for _unused in range(2))
    cached = {data: [0, 3], memory: [1, 7, 39], last: [2]}
    for inode, indexes in cached.items():
        files.do(*(f"inode_page {inode:#x} {index}" for index in indexes))
    expected = [(0, actor.pid, page) for actor in actors for page in files.present(actor.space)]
    equal(len(expected), 12, _("pages that were touched"))
    expected += [(1, files.number_of(inode), index * PAGE_SIZE)
                 for inode, indexes in cached.items() for index in indexes]
    rows = [(*page, 0) for page in expected] + [(*expected[0], 1)]
    equal([shown(page) for page in walk(files, (0, 0, 0), len(rows))], list(map(shown, rows)),
          _("the pages from the start on, and again the first one"))
    # From a page that is not there any more, its owner not being there, either.
    for actor, number in ((actors[0], 4), (actors[2], 11)):
        files.kill(actor.pid)
        equal(shown(walk(files, expected[number], 1)[0]), shown((*expected[number + 1], 0)),
              _("the page after one of a process that has ended"))
    for inode, number, after in ((memory, 16, (*expected[17], 0)), (last, 17, (*expected[12], 1))):
        files.do(f"inode_close {inode:#x}")
        equal(shown(walk(files, expected[number], 1)[0]), shown(after),
              _("the page after one of a cache that is gone"))


@check(2, _("Whether it was used: the processor's bit is read, taken away, and set again"),
       read="exercise-4",
       why=_("The processor sets the bit when it looks the page up in the tables. As long as it "
             "remembers the translation, it does not look: without a flush, a page that is in "
             "constant use seems to be idle."))
def test_accessed(swap: Swap) -> None:
    actor = swap.actor(4)
    swap.write(actor, (PLACE, 1), (PLACE + PAGE_SIZE, 2))
    other = [swap.fork(actor) for _unused in range(2)][0]
    for page in (PLACE, PLACE + PAGE_SIZE):
        entry = swap.entry(actor.space, page)
        references = swap.references(swap.frame_of(actor.space, page))
        equal([look(swap, actor, page) for _unused in range(3)][1:], [OLD, OLD],
              _("what is seen of a page that was looked at before"))
        swap.read(actor, page)
        equal(look(swap, actor, page), ACCESSED, _("what is seen of a page that was read"))
        after = swap.entry(actor.space, page)
        true(entry and after and (entry.value ^ after.value) & ~0x60 == 0,
             _("the rest of its entry is as before: {entry}").format(entry=entry), after)
        equal(swap.references(swap.frame_of(actor.space, page)), references,
              _("references of its frame"))
    equal(look(swap, other, PLACE), OLD, _("what is seen of the other space's page"))
    # Who shares a frame has used it, or not, for himself alone.
    swap.read(other, PLACE)
    equal(look(swap, actor, PLACE), OLD,
          _("what is seen of a page when only the other one was used"))
    swap.read(actor, PLACE)
    equal([look(swap, one, PLACE) for one in (actor, other, other)], [ACCESSED, ACCESSED, OLD],
          _("what is seen of both, one after the other, and of the second again"))
    with lock_taken(swap.machine, actor.space, "candidate_look"):
        look(swap, actor, PLACE)
    # In the space that is in use, so that nothing else makes the processor forget.
    swap.do(f"mspace_switch {actor.space:#x}")
    for turn in range(3):
        commands = [f"page_touch {PLACE:#x}"] * 2 + [f"candidate_look 0 {actor.pid} {PLACE:#x}"] * 2
        answers = swap.do(*commands)
        equal([answer.value for answer in answers[2:]], [ACCESSED, OLD],
              _("what is seen of a page in the space in use, twice after it was read"))
    swap.do("mspace_switch 0")


@check(2, _("What goes where: to a slot, back to the cache, nowhere"), read="exercise-4",
       why=_("A frame of the cache has its content in the cache: to write it to the disk for each "
             "space that shows it is work for nothing. And what several write to without a cache "
             "between them would come back as several."))
def test_page_way(files: Swap) -> None:
    data = int(files.machine.call("inode_find data")[0])
    memory = shared_memory(files.machine, 4 * PAGE_SIZE)
    actor = files.actor(1)
    files.map(actor, FAR, 4, SHARED_FILE, memory)
    files.map(actor, FAR + 0x10000, 4, PRIVATE_FILE, data)
    files.map(actor, FAR + 0x20000, 2, FILE | RW | SHARED, memory, limit=PAGE_SIZE + 100)
    files.map(actor, FAR + 0x30000, 1, PRIVATE_FILE, memory, limit=100)
    cut, own_cut = FAR + 0x20000 + PAGE_SIZE, FAR + 0x30000
    files.write(actor, (PLACE, 1), (FAR, 2), (FAR + 0x10000, 3), (cut, 4), (own_cut, 5))
    files.read(actor, FAR + 0x11000)

    def equal_way(space: int, page: int, frame: int, expected: int) -> None:
        equal(files.machine.call(f"page_way {space:#x} {page:#x} {frame:#x}"), [expected],
              f"`page_way` {page:#x}")

    for page, expected in ((PLACE, OF_ITS_OWN), (FAR, IN_CACHE), (FAR + 0x10000, OF_ITS_OWN),
                           (FAR + 0x11000, IN_CACHE), (cut, STAYS), (own_cut, OF_ITS_OWN)):
        equal_way(actor.space, page, files.frame_of(actor.space, page), expected)
    kernel = files.kernel_space()
    for inode, flags, frame, expected in (
            (0, FLAGS_ANON, 0x200000, STAYS), (memory, SHARED_FILE, 0x200000, STAYS),
            (memory, SHARED_FILE, files.cached(memory)[0], IN_CACHE)):
        page = int(files.machine.call(f"mspace_map {kernel:#x} 0 {PAGE_SIZE:#x} {inode:#x} 0 0 "
                                      f"{flags:#x}")[0])
        equal_way(kernel, page, frame, expected)


@check(2, _("What others need stays: shown by a page, changed, or a chunk's red zone"),
       read="exercise-4",
       why=_("A cache's frame that some page shows cannot be taken away from under it. And what is "
             "not as in the file cannot come back from there."))
def test_pinned_pages(files: Swap, rng: random.Random) -> None:
    data = int(files.machine.call("inode_find data")[0])
    actor = files.actor()
    files.map(actor, FAR, 4, SHARED_FILE, data)
    for index in range(FILE_PAGES):
        files.do(f"inode_page {data:#x} {index}")
    files.read(actor, FAR)
    files.write(actor, (FAR + PAGE_SIZE, 0x1234))
    last = files.cached(data)[3]
    files.ram.write(last + PAGE_SIZE - 1, b"x")  # after the end of the file
    equal([look_cached(files, data, index * PAGE_SIZE) for index in range(FILE_PAGES)],
          [PINNED, PINNED, OLD, PINNED],
          _("what is seen of pages of a cache: shown, shown and changed, neither, changed at its "
            "end"))
    files.do(f"mspace_unmap {actor.space:#x} {FAR:#x} {4 * PAGE_SIZE:#x}")
    equal([look_cached(files, data, index * PAGE_SIZE) for index in range(2)], [OLD, PINNED],
          _("what is seen of the first two when no page shows them any more"))
    end = PAGE_SIZE - CUT
    files.ram.write(last + PAGE_SIZE - 1, b"\0")
    for index, within in ((2, 0), (2, rng.randrange(PAGE_SIZE)), (2, PAGE_SIZE - 1), (3, end - 1),
                          (3, end), (3, rng.randrange(end, PAGE_SIZE))):
        place = files.cached(data)[index] + within
        byte = files.ram.read(place, 1)
        for content, seen in ((bytes([byte[0] ^ 1]), PINNED), (byte, OLD)):
            files.ram.write(place, content)
            equal(look_cached(files, data, index * PAGE_SIZE), seen,
                  _("what is seen of a file's page of which byte {place} was changed, and changed "
                    "back").format(place=index * PAGE_SIZE + within))
    memory = shared_memory(files.machine, PAGE_SIZE)
    files.do(f"inode_page {memory:#x} 0")
    files.ram.write(files.cached(memory)[0], b"changed")
    equal(look_cached(files, memory, 0), OLD, _("what is seen of shared memory"))


@check(1, _("The red zone of a chunk stays; the rest of the chunk can go"), read="exercise-4",
       why=_("Requests look at it from outside, when its owner is not there to bring it back."))
def test_red_zone(swap: Swap) -> None:
    actor = swap.actor()
    sizes = [2 * PAGE_SIZE - 10, PAGE_SIZE]  # with their red zones, three pages and two
    chunks = [int(swap.machine.call(f"chunk_alloc {actor.pid} {actor.space:#x} {size}")[0])
              for size in sizes]
    swap.write(actor, *((chunk, 1) for chunk in chunks))
    pages = [chunks[0] + i * PAGE_SIZE for i in range(3)] + [chunks[1], chunks[1] + PAGE_SIZE]
    equal([hexa(page) for page in swap.present(actor.space)],
          [hexa(page) for page in sorted(pages)], _("pages of the two chunks"))
    for page in pages:
        look(swap, actor, page)
    equal([look(swap, actor, page) for page in pages], [OLD, PINNED, PINNED, OLD, PINNED],
          _("what is seen of three pages of the first, and two of the second"))
    other = swap.actor()
    swap.map(other, pages[0], 3)
    swap.write(other, (pages[2], 1))
    equal([look(swap, other, pages[2]) for _unused in range(2)][1], OLD,
          _("what is seen of another process's page at the same address"))
