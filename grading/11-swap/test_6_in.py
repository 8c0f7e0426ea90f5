"""Exercise 6: pages that come back."""

import random

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.mspaces import FILE, PAGE_COW, PRIVATE_FILE, RW, SHARED
from miroir.pagetables import PAGE_SIZE
from miroir.requests import FAULT, Trace
from miroir.swap import BLOCK_READ, LOW, PLACE, Actor, Slot, Swap, Watched

NORMAL = 0x1000000  # where the zone begins
ENOMEM, EIO = -12, -5


def numbers(count: int) -> list[int]:
    return [PLACE + n * PAGE_SIZE for n in range(count)]


def written(swap: Swap, count: int, rng: random.Random) -> tuple[Actor, dict[int, int]]:
    """Returns an actor with so many pages, and a word in each."""
    actor = swap.actor(count)
    words = {page: rng.getrandbits(32) for page in numbers(count)}
    swap.write(actor, *words.items())
    return actor, words


@check(3, _("Touched, a page comes back from the disk, by requests; then it can go for nothing"),
       read="exercise-6",
       why=_("A fault, a transfer, the fault again: the handler of the first cannot wait for the "
             "second. And what has not been changed since is still on the disk."))
def test_back(boot, rng: random.Random) -> None:
    swap = Swap(boot(ram=20, disk=4))
    actor, words = written(swap, 3, rng)
    swap.out(actor, *words)
    slots = swap.absent_of(actor.space)
    trace = Trace(swap.machine)
    page = rng.choice(list(words))
    swap.do("transfers_watch")
    swap.equal_word(actor, page, words[page])
    way = [(hexa(e.nature), e.sender, e.status) for e in trace.entries() if e.step == "result"]
    equal(way, [(hexa(nature), actor.pid, status) for nature, status in
                ((FAULT, -11), (BLOCK_READ, 0), (FAULT, 0))],
          _("natures of the requests, their sender, and the status of each result"))
    equal(str(swap.watched()), str(Watched(1, actor.pid, slots[page], Slot(2, False, 0))),
          _("transfers, whose the first is, and its slot, while it is read"))
    equal((swap.disk().reads, sorted(swap.absent_of(actor.space))),
          (1, sorted(set(words) - {page})), _("reads, and pages still in the table"))
    entry, slot = swap.entry(actor.space, page), slots[page]
    true(entry and entry.flags & PAGE_COW, _("the page has PAGE_COW"), entry)
    assert entry
    equal(swap.references(entry.frame), [1], _("references of the frame"))
    true(entry.frame >= NORMAL, _("a frame from 16 MiB on"), hexa(entry.frame))
    equal(str(swap.slot(slot)), str(Slot(0, False, entry.frame)), _("the slot"))
    for _unused in range(2):
        swap.out(actor, page)
        equal((swap.disk().writes, swap.absent_of(actor.space).get(page)), (3, slot),
              _("writes, and its slot, when it has gone again without having been written to"))
        swap.equal_word(actor, page, words[page])


@check(2, _("Written to after it came back, it is written again when it goes"), read="exercise-6",
       why=_("The slot has the old bytes. Whoever takes it for up to date loses what was written "
             "since: sometimes, and long after."))
def test_dirty(swap: Swap, rng: random.Random) -> None:
    actor, words = written(swap, 2, rng)
    for turn in range(1, 4):
        for page in words:
            swap.out(actor, page)
            if turn == 2:
                swap.equal_word(actor, page, words[page])  # a read first, then the write
            words[page] = rng.getrandbits(32)
            swap.write(actor, (page, words[page]))
        equal(swap.disk().writes, 2 * turn, _("writes"))
    other = swap.fork(actor)  # which makes the pages shared, as if they had just come
    for page in words:
        swap.out(actor, page)
        swap.out(other, page)
    equal(swap.disk().writes, 8, _("writes"))
    for page, word in words.items():
        swap.equal_word(actor, page, word)
        swap.equal_word(other, page, word)
    free = swap.free_slots()
    swap.write(actor, *((page, 1) for page in words))
    for page, word in words.items():
        swap.equal_word(other, page, word)
    equal(free, swap.slot_rows(1023).count(Slot(0, False, 0)) + sum(
        1 for row in swap.slot_rows(1023) if not row.references and row.frame), _("free slots"))


