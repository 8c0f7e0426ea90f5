"""Exercise 5: pages that go."""

import random

import pytest

from miroir.check import check, equal, equal_bytes, hexa, true
from miroir.i18n import _
from miroir.mspace_memory import lock_taken
from miroir.mspaces import FILE, PRIVATE_FILE, RW, SHARED
from miroir.pagetables import PAGE_SIZE
from miroir.requests import Entry, Trace
from miroir.swap import (BLOCK_READ, BLOCK_WRITE, DISK, FLAGS_ANON, PLACE, Actor, Slot, Swap,
                         Watched)

ECHO_HANDLER = 0xFF  # the device in whose handler a transfer is asked for


def on_disk(trace: Trace) -> list[Entry]:
    """Returns what requests to the disk have left in the trace."""
    return [entry for entry in trace.entries() if entry.device == DISK]


def filled(swap: Swap, actor: Actor, page: int, rng: random.Random) -> bytes:
    """Fills a page of ACTOR, from outside; returns with what."""
    swap.write(actor, (page, 1))
    data = rng.randbytes(PAGE_SIZE)
    swap.ram.write(swap.frame_of(actor.space, page), data)
    return data


@pytest.fixture
def data(rng: random.Random) -> bytes:
    return rng.randbytes(3 * PAGE_SIZE)


@pytest.fixture
def file(boot, data: bytes) -> Swap:
    """The same with a file, `data`, of three pages."""
    return Swap(boot(ram=8, disk=4, modules=[(data, "data")]))


@check(2, _("A block is written and read by requests to the disk, or as part of one"),
       read="exercise-5",
       why=_("Every action goes through the manager. Only a handler cannot submit: what it needs "
             "is part of the request that it carries out."))
def test_transfer(swap: Swap, rng: random.Random) -> None:
    one, two = swap.frames(2)
    content = rng.randbytes(PAGE_SIZE)
    swap.ram.write(one, content)
    swap.ram.write(two, bytes(PAGE_SIZE))
    slot = rng.randrange(1, 1000)
    trace = Trace(swap.machine)
    swap.do(f"swap_transfer {slot} {one:#x} 1", f"swap_transfer {slot} {two:#x} 0")
    equal_bytes(swap.block(slot), content, _("what is on the disk"))
    equal_bytes(swap.ram.read(two, PAGE_SIZE), content, _("what was read"))
    entries = [(e.step, hexa(e.nature), e.reason, e.sender, e.need, e.argument)
               for e in on_disk(trace)]
    steps = ("submit", "handler", "result", "fetch")
    equal(entries, [(step, hexa(nature), reason, 0, 1, slot) for nature, reason in
                    ((BLOCK_WRITE, 5), (BLOCK_READ, 2)) for step in steps],
          _("steps of both, with nature, reason, sender, need and block"))
    swap.do(f"swap_transfer_in_handler {slot + 1} {one:#x} 1")
    equal_bytes(swap.block(slot + 1), content, _("what a handler has written"))
    equal(swap.machine.error(f"swap_transfer 100000 {one:#x} 1"), "ERANGE",
          _("error for a block that is not there"))
    swap.do("disk_fail 1 1 1 0", f"swap_transfer {slot} {two:#x} 0")
    equal(swap.machine.error(f"swap_transfer {slot} {two:#x} 0"), "EIO",
          _("error for a block that cannot be read"))
    swap.do("disk_fail 0 1 0 1")
    equal(swap.machine.error(f"swap_transfer_in_handler {slot} {one:#x} 1"), "EIO",
          _("error for a block that a handler cannot write"))
    swap.do("device_remove 0x40")
    equal(swap.machine.error(f"swap_transfer {slot} {one:#x} 1"), "ENODEV",
          _("error without the device"))


@check(2, _("A page goes: its bytes are on the disk, it is in the table, its frame is free"),
       read="exercise-5",
       why=_("If one of the three is wrong, the page is lost, or nothing has been won."))
