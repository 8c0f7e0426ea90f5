"""Exercise 8: several directories."""

import random

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.pagetables import (AREAS_START, FRAME_VIEW, KERNEL_SLOTS, KSPACE_END, MIRROR_SLOT,
                               OTHER_SLOT, PAGE_SIZE, PRESENT, SLOT_SIZE, SLOTS, USER, USER_END,
                               USER_SLOTS, USER_START, WRITE, Directory, Entry, Paged, flag_words)

OTHER_WINDOW = OTHER_SLOT * SLOT_SIZE


def create(paged: Paged) -> Directory:
    return Directory(paged.ram, int(paged.machine.call("directory_create")[0]))


def bare(entry: Entry) -> str:
    """Returns ENTRY without the flags that the processor sets by itself."""
    return str(Entry(entry.frame | entry.flags))


def user_pages(rng: random.Random, count: int) -> list[int]:
    return rng.sample(range(USER_START, USER_END, PAGE_SIZE), count)


@check(1, _("frame_view() shows any frame, one after the other"), read="exercise-8",
       why=_("A frame that is mapped nowhere cannot be written to. One page, lent to each frame in "
             "turn, is enough, if the processor hears of every turn."))
def test_frame_view(paged: Paged, equal_fault, rng: random.Random) -> None:
    for frame in paged.frames(3):
        before, after = rng.getrandbits(32), rng.getrandbits(32)
        paged.ram.write(frame, before.to_bytes(4, "little"))
        equal(hexa(int(paged.machine.call(f"frame_view {frame:#x}")[0])), hexa(FRAME_VIEW),
              _("where the frame is shown"))
        equal(paged.machine.call(f"page_touch {FRAME_VIEW:#x}"), [0, before],
              _("a read there: faults, and the word"))
        equal_fault(paged.touch(FRAME_VIEW, after), None, _("error code of a write there"))
        equal(hexa(paged.ram.u32(frame)), hexa(after), _("what is in the frame then"))
        equal(paged.references(frame), [1], _("references of the frame"))
    for frame in (paged.machine.symbol("kernel_start"), 0xB8000, 0xFEE00000):
        paged.do(f"frame_view {frame:#x}")
        equal(hexa(paged.leaf(FRAME_VIEW).frame), hexa(frame), _("the frame shown"))


@check(3, _("A new directory: the kernel's tables, its own mirror, nothing else"),
       read="exercise-8",
       why=_("The kernel must be there in every directory, at the same place: a system call or an "
             "interrupt comes whichever is in use."))
def test_create(paged: Paged, all_normal, rng: random.Random) -> None:
    paged.do(*(f"page_map 1023 {page:#x} {WRITE | USER}" for page in user_pages(rng, 3)))
    opened = create(paged).address
    paged.do(f"directory_open {opened:#x}")
    free = paged.free()
    new, current = create(paged), paged.directory
    equal(paged.free(), free - 1, _("free frames: one less"))
    all_normal([new.address])
    equal(bare(current.slot(OTHER_SLOT)), str(Entry(opened | PRESENT | WRITE)),
          _("slot {slot} of the directory in use, one being open").format(slot=OTHER_SLOT))
    for slot, (entry, model) in enumerate(zip(new.slots(), current.slots())):
        if slot == 0 or slot in KERNEL_SLOTS:
            equal(bare(entry), bare(model),
                  _("table and flags in slot {slot}, as in the directory in use").format(slot=slot))
        elif slot == MIRROR_SLOT:
            equal(str(entry), str(Entry(new.address | PRESENT | WRITE)),
                  _("slot {slot}").format(slot=slot))
        else:
            true(not entry.present, _("slot {slot} is empty").format(slot=slot), got=str(entry))


@check(3, _("An open directory is changed through slot 1022, and the one in use is not"),
       read="exercise-8",
       why=_("A process is given its pages before it runs, by a kernel that runs in another "
             "directory. Not one entry may end up in the wrong one."))
