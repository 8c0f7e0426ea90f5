"""Exercise 2: the directory that paging_build() makes, walked in RAM before it is ever used."""

import pytest

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.pagetables import (KERNEL_SLOTS, MIRROR_SLOT, PAGE_SIZE, PRESENT, WRITE,
                               Directory, Entry, Paged, flag_words)

FRAMES_END = 5  # which value of the command `frames`
TOO_LITTLE = 2  # MiB of RAM, for 256 tables besides the kernel


def built_by(machine: Machine) -> Directory:
    """Returns the directory of a machine that was started with paging=off."""
    address = machine.ram.u32(machine.symbol("kernel_directory"))
    true(address, _("paging_build() returns 0 and the address of a directory"),
         got=machine.console.text.strip())
    return Directory(machine.ram, address)


@pytest.fixture(name="unused")
def unused_fixture(boot) -> Machine:
    """A machine on which the directory was built and paging is off."""
    return boot(append="paging=off")


@pytest.fixture(name="built")
def built_fixture(unused: Machine) -> Directory:
    return built_by(unused)


def equal_entries(got: dict[int, Entry], expected: dict[int, int], what: str) -> None:
    """Compares page table entries, by address; only the first that differs is shown."""
    for address in sorted(got.keys() | expected.keys()):
        entry = str(got[address]) if address in got else _("not present")
        wanted = str(Entry(expected[address])) if address in expected else _("not present")
        equal(entry, wanted, f"{what} {hexa(address)}")


@check(5, _("Identity mapping: every page up to frames_end(), and none after it"),
       read="exercise-2",
       why=_("The instruction after the one that starts paging is fetched through the tables: if "
             "the kernel is not at its own address there, that instruction is the last. A page "
             "too many is memory that a wild pointer can reach."))
def test_identity(boot) -> None:
    for ram in (32, 8):
        machine = boot(append="paging=off", ram=ram)
        end = int(machine.call("frames")[FRAMES_END])
        pages = {address: Entry(entry.value & ~WRITE)
                 for address, entry in built_by(machine).pages(range(1)) if address}
        equal_entries(pages, {page: page | PRESENT for page in range(PAGE_SIZE, end, PAGE_SIZE)},
                      _("with {ram} MiB of RAM, page").format(ram=ram))


@check(2, _("Page 0 is absent"), read="exercise-2",
       why=_("A null pointer is the most common wrong pointer. With nothing at page 0, its first "
             "use is caught, not its hundredth."))
def test_page_zero(built: Directory) -> None:
    true(built.slot(0).present, _("slot 0 has a table"))
    entry = built.table(0)[0]
    true(not entry.present, _("page 0 is not present"), got=str(entry))


@check(3, _("The kernel's code and constants can only be read, the rest be written"),
       read="exercise-2",
       why=_("Code that is never meant to change and yet does is the hardest fault to find: here "
             "the processor finds it at once."))
def test_constants(unused: Machine, built: Directory) -> None:
    start, end = unused.symbol("kernel_start"), unused.symbol("kernel_rodata_end")
    pages = {page: entry for page, entry in built.pages(range(1)) if page}
    true(pages, _("pages are present in slot 0"))
    equal(flag_words(built.slot(0).flags), flag_words(PRESENT | WRITE),
          _("flags of slot {slot}").format(slot=0))
    for page, entry in pages.items():
        constant = page + PAGE_SIZE > start and page < end
        equal(flag_words(entry.flags), flag_words(PRESENT | (0 if constant else WRITE)),
              _("flags of page {page}").format(page=hexa(page)))


@check(2, _("The mirror: slot 1023 is the directory itself"), read="exercise-2",
       why=_("Without it the tables are out of reach as soon as paging is on. And with USER in it "
             "every program could write to the page tables: map what it likes, where it likes."))
def test_mirror_slot(built: Directory) -> None:
    equal(str(built.slot(MIRROR_SLOT)), str(Entry(built.address | PRESENT | WRITE)),
          _("slot {slot}").format(slot=MIRROR_SLOT))


@check(4, _("Each slot of the kernel's has an empty table of its own"), read="exercise-2",
       why=_("Directories made later copy these entries. A table that were added afterwards would "
             "be in one directory and missing in the others. And a frame is full of whatever was "
             "there before, until you clear it."))
def test_kernel_tables(built: Directory) -> None:
    slots = built.slots()
    for number in KERNEL_SLOTS:
        equal(flag_words(slots[number].flags), flag_words(PRESENT | WRITE),
              _("flags of slot {slot}").format(slot=number))
        filled = [entry for entry in built.table(number) if entry.present]
        true(not filled, _("no page is present in slot {slot}").format(slot=number),
             got=str(filled[0]) if filled else None)
    frames = {slots[number].frame for number in KERNEL_SLOTS}
    equal(len(frames), len(KERNEL_SLOTS), _("different frames among their tables"))


@check(2, _("Nothing else is present, and the frames used are taken"), read="exercise-2",
       why=_("A frame holds junk before it is cleared: an entry of junk that happens to be odd is "
             "a mapping to anywhere. A frame that is used but not taken will be given to somebody "
             "else."))
def test_nothing_else(boot, unused: Machine, built: Directory, all_normal) -> None:
    present = {number: entry for number, entry in enumerate(built.slots()) if entry.present}
    expected = {0, MIRROR_SLOT, *KERNEL_SLOTS}
    wrong = sorted(present.keys() ^ expected)
    true(not wrong, _("slots 0, 768 to 1021 and 1023 are present, and no others"),
         got=_("{count} slots otherwise, such as {slot}: {entry}").format(
             count=len(wrong), slot=wrong[0], entry=built.slot(wrong[0])) if wrong else None)
    frames = [built.address, *(entry.frame for n, entry in present.items() if n != MIRROR_SLOT)]
    for frame, count in zip(frames, Paged(unused).references(*frames)):
        equal(count, 1, _("references of the frame {frame}").format(frame=hexa(frame)))
    equal(len(set(frames)), len(frames), _("different frames"))
    all_normal(frames)
    console = boot(ram=TOO_LITTLE).console.text
    true("paging: off (out of memory)" in console,
         _("with {ram} MiB of RAM, paging_build() returns -ENOMEM").format(ram=TOO_LITTLE),
         got=console.strip())