def test_private(swap: Swap, rng: random.Random) -> None:
    actor = swap.actor(8)
    pages = [PLACE + n * PAGE_SIZE for n in rng.sample(range(8), 4)]
    contents = {page: filled(swap, actor, page, rng) for page in pages}
    gone = pages[:3]
    swap.do(*(f"absent_add 0x1000 {n * PAGE_SIZE} 1" for n in (1, 2)),
            "absent_forget 0x1000 0 0xffffffff")  # so that there is memory for the table
    frames = [swap.frame_of(actor.space, page) for page in gone]
    before = swap.space(actor.pid).sizes
    with lock_taken(swap.machine, actor.space, "swap_out"):
        swap.out(actor, *gone)
    equal([hexa(page) for page in swap.present(actor.space)], [hexa(pages[3])],
          _("pages still present"))
    table = swap.absent()
    equal(list(table), [actor.space], _("owners in the table"))
    equal(sorted(table[actor.space]), sorted(gone), _("pages in the table"))
    slots = table[actor.space]
    equal(len(set(slots.values())), 3, _("different slots"))
    for page, slot in slots.items():
        equal_bytes(swap.block(slot), contents[page],
                    _("on the disk, page {page}").format(page=hexa(page)))
        equal((swap.slot(slot).references, swap.slot(slot).held), (1, False),
              _("references of its slot, and whether it is held"))
    equal(swap.references(*frames), [0, 0, 0], _("references of their frames"))
    after = swap.space(actor.pid).sizes
    equal([b - a for a, b in zip(after, before)], [0, 3, 0, 3],
          _("by how much `v_size`, `p_size`, `s_size` and `phys_pg_count` are less"))
    equal(swap.disk().writes, 3, _("writes"))
    equal(swap.machine.error(f"swap_out 0 {actor.pid} {gone[0]:#x}"), "ENOENT",
          _("error for a page that is gone"))
    equal(swap.machine.error(f"swap_out 0 {actor.pid} {PLACE + 8 * PAGE_SIZE:#x}"), "ENOENT",
          _("error for a page that is in no area"))
    for cached in (0, 1):
        equal(swap.machine.error(f"swap_out {cached} 77 {gone[0]:#x}"), "ENOENT",
              _("error for a process that does not exist, and for such an inode"))


@check(2, _("Three who share a frame: one write, one slot, each goes by itself"), read="exercise-5",
       why=_("After a fork everything is shared. Written once for each, it would fill the disk, "
             "and come back as so many copies."))
def test_shared_frame(swap: Swap, rng: random.Random) -> None:
    actors = [swap.actor(2)]
    content = filled(swap, actors[0], PLACE, rng)
    actors += [swap.fork(actors[0]), swap.fork(actors[0])]
    frame = swap.frame_of(actors[0].space, PLACE)
    for count, actor in enumerate(rng.sample(actors, 3), 1):
        equal(swap.references(frame), [4 - count], _("references of the frame"))
        swap.out(actor, PLACE)
        slot = swap.absent_of(actor.space).get(PLACE, 0)
        true(slot, _("the page is in the table"))
        equal(str(swap.slot(slot)), str(Slot(count, False, frame)), _("the slot"))
    equal(swap.references(frame), [0], _("references of the frame"))
    equal(len({swap.absent_of(actor.space)[PLACE] for actor in actors}), 1, _("different slots"))
    equal(swap.disk().writes, 1, _("writes"))
    equal_bytes(swap.block(slot), content, _("what is on the disk"))


@check(2, _("A cache: what shows it is taken away, a file's page dropped, shared memory written"),
       read="exercise-5",
       why=_("What is in the file comes back from the file: there is nothing to write. Shared "
             "memory has no file; its pages belong to the inode, not to any of the spaces."))
