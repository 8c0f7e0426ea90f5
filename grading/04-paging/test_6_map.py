"""Exercise 6: pages are mapped; the tables are walked from outside."""

import random

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.pagetables import (AREAS_START, FRAME_VIEW, KSPACE_END, MOST_REFERENCES, NO_CACHE,
                               PAGE_SIZE, PRESENT, SLOT_SIZE, SOFTWARE, USER, USER_END, USER_SLOTS,
                               USER_START, WRITE, WRITE_THROUGH, Directory, Entry, Paged,
                               flag_words)

EDGES = [USER_START, USER_END - PAGE_SIZE, AREAS_START, KSPACE_END - PAGE_SIZE]
VIDEO = 0xB8000  # reserved, and no RAM
APIC = 0xFEE00000  # no RAM, and not managed


def is_user(page: int) -> bool:
    return page < USER_END


def random_flags(page: int, rng: random.Random) -> int:
    allowed = WRITE | WRITE_THROUGH | NO_CACHE | SOFTWARE | PRESENT | (USER if is_user(page) else 0)
    return rng.getrandbits(12) & allowed


def equal_leaf(directory: Directory, page: int, entry: int | None) -> None:
    """Compares the page table entry for PAGE with ENTRY; what the processor sets is left out."""
    leaf = directory.leaf(page)
    got = str(Entry(leaf.frame | leaf.flags)) if leaf else _("not present")
    equal(got, _("not present") if entry is None else str(Entry(entry)),
          _("the page table entry of {page}").format(page=hexa(page)))


@check(3, _("A new table is empty but for its one entry"), read="exercise-6",
       why=_("The frame that becomes a table held something else before. What of it looks like an "
             "entry gives a program somebody else's memory."))