@check(2, _("Who shared a frame shares it again: one read for all, also at the same time"),
       read="exercise-6",
       why=_("Otherwise memory that was shared comes back as copies, just when memory is scarce."))
def test_sharers(swap: Swap, rng: random.Random) -> None:
    first, words = written(swap, 2, rng)
    actors = [first, swap.fork(first), swap.fork(first)]
    for _unused in range(2):  # the others have it: nothing to read, and once back, nothing to write
        swap.out(first, *words)
        swap.equal_word(first, PLACE, words[PLACE])
        equal((swap.disk().writes, swap.disk().reads), (2, 0), _("writes and reads"))
        swap.read(first, PLACE + PAGE_SIZE)
    for actor in actors:
        swap.out(actor, *words)
    for actor in actors:
        swap.equal_word(actor, PLACE, words[PLACE])
    frames = {swap.frame_of(actor.space, PLACE) for actor in actors}
    equal((len(frames), swap.disk().reads), (1, 1), _("different frames, and reads"))
    equal(swap.references(*frames), [3], _("references of the frame"))
    page = PLACE + PAGE_SIZE
    free = swap.free()
    swap.do(f"act_together {page:#x} " + " ".join(str(actor.pid) for actor in actors),
            "actors_rest 500")
    for actor in actors:
        swap.equal_word(actor, page, words[page])
    frames = {swap.frame_of(actor.space, page) for actor in actors}
    equal(len(frames), 1, _("different frames, after three faults at the same time"))
    equal((swap.references(*frames), free - swap.free()), ([3], 1),
          _("references of the frame, and frames taken"))
    swap.write(actors[1], (page, 5))
    swap.equal_word(actors[0], page, words[page])
    equal(swap.absent(), {}, _("the table of absent pages"))
    # What one of them writes to, as soon as it comes back, is his alone.
    for actor in actors:
        swap.out(actor, PLACE)
    swap.write(actors[0], (PLACE, words[PLACE] ^ 1))
    for actor in actors[1:]:
        swap.equal_word(actor, PLACE, words[PLACE])
    swap.equal_word(actors[0], PLACE, words[PLACE] ^ 1)
    # Whatever others do meanwhile: a slot that is wanted again is read again.
    slot = int(swap.machine.call("slot_take")[0])
    equal(swap.machine.call(f"swap_fault {first.space:#x} {page:#x} 4 3 {slot}"), [0, 4],
          _("result of a fault that wants a slot three times, and tries"))


@check(2, _("A page that is still being written comes back at once, and may be changed"),
       read="exercise-6",
       why=_("The disk takes its time, and the process does not wait for it. What is written "
             "meanwhile must not reach the disk, nor be lost."))
def test_while_written(swap: Swap, rng: random.Random) -> None:
    actor, words = written(swap, 2, rng)
    swap.do(f"act_later {actor.pid} {PLACE:#x} 0x1234", f"swap_out 0 {actor.pid} {PLACE:#x}",
            "actors_rest 500")
    equal((swap.disk().writes, swap.disk().reads), (1, 0), _("writes and reads"))
    swap.equal_word(actor, PLACE, 0x1234)
    equal((swap.absent(), swap.free_slots()), ({}, 1023), _("the table, and free slots"))
    swap.out(actor, PLACE)
    swap.equal_word(actor, PLACE, 0x1234)
    # The same with a page of a cache: its frame goes back, and the slot must let go of it.
    memory, shared = int(swap.machine.call(f"inode_create {PAGE_SIZE:#x}")[0]), PLACE + 0x10000
    swap.map(actor, shared, 1, FILE | RW | SHARED, memory)
    swap.write(actor, (shared, 5))
    frame = swap.frame_of(actor.space, shared)
    swap.out(actor, shared)
    swap.do(f"act_later {actor.pid} {shared:#x} 0x5678", f"swap_out 1 {swap.number_of(memory)} 0",
            "actors_rest 500")
    equal((swap.cached(memory), swap.references(frame)), ([frame], [2]),
          _("the cache, and references of the frame, when it has come back meanwhile"))
    swap.equal_word(actor, shared, 0x5678)
    equal((swap.absent(), swap.free_slots()), ({}, 1023), _("the table, and free slots"))
    # It could not be written: its frame is all there is.
    swap.out(actor, shared)
    swap.do("disk_fail 0 1 0 1")
    equal(swap.machine.error(f"swap_out 1 {swap.number_of(memory)} 0"), "EIO", _("error"))
    equal((swap.cached(memory), swap.references(frame)), ([0], [1]),
          _("the cache of the shared memory, and references of what was its frame"))
    swap.equal_word(actor, shared, 0x5678)
    equal((swap.cached(memory), swap.references(frame)), ([frame], [2]),
          _("the same when it is back"))