def test_cache(file: Swap, data: bytes, rng: random.Random) -> None:
    actors = [file.actor(), file.actor()]
    found = int(file.machine.call("inode_find data")[0])
    memory = int(file.machine.call(f"inode_create {3 * PAGE_SIZE:#x}")[0])
    for actor in actors:
        file.map(actor, PLACE, 3, FILE | RW | SHARED, memory)
        file.map(actor, PLACE + 0x10000, 3, FILE | RW | SHARED, found)
    file.map(actors[1], PLACE + 0x20000, 3, PRIVATE_FILE, found)
    page = PLACE + PAGE_SIZE
    content = filled(file, actors[0], page, rng)
    for actor in actors:
        file.read(actor, page)
        file.read(actor, page + 0x10000)
    file.read(actors[1], page + 0x20000)
    frame, of_file = file.cached(memory)[1], file.cached(found)[1]
    for inode in (memory, found):
        number = file.number_of(inode)
        equal(file.machine.error(f"swap_out 1 {number} {PAGE_SIZE:#x}"), "EPERM",
              _("error for a page of a cache that is shown"))
        for offset in (0, 3 * PAGE_SIZE):
            equal(file.machine.error(f"swap_out 1 {number} {offset:#x}"), "ENOENT",
                  _("error for a page that is not in the cache"))
    for actor in actors:
        file.out(actor, page, page + 0x10000)
    file.out(actors[1], page + 0x20000)
    equal((file.absent(), file.disk().writes), ({}, 0), _("the table, and writes"))
    equal(file.references(frame, of_file), [1, 1], _("references of the two frames"))
    changed = bytes([data[PAGE_SIZE + 9] ^ 1])
    for byte, error in ((changed, "EPERM"), (data[PAGE_SIZE + 9:][:1], "")):
        file.ram.write(of_file + 9, byte)
        equal(file.machine.error(f"swap_out 1 {file.number_of(found)} {PAGE_SIZE:#x}"), error,
              _("error for a file's page that was changed, and changed back"))
    equal((file.cached(found)[1], file.absent(), file.disk().writes), (0, {}, 0),
          _("a file's page in its cache, the table, and writes"))
    file.out_of_cache(memory, PAGE_SIZE)
    equal(file.cached(memory), [0, 0, 0], _("the cache of the shared memory"))
    slot = file.absent_of(memory).get(PAGE_SIZE, 0)
    true(slot, _("the page is in the table, and belongs to the inode"))
    equal_bytes(file.block(slot), content, _("what is on the disk"))
    equal(file.references(frame, of_file), [0, 0], _("references of the two frames"))


@check(2, _("What may not go, no slot, no memory: nothing has changed"), read="exercise-5",
       why=_("This is called when there is hardly anything left: it must be able to fail."))
def test_out_errors(swap: Swap) -> None:
    actor = swap.actor(4)
    inode = int(swap.machine.call(f"inode_create {PAGE_SIZE:#x}")[0])
    swap.map(actor, PLACE + 0x100000, 1, FILE | RW | SHARED, inode, limit=100)
    cut = PLACE + 0x100000
    pages = [PLACE + n * PAGE_SIZE for n in range(3)]
    swap.write(actor, (cut, 1), *((page, page) for page in pages))
    other = swap.fork(actor)
    swap.do("slots_init 5")
    swap.out(actor, pages[0], pages[2])
    taken = [int(answer.value) for answer in swap.do("slot_take", "slot_take")]

    def state(one: Actor, page: int) -> tuple:
        return (swap.present(one.space), swap.absent(), swap.slot_rows(4), swap.free(),
                swap.references(swap.frame_of(one.space, page)))

    def refused(one: Actor, page: int, error: str) -> None:
        before = state(one, page)
        equal(swap.machine.error(f"swap_out 0 {one.pid} {page:#x}"), error,
              f"`swap_out 0 {one.pid} {page:#x}`")
        equal(state(one, page), before,
              _("pages, table, slots, free frames and references, as before"))

    def refused_memory(error: str) -> None:
        before = (swap.cached(memory), swap.absent(), swap.slot_rows(4))
        equal((swap.machine.error(f"swap_out 1 {swap.number_of(memory)} 0"), swap.cached(memory),
               swap.absent(), swap.slot_rows(4)), (error, *before),
              _("error for a page of shared memory, and cache, table and slots, as before"))

    refused(actor, cut, "EPERM")
    refused(actor, pages[1], "ENOSPC")
    memory = int(swap.machine.call(f"inode_create {PAGE_SIZE:#x}")[0])
    equal(swap.machine.error(f"swap_out 1 {swap.number_of(memory)} 0"), "ENOENT",
          _("error for a page that is not in the cache"))
    swap.do(f"inode_page {memory:#x} 0")
    refused_memory("ENOSPC")
    swap.do(f"slot_drop {taken[0]}", "frames_hoard 0", "slab_exhaust 32")
    refused(actor, pages[1], "ENOMEM")
    refused(other, pages[2], "ENOMEM")  # whose frame a slot remembers
    refused_memory("ENOMEM")
    swap.do("slab_release 1", "frames_release")
    swap.out(actor, pages[1])
    equal(len(swap.absent_of(actor.space)), 3, _("pages in the table when there is memory again"))
    # Only the clock spares a red zone.
    chunk = int(swap.machine.call(f"chunk_alloc {other.pid} {other.space:#x} 8")[0])
    swap.do(f"slot_drop {taken[1]}")
    swap.out(other, pages[2], chunk)
    equal(sorted(swap.absent_of(other.space)), sorted([pages[2], chunk]), _("pages in the table"))