def test_new_table(paged: Paged, rng: random.Random) -> None:
    for slot in rng.sample(USER_SLOTS, 4):
        page = slot * SLOT_SIZE + rng.randrange(1024) * PAGE_SIZE
        paged.do(f"page_map 1023 {page:#x} {WRITE | USER}")
        table = paged.directory.table(slot)
        true(table, _("slot {slot} has a table").format(slot=slot))
        junk = [entry for index, entry in enumerate(table)
                if entry.value and index != page // PAGE_SIZE % 1024]
        true(not junk, _("the other 1023 entries of the table are 0"),
             got=_("{count} are not, such as {entry}").format(
                 count=len(junk), entry=junk[0]) if junk else None)


@check(3, _("page_map_to() puts frame and flags into the right entry, and into no other"),
       read="exercise-6",
       why=_("The processor combines both levels: a table's entry that lacks WRITE or USER takes "
             "the right away from all its 1024 pages."))
def test_map_to(paged: Paged, rng: random.Random) -> None:
    user = rng.sample(range(USER_START, USER_END, PAGE_SIZE), 3)
    pages = list(dict.fromkeys(EDGES + user + [rng.randrange(AREAS_START, KSPACE_END, PAGE_SIZE)]))
    expected = {}
    for page, frame in zip(pages, paged.frames(len(pages))):
        flags = random_flags(page, rng)
        paged.do(f"page_map_to 1023 {page:#x} {frame:#x} {flags:#x}")
        expected[page] = frame | flags | PRESENT
        true(paged.touch(page) is None, _("{page} can be read").format(page=hexa(page)))
    directory = paged.directory
    for page, value in expected.items():
        equal_leaf(directory, page, value)
        if is_user(page):
            equal(flag_words(directory.slot(page // SLOT_SIZE).flags),
                  flag_words(PRESENT | WRITE | USER),
                  _("flags of the table's entry for {page}").format(page=hexa(page)))
    equal(sorted(map(hexa, directory.user_pages())), sorted(hexa(p) for p in pages if is_user(p)),
          _("user pages that are present"))


@check(2, _("page_map() takes a frame of the page's own"), read="exercise-6",
       why=_("A page, and the table if it is the first in its slot: that is all that it may take."))
def test_map(paged: Paged, equal_fault, all_normal, rng: random.Random) -> None:
    slot = rng.choice(USER_SLOTS)
    pages = [slot * SLOT_SIZE, slot * SLOT_SIZE + PAGE_SIZE, AREAS_START]
    free, seen = paged.free(), set()
    for page, taken in zip(pages, (2, 1, 1)):
        paged.do(f"page_map 1023 {page:#x} {WRITE}")
        now = paged.free()
        equal(free - now, taken, _("frames taken to map {page}").format(page=hexa(page)))
        free = now
        leaf = paged.leaf(page)
        equal(paged.references(leaf.frame), [1], _("references of its frame"))
        value = rng.getrandbits(32)
        equal_fault(paged.touch(page, value), None, _("error code of a write to it"))
        equal(hexa(paged.ram.u32(leaf.frame)), hexa(value), _("what is in the frame then"))
        seen.add(leaf.frame)
    equal(len(seen), len(pages), _("different frames"))
    all_normal([*seen, paged.directory.slot(slot).frame])


@check(3, _("Bad arguments are refused, and change nothing"), read="exercise-6",
       why=_("A page mapped over the window gives the tables away: whoever writes there maps what "
             "he likes. The window itself must be out of reach."))
def test_map_errors(paged: Paged, rng: random.Random) -> None:
    frame, free_frame = paged.frames(2)
    taken = paged.frames(1)[0]
    paged.do(f"page_map_to 1023 {USER_START:#x} {taken:#x} 0",
             f"page_map_to 1023 {USER_START + PAGE_SIZE:#x} {taken:#x} 0",
             f"frame_free {free_frame:#x}")
    page = USER_START + 2 * PAGE_SIZE
    bad_pages = [page + 1, page + 2048, 0, 0x1000, FRAME_VIEW, KSPACE_END, 0xFFC00000, 0xFFFFF000]
    bad_flags = [1 << bit for bit in (5, 6, 7, 8)] + [1 << rng.randrange(12, 32)]
    cases = {f"page_map 1023 {bad:#x} 0": "EINVAL" for bad in bad_pages}
    cases |= {f"page_map_to 1023 {bad:#x} {frame:#x} 0": "EINVAL" for bad in bad_pages}
    cases |= {f"page_map 1023 {page:#x} {bad:#x}": "EINVAL" for bad in bad_flags}
    cases |= {f"page_map_to 1023 {page:#x} {frame:#x} {bad:#x}": "EINVAL" for bad in bad_flags}
    cases |= {f"page_map 1023 {AREAS_START:#x} {USER}": "EINVAL",
              f"page_map_to 1023 {AREAS_START:#x} {frame:#x} {USER}": "EINVAL",
              f"page_map_to 1021 {page:#x} {frame:#x} 0": "EINVAL",
              f"page_map_to 1022 {page:#x} {frame:#x} 0": "EBADF",
              f"page_map_to 1023 {page:#x} {frame + 8:#x} 0": "EINVAL",
              f"page_map 1021 {page:#x} 0": "EINVAL", f"page_map 1022 {page:#x} 0": "EBADF",
              f"page_map 1023 {USER_START:#x} 0": "EEXIST",
              f"page_map_to 1023 {USER_START:#x} {frame:#x} 0": "EEXIST",
              f"page_map_to 1023 {page:#x} {free_frame:#x} 0": "ENOENT"}
    slots, free = paged.directory.slots(), paged.free()
    for answer, error in zip(paged.run(cases), cases.values()):
        equal(answer.error, error, f"`{answer.command}`")
    # The next frame to be handed out, and a slot that needs a frame for its table.
    next_frame = ["f=frame_alloc 1 1", "frame_free $f 1", "page_map_to 1023 0xbf800000 $f 2"]
    equal([answer.error for answer in paged.run(next_frame)], ["", "", "ENOENT"],
          _("errors of these three"))
    equal(paged.free(), free, _("free frames afterwards"))
    equal(paged.references(frame, taken), [1, 3], _("references of the two frames afterwards"))
    for number, (now, before) in enumerate(zip(paged.directory.slots(), slots)):
        equal(flag_words(now.flags), flag_words(before.flags),
              _("flags of slot {slot}").format(slot=number))


@check(2, _("A frame has a reference for each page; device memory has none"), read="exercise-6",
       why=_("One frame may back several pages. It is free again when the last one has let it go, "
             "and not before."))
def test_references(paged: Paged, rng: random.Random) -> None:
    frame = paged.frames(1)[0]
    pages = rng.sample(range(USER_START, USER_END, PAGE_SIZE), 3)
    for count, page in enumerate(pages, 2):
        paged.do(f"page_map_to 1023 {page:#x} {frame:#x} 0")
        equal(paged.references(frame), [count], _("references of the frame"))
    paged.fill_references(frame)
    equal(paged.machine.error(f"page_map_to 1023 {AREAS_START:#x} {frame:#x} 0"), "ERANGE",
          _("error when a frame has as many references as can be counted"))
    equal(paged.references(frame), [MOST_REFERENCES], _("references of the frame"))
    equal_leaf(paged.directory, AREAS_START, None)
    for page, device in zip((AREAS_START, AREAS_START + PAGE_SIZE), (VIDEO, APIC)):
        free = paged.free()
        paged.do(f"page_map_to 1023 {page:#x} {device:#x} {NO_CACHE | WRITE}")
        equal_leaf(paged.directory, page, device | PRESENT | WRITE | NO_CACHE)
        equal(paged.free(), free, _("free frames"))


@check(3, _("Out of frames, in the middle too: -ENOMEM, and nothing has changed"),
       read="exercise-6",
       why=_("To map a page can take two frames. When the second cannot be had, the first must go "
             "back: a frame lost here is lost at each try."))
def test_out_of_frames(paged: Paged, rng: random.Random) -> None:
    frame = paged.frames(1)[0]
    slots = rng.sample(USER_SLOTS, 3)
    first, second, third = (slot * SLOT_SIZE + rng.randrange(1024) * PAGE_SIZE for slot in slots)
    for left, command, error in ((1, f"page_map 1023 {first:#x} 0", "ENOMEM"),
                                 (0, f"page_map 1023 {first:#x} 0", "ENOMEM"),
                                 (0, f"page_map_to 1023 {first:#x} {frame:#x} 0", "ENOMEM"),
                                 (1, f"page_map_to 1023 {second:#x} {frame:#x} 0", ""),
                                 (2, f"page_map 1023 {third:#x} 0", "")):
        paged.do(f"frames_hoard {left}")
        equal(paged.machine.error(command), error,
              _("`{command}` with {left} frames left").format(command=command, left=left))
        equal(paged.free(), left if error else 0, _("free frames after it"))
        paged.do("frames_release")
    equal(paged.references(frame), [2], _("references of the frame mapped once"))
    equal(sorted(paged.directory.user_tables()), sorted(slots[1:]), _("slots that have a table"))