@check(1, _("Room is made before a write: who shares the frame is looked at after that"),
       read="exercise-6",
       why=_("To make room is to wait, and meanwhile the other one's page may go: to a slot that "
             "remembers this frame. Whoever looked before that writes into both memories."))
def test_room_for_a_write(swap: Swap, rng: random.Random) -> None:
    first, word = swap.actor(41), rng.getrandbits(32)
    swap.write(first, (PLACE, word))
    second = swap.fork(first)
    # All pages have been used; those of the first come first, and are more than enough.
    swap.read(second, PLACE)
    swap.write(first, *((page, page) for page in numbers(41)[1:]))
    swap.do(f"frames_hoard {rng.randrange(LOW - 5, LOW)}")
    swap.write(second, (PLACE, word ^ 1))
    true(PLACE in swap.absent_of(first.space),
         _("the first one's page has gone to make room for the second one's write"))
    swap.do("frames_release")
    swap.equal_word(first, PLACE, word)
    swap.equal_word(second, PLACE, word ^ 1)


@check(2, _("Shared memory comes back for all: to whoever touches it, and to whoever reads it"),
       read="exercise-6",
       why=_("The inode has one page. Two that come back would be two memories with one name."))
def test_shared_memory(swap: Swap, rng: random.Random) -> None:
    memory = int(swap.machine.call(f"inode_create {3 * PAGE_SIZE:#x}")[0])
    actors = [swap.actor(), swap.actor()]
    for actor in actors:
        swap.map(actor, PLACE, 3, FILE | RW | SHARED, memory)
    word = rng.getrandbits(32)
    for turn in range(3):
        swap.write(actors[turn % 2], (PLACE + 8, word + turn & 0xFFFFFFFF))
        for actor in actors:
            swap.run([f"swap_out 0 {actor.pid} {PLACE:#x}"])
        swap.out_of_cache(memory, 0)
        if turn == 2:
            swap.do(f"swap_bring {memory:#x} {PAGE_SIZE - 1} 1")
            true(swap.cached(memory)[0], _("the page is in the cache again"))
        for actor in actors[::-1]:
            swap.equal_word(actor, PLACE + 8, word + turn & 0xFFFFFFFF)
        equal(swap.references(swap.cached(memory)[0]), [3], _("references of its frame"))
    equal((swap.disk().writes, swap.disk().reads), (3, 3), _("writes and reads"))
    equal((swap.absent(), swap.free_slots()), ({}, 1023), _("the table, and free slots"))
    swap.do(f"swap_bring {memory:#x} 0 {3 * PAGE_SIZE}")
    equal(swap.cached(memory)[1:], [0, 0], _("pages that never were"))
    for page in numbers(3):
        swap.write(actors[0], (page, 1))
        swap.run([f"swap_out 0 {actor.pid} {page:#x}" for actor in actors])
    swap.out_of_cache(memory, 0, PAGE_SIZE, 2 * PAGE_SIZE)
    swap.do(f"swap_bring {memory:#x} 8 0")
    equal(swap.cached(memory), [0, 0, 0],
          _("pages of the cache when none of their bytes is wanted"))
    wanted = f"swap_bring {memory:#x} {PAGE_SIZE} {PAGE_SIZE}"
    swap.do("frames_hoard 0")
    equal(swap.machine.error(wanted), "ENOMEM", _("error without a frame"))
    swap.do("frames_release", wanted)
    equal([bool(frame) for frame in swap.cached(memory)], [False, True, False],
          _("which pages are in the cache when those of the second are wanted"))
    # Who shows it as his own sees it, too.
    private = PLACE + 0x20000
    swap.map(actors[1], private, 3, PRIVATE_FILE, memory)
    swap.equal_word(actors[1], private + 8, word + 2 & 0xFFFFFFFF)
    swap.write(actors[1], (private + 2 * PAGE_SIZE + 4, 2))
    swap.equal_word(actors[1], private + 2 * PAGE_SIZE, 1)
    # What an area shows need not begin where the inode does.
    swap.map(actors[0], PLACE + 0x10000, 2, FILE | RW | SHARED, memory, offset=PAGE_SIZE)
    swap.write(actors[0], (PLACE + 0x11000, word))
    swap.out(actors[0], PLACE + 0x11000)
    swap.out_of_cache(memory, 2 * PAGE_SIZE)
    swap.equal_word(actors[0], PLACE + 0x11000, word)


