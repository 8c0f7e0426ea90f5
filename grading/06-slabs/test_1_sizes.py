"""Exercises 1 and 2: sizes, and areas cut into chunks."""

import random

from miroir.areas import AREAS_END
from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.pagetables import AREAS_START, PAGE_SIZE
from miroir.slabs import (DESC_SIZE, DESCRIPTORS, LARGEST, SIZES, Kernel, chunk_for,
                          pages_of)

ADOPTED = 8  # entries that the kit can make
OTHERS = [size for size in SIZES if size != DESCRIPTORS]


@check(2, _("slab_descs has ten sizes, and areas in which eight chunks fit"), read="exercise-1",
       why=_("The table is all that alloc() knows about sizes. An area of one page for chunks of "
             "4096 bytes would hold a single one, at the price of two descriptors."))
def test_sizes(kernel: Kernel) -> None:
    table = kernel.machine.symbol("slab_descs")
    for number, size in enumerate(SIZES):
        desc = table + number * DESC_SIZE
        words = kernel.ram.words(desc, 8)
        equal(list(words[6:]), [size, pages_of(size)],
              _("`size` and `pages` of slab_descs[{number}]").format(number=number))
        if size == DESCRIPTORS:
            continue  # it has entries from the start
        heads = [desc + offset for offset in (0, 0, 8, 8, 16, 16)]
        equal([hexa(word) for word in words[:6]], [hexa(head) for head in heads],
              _("the heads of the lists of slab_descs[{number}], each pointing to itself").format(
                  number=number))


@check(2, _("slab_desc_for() chooses the smallest chunk that is enough"), read="exercise-1",
       why=_("One byte too few, and an object overlaps the next; 4096 bytes are still a chunk, "
             "4097 are not, and 0 are nothing."))
def test_desc_for(kernel: Kernel) -> None:
    sizes = sorted({0, 1, *(size + d for size in SIZES for d in (-1, 0, 1)), *range(0, 4200, 37),
                    0x7FFFFFFF, 0x80000000, 0xFFFFF000, 0xFFFFFFFF})
    for answer, size in zip(kernel.do(*(f"slab_desc_for {size}" for size in sizes)), sizes):
        equal(answer.value, chunk_for(size), f"`{answer.command}`")


@check(4, _("A new entry's chain goes through every chunk, once, and ends"), read="exercise-2",
       why=_("What is in the frames of a new area is junk: a chain without a NULL at its end "
             "goes on into nowhere. And a chunk left out is lost for ever."))
def test_chain(kernel: Kernel, rng: random.Random) -> None:
    for size in rng.sample(OTHERS, ADOPTED - 2) + [LARGEST, SIZES[0]]:
        place = kernel.adopt(size)
        entry = next((e for e in kernel.slabs().of(size) if e.address == place), None)
        equal(entry is not None, True, _("the new entry, of size {size}, is in the list empty")
              .format(size=size))
        assert entry
        equal(len(entry.free), entry.total, _("free chunks in the chain of an entry of size {size}")
              .format(size=size))


@check(3, _("Each page of an entry's area leads to the entry, and no other page does"),
       read="exercise-2",
       why=_("free() is given an address and nothing else. The frame behind the page knows whose "
             "it is: that is how the owner is found at once, however many there are."))
def test_tally(kernel: Kernel, rng: random.Random) -> None:
    other = int(kernel.machine.call("area_alloc 2")[0])
    for size in rng.sample(OTHERS[:-3], 2) + OTHERS[-2:]:
        place, pages = kernel.adopt(size), pages_of(size)
        slabs = kernel.slabs()
        entry = slabs.entry_at(next(e.base for e in slabs.of(size) if e.address == place))
        equal({hexa(tally) for tally in slabs.tallies(entry.base, pages)}, {hexa(place)},
              _("tally of the frames of the area at {base}").format(base=hexa(entry.base)))
        inside = [entry.base, entry.end - 1, rng.randrange(entry.base, entry.end),
                  entry.end - PAGE_SIZE]
        for answer in kernel.do(*(f"slab_entry_of {address:#x}" for address in inside)):
            equal(hexa(answer.value), hexa(place), f"`{answer.command}`")
    kernel.do("page_map 1023 0x400000 2")  # its table's frame has a tally of its own
    outside = [0, 5, other, other + PAGE_SIZE, AREAS_END - 1, AREAS_END, AREAS_START - 1, 0x400000,
               0xFFC00000, 0xFFC01000, 0xFFFFFFFF]
    for answer in kernel.do(*(f"slab_entry_of {address:#x}" for address in outside)):
        equal(hexa(answer.value), hexa(0), f"`{answer.command}`")