@check(1, _("While it is written, the slot is held and the transfer has a reference; one writes "
            "it"),
       read="exercise-5",
       why=_("Whoever wrote may be ended meanwhile, or the page be back before him. What he has "
             "then is in the list of transfers, and nowhere else."))
def test_transfers(swap: Swap) -> None:
    first = swap.actor(3)
    swap.write(first, (PLACE, 1))
    frame = swap.frame_of(first.space, PLACE)
    swap.do("transfers_watch")
    swap.out(first, PLACE)
    slot = swap.absent_of(first.space).get(PLACE, 0)
    equal(str(swap.watched()), str(Watched(1, 0, slot, Slot(2, True, frame))),
          _("transfers, whose the first is, and its slot, while it is written"))
    # The other one who shares a frame goes while it is written.
    page = PLACE + PAGE_SIZE
    swap.write(first, (page, 1))
    second = swap.fork(first)
    swap.do(f"swap_out_meanwhile 0 0 {second.pid} {page:#x}")
    swap.out(first, page)
    slots = [swap.absent_of(actor.space).get(page, 0) for actor in (first, second)]
    equal((slots[1], swap.disk().writes), (slots[0], 2),
          _("the slot of a page that goes while another one with the same frame is written; and "
            "writes"))
    equal((swap.slot(slots[0]).references, swap.slot(slots[0]).held), (2, False),
          _("references of the slot, and whether it is held"))
    # Whoever waits for the disk is ended.
    page += PAGE_SIZE
    swap.write(first, (page, 2))
    frame = swap.frame_of(first.space, page)
    swap.do(f"act_out_begin {second.pid} {first.pid} {page:#x}", f"process_kill {second.pid}",
            f"process_reap {second.pid}")
    slot = swap.absent_of(first.space).get(page, 0)
    equal(str(swap.slot(slot)), str(Slot(1, True, frame)),
          _("the slot, when whoever had the page go was ended while it was written"))
    equal(swap.transfers(), [], _("transfers that somebody waits for"))


@check(2, _("It could not be written: the bytes are in memory, and stay there"), read="exercise-5",
       why=_("Nobody has asked the process whether its page may go. It must not lose anything by "
             "it."))
def test_write_error(swap: Swap, rng: random.Random) -> None:
    first = swap.actor(2)
    content = filled(swap, first, PLACE, rng)
    second = swap.fork(first)
    frame = swap.frame_of(first.space, PLACE)
    swap.do("disk_fail 0 1 0 1")
    equal(swap.machine.error(f"swap_out 0 {first.pid} {PLACE:#x}"), "EIO", _("error"))
    slot = swap.absent_of(first.space).get(PLACE, 0)
    true(slot, _("the page is in the table"))
    equal(str(swap.slot(slot)), str(Slot(1, True, frame)), _("the slot"))
    equal(swap.references(frame), [2], _("references of the frame"))
    # The next one who shares it finds it held, and writes it.
    swap.out(second, PLACE)
    equal(str(swap.slot(slot)), str(Slot(2, False, frame)), _("the slot when it was written"))
    equal(swap.references(frame), [0], _("references of the frame"))
    equal_bytes(swap.block(slot), content, _("what is on the disk"))
    # Or that one writes to it, and the frame is not its own alone.
    third = swap.actor(1)
    swap.write(third, (PLACE, 3))
    fourth = swap.fork(third)
    swap.do("disk_fail 0 1 0 1")
    swap.run([f"swap_out 0 {third.pid} {PLACE:#x}"])
    swap.write(fourth, (PLACE, 4))
    swap.equal_word(third, PLACE, 3)
    swap.map(first, PLACE + 0x10000, 1, FLAGS_ANON)
    swap.write(first, (PLACE + 0x10000, 7))
    frame = swap.frame_of(first.space, PLACE + 0x10000)
    swap.do("disk_fail 0 1 0 1")
    swap.run([f"swap_out 0 {first.pid} {PLACE + 0x10000:#x}"])
    equal(swap.references(frame), [1], _("references of a frame that nobody shares"))
    equal(swap.ram.u32(frame), 7, _("what is in it"))