@check(2, _("Unmapped, closed, forgotten: nothing stays on the disk"), read="exercise-6",
       why=_("Who maps memory at the same place would find there what somebody has left."))
def test_unmapped(swap: Swap, rng: random.Random) -> None:
    actor, words = written(swap, 6, rng)
    other = swap.fork(actor)
    swap.out(actor, *words)
    swap.do(f"mspace_unmap {actor.space:#x} {PLACE + PAGE_SIZE:#x} {3 * PAGE_SIZE:#x}")
    equal([hexa(page) for page in sorted(swap.absent_of(actor.space))],
          [hexa(page) for page in numbers(6)[:1] + numbers(6)[4:]], _("pages in the table"))
    equal(swap.free_slots(), 1023 - 3, _("free slots"))
    swap.map(actor, PLACE + PAGE_SIZE, 3)
    swap.equal_word(actor, PLACE + PAGE_SIZE, 0)
    swap.equal_word(actor, PLACE, words[PLACE])
    swap.equal_word(other, PLACE + PAGE_SIZE, words[PLACE + PAGE_SIZE])
    memory = int(swap.machine.call(f"inode_create {PAGE_SIZE + 100:#x}")[0])
    swap.do(f"inode_page {memory:#x} 0", f"inode_page {memory:#x} 1")
    swap.out_of_cache(memory, 0, PAGE_SIZE)
    swap.do(f"inode_close {memory:#x}")
    swap.end(actor, other)
    equal((swap.absent(), swap.free_slots()), ({}, 1023), _("the table, and free slots"))


@check(2, _("A child has what its parent has, on the disk too; all of it, or none"),
       read="exercise-6",
       why=_("mspace_clone() copies what is present. What is not is just as much part of the "
             "process."))
def test_clone(swap: Swap, rng: random.Random) -> None:
    actor, words = written(swap, 12, rng)
    swap.out(actor, *list(words)[:9])
    child = swap.fork(actor)
    equal(swap.absent_of(child.space), swap.absent_of(actor.space),
          _("the child's pages in the table, and their slots"))
    equal([swap.slot(slot).references for slot in swap.absent_of(actor.space).values()], [2] * 9,
          _("references of the slots"))
    swap.write(child, (PLACE, 1))
    swap.end(child)
    rows = swap.slot_rows(1023)
    full = rng.choice(list(swap.absent_of(actor.space).values()))
    swap.do(f"slot_ref {full} 32766")
    equal(swap.machine.error(f"actor_fork {actor.pid}"), "ERANGE",
          _("error of a clone for whose pages a slot has no room"))
    equal(list(swap.absent()), [actor.space], _("owners in the table"))
    rows[full - 1] = Slot(0x7FFF, False, rows[full - 1].frame)
    equal(swap.slot_rows(1023), rows, _("the slots, as before"))
    for page, word in words.items():
        swap.equal_word(actor, page, word)
    equal(swap.slot(full).references, 0x7FFE, _("references of that slot when its page is back"))


@check(2, _("It cannot be read: the one who touched it is told, and nothing is lost"),
       read="exercise-6",
       why=_("The next try may succeed. And who does not touch the page need not know. Where "
             "nobody can wait, as in the kernel's own space, it cannot even be tried."))
