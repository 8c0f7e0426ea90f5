"""Exercise 4: the pages of the machine, as the clock meets them."""

import random

import pytest

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspaces import CAN_WRITE, COPY_ON_WRITE, FILE, READ, RW, SHARED
from miroir.pagetables import PAGE_SIZE
from miroir.swap import ACCESSED, IN_CACHE, OF_ITS_OWN, OLD, PINNED, PLACE, STAYS, Actor, Swap

FILE_PAGES = 4
SHARED_FILE = FILE | RW | SHARED
PRIVATE_FILE = FILE | READ | READ << 4 | CAN_WRITE | COPY_ON_WRITE
FAR = PLACE + 0x0800_0000


@pytest.fixture
def files(boot, rng: random.Random) -> Swap:
    """The same with a file, `data`, of four pages, the last of them not full."""
    data = rng.randbytes(FILE_PAGES * PAGE_SIZE - 100)
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
    memory = shared_memory(files.machine, 40 * PAGE_SIZE)
    cached = {data: [0, 3], memory: [1, 7, 39]}
    for inode, indexes in cached.items():
        files.do(*(f"inode_page {inode:#x} {index}" for index in indexes))
    expected = [(0, actor.pid, page) for actor in actors for page in files.present(actor.space)]
    equal(len(expected), 12, _("pages that were touched"))
    expected += [(1, files.number_of(inode), index * PAGE_SIZE)
                 for inode, indexes in cached.items() for index in indexes]
    rows = [(*page, 0) for page in expected] + [(*expected[0], 1)]
    equal([shown(page) for page in walk(files, (0, 0, 0), len(rows))], list(map(shown, rows)),
          _("the pages from the start on, and again the first one"))
    # From a page that is not there any more, and from an owner that is not.
    files.kill(actors[2].pid)
    left = [page for page in expected if page[1] != actors[2].pid or page[0]]
    gone = (0, actors[2].pid, PLACE + PAGE_SIZE)
    equal(shown(walk(files, gone, 1)[0]), shown((*left[5], 0)),
          _("the page after one of a process that has ended"))
    files.do(f"inode_close {memory:#x}", f"inode_close {data:#x}")
    equal(shown(walk(files, left[-1], 1)[0]), shown((*left[0], 1)),
          _("the page after one of a cache that is gone"))


@check(2, _("Whether it was used: the processor's bit is read, taken away, and set again"),
       read="exercise-4",
       why=_("The processor sets the bit when it looks the page up in the tables. As long as it "
             "remembers the translation, it does not look: without a flush, a page that is in "
             "constant use seems to be idle."))
def test_accessed(swap: Swap) -> None:
    actor = swap.actor(4)
    swap.write(actor, (PLACE, 1), (PLACE + PAGE_SIZE, 2))
    other = swap.fork(actor)
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
    cut = FAR + 0x20000 + PAGE_SIZE
    files.write(actor, (PLACE, 1), (FAR, 2), (FAR + 0x10000, 3), (cut, 4))
    files.read(actor, FAR + 0x11000)
    for page, expected in ((PLACE, OF_ITS_OWN), (FAR, IN_CACHE), (FAR + 0x10000, OF_ITS_OWN),
                           (FAR + 0x11000, IN_CACHE), (cut, STAYS)):
        frame = files.frame_of(actor.space, page)
        equal(files.machine.call(f"page_way {actor.space:#x} {page:#x} {frame:#x}"), [expected],
              f"`page_way` {page:#x}")
    stack = int(files.machine.call(f"mspace_map {files.kernel_space():#x} 0 0x1000 0 0 0 0x566")[0])
    equal(files.machine.call(f"page_way {files.kernel_space():#x} {stack:#x} 0x200000"), [STAYS],
          _("what becomes of a page of the kernel's own space"))


@check(2, _("What others need stays: shown by a page, changed, or a chunk's red zone"),
       read="exercise-4",
       why=_("A cache's frame that some page shows cannot be taken away from under it. And what is "
             "not as in the file cannot come back from there."))
def test_pinned_pages(files: Swap) -> None:
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
    memory = shared_memory(files.machine, PAGE_SIZE)
    files.do(f"inode_page {memory:#x} 0")
    files.ram.write(files.cached(memory)[0], b"changed")
    equal(look_cached(files, memory, 0), OLD, _("what is seen of shared memory"))


@check(1, _("The red zone of a chunk stays; the rest of the chunk can go"), read="exercise-4",
       why=_("Requests look at it from outside, when its owner is not there to bring it back."))
def test_red_zone(swap: Swap) -> None:
    actor = swap.actor()
    size = 2 * PAGE_SIZE - 10
    chunk = int(swap.machine.call(f"chunk_alloc {actor.pid} {actor.space:#x} {size}")[0])
    swap.write(actor, (chunk, 1))
    pages = [chunk + i * PAGE_SIZE for i in range(3)]
    equal([hexa(page) for page in swap.present(actor.space)], [hexa(page) for page in pages],
          _("pages of the chunk"))
    for page in pages:
        look(swap, actor, page)
    equal([look(swap, actor, page) for page in pages], [OLD, PINNED, PINNED],
          _("what is seen of its three pages"))
    other = swap.actor()
    swap.map(other, pages[0], 3)
    swap.write(other, (pages[2], 1))
    equal([look(swap, other, pages[2]) for _unused in range(2)][1], OLD,
          _("what is seen of another process's page at the same address"))