def test_other(paged: Paged, equal_fault, rng: random.Random) -> None:
    new, frame = create(paged), paged.frames(1)[0]
    paged.do(f"directory_open {new.address:#x}")
    pages = [slot * SLOT_SIZE + rng.randrange(SLOTS) * PAGE_SIZE
             for slot in rng.sample(USER_SLOTS, 4)]
    for page in pages:
        paged.do(f"page_map_to 1022 {page:#x} {frame:#x} {WRITE | USER}")
        equal(paged.machine.call(f"page_translate 1022 {page:#x}"), [frame],
              _("the frame of {page} in it").format(page=hexa(page)))
    equal(sorted(map(hexa, new.user_pages())), sorted(map(hexa, pages)), _("user pages in it"))
    paged.do(f"page_map_to 1022 {AREAS_START:#x} {frame:#x} 0")
    true(paged.directory.leaf(AREAS_START), _("a kernel's page mapped there is here, too"))
    equal(paged.directory.user_pages(), {}, _("user pages in the directory in use"))
    equal_fault(paged.touch(pages[0]), 0, _("error code of a read of one of them"))
    paged.do(f"page_protect 1022 {pages[0]:#x} 0", f"page_unmap 1022 {pages[1]:#x}")
    leaf = new.leaf(pages[0])
    equal(flag_words(leaf.flags if leaf else 0), flag_words(PRESENT),
          _("flags of a page protected there"))
    true(new.leaf(pages[1]) is None, _("a page unmapped there is gone"))
    gone, table = (OTHER_WINDOW + page // SLOT_SIZE * PAGE_SIZE for page in pages[1:3])
    equal_fault(paged.touch(gone), 0,
                _("error code of a read in the window of a table that went with its last page"))
    equal_fault(paged.touch(table), None, _("error code of a read of a table in the window"))
    paged.do("directory_close")
    equal_fault(paged.touch(table), 0, _("error code of the same read, the directory being closed"))
    true(not paged.directory.slot(OTHER_SLOT).present, _("slot 1022 is empty"))
    equal(paged.machine.error(f"page_map 1022 {pages[1]:#x} 0"), "EBADF",
          _("mapping through the window then"))


@check(3, _("Switching: each directory has user space of its own, the kernel's is shared"),
       read="exercise-8",
       why=_("This is what a process is to memory: the same addresses, other frames. And what is "
             "still owed to the processor must be paid before the directory changes."))
def test_switch(paged: Paged, equal_fault, rng: random.Random) -> None:
    page = user_pages(rng, 1)[0]
    kernel_page = rng.randrange(AREAS_START, KSPACE_END, PAGE_SIZE)
    paged.do(f"page_map 1023 {page:#x} {WRITE}", f"write32 {page:#x} 1")
    new, old = create(paged).address, paged.directory.address
    equal(paged.machine.call(f"directory_switch {new:#x}"), [old], _("the directory before"))
    equal(hexa(paged.machine.registers().cr3), hexa(new), "CR3")
    equal_fault(paged.touch(page), 0,
                _("error code of a read of {page} in the new directory").format(page=hexa(page)))
    paged.do(f"page_map 1023 {page:#x} {WRITE}", f"write32 {page:#x} 2",
             f"page_map 1023 {kernel_page:#x} {WRITE}", f"write32 {kernel_page:#x} 3")
    paged.do(f"directory_switch {old:#x}")
    values = [answer.value for answer in paged.do(f"read32 {page:#x}", f"read32 {kernel_page:#x}")]
    equal(values, [1, 3], _("what is in the user page and in the kernel's page"))
    paged.do(f"page_flush_drop 1023 {page ^ PAGE_SIZE:#x} 0")
    crash = paged.machine.dies(f"directory_switch {new:#x}")
    true(crash.kind == "panic" and "page_flushes_pending" in crash.message,
         _("with a promise owed, a panic that names page_flushes_pending"), got=crash.message)


@check(3, _("A directory destroyed gives everything back, and nothing that is not its own"),
       read="exercise-8",
       why=_("A machine that runs programs all day long cannot lose a frame with each. Nor can it "
             "give back the kernel's tables, which all the others use."))
def test_destroy(paged: Paged, equal_fault, rng: random.Random) -> None:
    frame, kernel_page = paged.frames(1)[0], AREAS_START
    paged.do(f"page_map 1023 {kernel_page:#x} {WRITE}", f"write32 {kernel_page:#x} 5",
             f"page_flush_drop 1023 {kernel_page + PAGE_SIZE:#x} 0")
    free = paged.free()
    for edge in (USER_END - PAGE_SIZE, USER_START):
        new = create(paged).address
        pages = list(dict.fromkeys([*user_pages(rng, 12), edge]))
        paged.do(f"directory_open {new:#x}",
                 f"page_map_to 1022 {pages[0]:#x} {frame:#x} {WRITE}",
                 f"page_map_to 1022 {pages[1]:#x} {frame:#x} {WRITE}",
                 f"page_map_to 1022 {pages[2]:#x} 0xb8000 {WRITE}",
                 *(f"page_map 1022 {page:#x} {WRITE | USER}" for page in pages[3:]),
                 "directory_close")
        paged.do(f"directory_destroy {new:#x}")
        equal(paged.free(), free, _("free frames, as before"))
        equal(paged.pending(), 1, _("promises owed, as before"))
        equal(paged.references(frame), [1], _("references of a frame that was mapped in it"))
        for slot in (pages[3] // SLOT_SIZE, MIRROR_SLOT):
            equal_fault(paged.touch(OTHER_WINDOW + slot * PAGE_SIZE), 0,
                        _("error code of a read of table {slot} of the window").format(slot=slot))
    slots = paged.directory.slots()
    true(all(slots[slot].present for slot in (0, *KERNEL_SLOTS)),
         _("the kernel's tables are there"))
    equal(paged.machine.call(f"read32 {kernel_page:#x}"), [5],
          _("what is in a page of the kernel's"))


@check(3, _("What cannot be a directory, or is busy, is refused"), read="exercise-8",
       why=_("An address in CR3 that is no directory is the end of the machine, at the very next "
             "instruction."))
def test_directory_errors(paged: Paged, rng: random.Random) -> None:
    first, second, gone = (create(paged).address for _unused in range(3))
    current, frame = paged.directory.address, paged.frames(1)[0]
    paged.do(f"directory_destroy {gone:#x}")
    free = paged.free()
    cases = [(f"directory_{what} {bad:#x}", "EINVAL") for what in ("open", "switch", "destroy")
             for bad in (0, frame, gone, first + 4, 0xB8000, 0xFEE00000)]
    cases += [("directory_close", "EBADF"), (f"directory_open {current:#x}", "EBUSY"),
              (f"directory_switch {current:#x}", ""),
              (f"directory_destroy {current:#x}", "EPERM"), (f"directory_open {first:#x}", ""),
              (f"directory_open {first:#x}", "EBUSY"), (f"directory_open {second:#x}", "EBUSY"),
              (f"directory_switch {second:#x}", "EBUSY"),
              (f"directory_destroy {second:#x}", "EBUSY"),
              (f"directory_destroy {first:#x}", "EBUSY"),
              (f"directory_destroy {current:#x}", "EPERM"), ("directory_close", ""),
              (f"directory_switch {first:#x}", ""), (f"directory_destroy {first:#x}", "EBUSY"),
              (f"directory_open {first:#x}", "EBUSY"), (f"directory_open {current:#x}", ""),
              ("directory_close", ""),
              (f"directory_destroy {current:#x}", "EPERM"), (f"directory_switch {current:#x}", ""),
              (f"directory_destroy {first:#x}", ""), (f"directory_destroy {second:#x}", ""),
              ("directory_close", "EBADF")]
    for answer, (command, error) in zip(paged.run(command for command, _error in cases), cases):
        equal(answer.error, error, f"`{command}`")
    equal(paged.free(), free + 2, _("free frames, two directories less"))
    equal(paged.machine.call(f"directory_switch {current:#x}"), [current],
          _("the directory before, which is the same"))
    shown = create(paged).address  # at a page: its frame stays in use when the directory goes
    paged.do(f"page_map_to 1023 {AREAS_START:#x} {shown:#x} 0", f"directory_destroy {shown:#x}")
    equal(paged.references(shown), [1], _("references of a directory's frame, destroyed, that is "
                                          "mapped at a page"))
    for what in ("open", "switch", "destroy"):
        equal(paged.machine.error(f"directory_{what} {shown:#x}"), "EINVAL",
              f"`directory_{what} {shown:#x}`")
    paged.do("frames_hoard 0")
    equal(paged.machine.error("directory_create"), "ENOMEM", _("a directory without a frame left"))