def test_read_error(swap: Swap, rng: random.Random) -> None:
    actor, words = written(swap, 2, rng)
    other = swap.fork(actor)
    swap.out(actor, *words)
    swap.out(other, *words)
    table, slots, free = swap.absent(), swap.slot_rows(4), swap.free()
    swap.do("disk_fail 0 1 1 0")
    equal(swap.machine.call(f"act {actor.pid} {PLACE:#x}")[0], 1,
          _("`{command}` is ended by a fault (1) or not (0)").format(
              command=f"act {actor.pid} {PLACE:#x}"))
    equal((swap.absent(), [row.references for row in swap.slot_rows(4)], swap.free()),
          (table, [row.references for row in slots], free),
          _("the table, references of slots, and free frames: as before"))
    for page, word in words.items():
        swap.equal_word(other, page, word)
        swap.equal_word(actor, page, word)
    # Without a frame for the page table, what is in memory cannot be shown, and stays absent.
    swap.out(actor, *words)
    swap.do("frames_hoard 0")
    for _unused in range(2):
        equal(swap.machine.error(f"mspace_fault {actor.space:#x} {PLACE:#x} 4"), "ENOMEM",
              _("error without a frame for the page table"))
    swap.do("frames_release")
    for page, word in words.items():
        swap.equal_word(actor, page, word)
    # In the space of somebody else nobody waits, and no room is made.
    reader = swap.actor(40)
    swap.write(reader, *((page, 1) for page in numbers(40)))
    for one in (actor, other):
        swap.out(one, *words)
    swap.do(f"frames_hoard {LOW - 2}")
    equal((swap.machine.call(f"act_fault {reader.pid} {actor.space:#x} {PLACE:#x} 4"), swap.free()),
          ([EIO], LOW - 2), _("result of a fault in another one's space, and free frames"))
    swap.do("frames_release")
    for page, word in words.items():
        swap.equal_word(actor, page, word)
    equal(swap.machine.call(f"swap_fault {swap.kernel_space():#x} {PLACE:#x} 6 1"), [ENOMEM, 1],
          _("result of a fault in the kernel's own space that fails once, and tries"))
    # In the kernel's own space nobody waits, and the fault must not come again and again.
    memory = int(swap.machine.call(f"inode_create {PAGE_SIZE:#x}")[0])
    place = int(swap.machine.call(f"mspace_map {swap.kernel_space():#x} 0 {PAGE_SIZE:#x} "
                                  f"{memory:#x} 0 0 {FILE | RW | SHARED:#x}")[0])
    swap.do(f"inode_page {memory:#x} 0")
    swap.out_of_cache(memory, 0)
    equal(swap.machine.call(f"touch 0 {place:#x}")[0], 1,
          _("a touch of the kernel's own space, of a page on the disk, is ended (1) or not (0)"))
    swap.do(f"swap_bring {memory:#x} 0 1")
    equal(swap.machine.call(f"touch 0 {place:#x}"), [0, 0],
          _("whether it is ended, and the word, when the page is in the cache"))


@check(2, _("Ended while it waits for the disk: frame, slot and turn are given back"),
       read="exercise-6",
       why=_("Its kernel stack knows what it had; but nobody will ever go on there."))
def test_ended(swap: Swap, rng: random.Random) -> None:
    swap.end(swap.actor(3))  # from now on the kernel has what it needs for actors
    free = swap.trimmed()
    actor, words = written(swap, 3, rng)
    other = swap.fork(actor)
    for one in (actor, other):
        swap.out(one, *words)
    slot = swap.absent_of(other.space)[PLACE]
    # Another one has begun to wait, too, and goes on waiting.
    swap.do(f"act_together {PLACE:#x} {actor.pid} {other.pid}", f"process_kill {actor.pid}",
            f"process_reap {actor.pid}")
    equal((len(swap.transfers()), swap.slot(slot).references), (1, 2),
          _("transfers that somebody waits for, and references of the slot, when one of two was "
            "ended"))
    swap.do("actors_rest 500")
    for page, word in words.items():
        swap.equal_word(other, page, word)
    equal([row.references for row in swap.slot_rows(4)], [0, 0, 0, 0], _("references of slots"))
    equal(swap.transfers(), [], _("transfers that somebody waits for"))
    swap.end(other)
    equal(swap.free_slots(), 1023, _("free slots"))
    equal(swap.trimmed(), free, _("free frames, as before"))
