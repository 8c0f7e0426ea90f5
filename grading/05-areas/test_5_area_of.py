"""Exercise 5: from any address to the area that it lies in."""

import random

from miroir.areas import AREAS_END, Area, Areas, pages_present
from miroir.check import after, check, equal, hexa, true
from miroir.i18n import _
from miroir.pagetables import AREAS_START, KSPACE_END, PAGE_SIZE, USER_END, USER_START, WRITE

FEW, MANY = 4, 400  # areas
SLACK = 1.5  # between what is the same cost


def where(areas: Areas, area: Area, rng: random.Random) -> list[int]:
    """Returns addresses in AREA."""
    pages = range(area.address, area.end, PAGE_SIZE)
    return [area.address, area.end - 1, *(p + rng.randrange(PAGE_SIZE) for p in pages)]


def places_of_tallies(areas: Areas) -> list[int]:
    """Returns where the tallies of the frames of all used areas lie."""
    table = int(areas.machine.call("frame_at 0")[0])
    return [table + areas.paged.leaf(page).frame // PAGE_SIZE * 16 + 12
            for page in pages_present(areas.machine)]


@check(6, _("Any byte of a used area leads to its descriptor; nothing else leads anywhere"),
       read="exercise-5",
       why=_("Whoever frees something brings an address along, and nothing else. And some bring a "
             "wrong one."))
def test_area_of(areas: Areas, rng: random.Random) -> None:
    sizes = [2, 1, rng.randrange(3, 9)]
    areas.alloc(*sizes)
    used, tallies = areas.check().used, places_of_tallies(areas)
    for number, place in enumerate(tallies, 1):
        areas.machine.ram.write(place, number.to_bytes(4, "little"))
    for area in used:
        for address in where(areas, area, rng):
            equal([hexa(int(v)) for v in areas.machine.call(f"area_of {address:#x}")],
                  [hexa(area.descriptor), hexa(area.address), hexa(area.pages)],
                  f"`area_of {address:#x}`")
    equal([areas.machine.ram.u32(place) for place in tallies], [*range(1, len(tallies) + 1)],
          _("`tally` of the frames, as their area's user has set it"))
    # A frame of an area, shown in user space and in the kernel's own, is no area there.
    frame = areas.paged.leaf(AREAS_START).frame
    shown = [f"page_map_to 1023 {page:#x} {what:#x} {WRITE}" for page, what in (
        (USER_START, frame), (USER_END - PAGE_SIZE, frame), (AREAS_END, frame),
        (KSPACE_END - PAGE_SIZE, 0xFEE00000))]
    areas.do(*shown)
    end = max(area.end for area in used)
    nowhere = [0, 4095, 0x100000, frame, USER_START, AREAS_START - 1, end, end + PAGE_SIZE - 1,
               rng.randrange(end, AREAS_END), AREAS_END - 1, AREAS_END, KSPACE_END - 1,
               0xFFC00000, 0xFFFFFFFF]
    for address in nowhere:
        command = f"area_of {address:#x}"
        with after("; ".join(f"area_alloc {size}" for size in sizes), *shown, command):
            equal([hexa(int(v)) for v in areas.machine.call(command)], [hexa(0)], f"`{command}`")


@check(4, _("area_of() costs the same with 4 areas and with 400"), read="exercise-5",
       why=_("A list of a few areas is quickly gone through. That of a kernel that has run for a "
             "month is not."))
def test_area_of_cost(boot) -> None:
    areas = Areas(boot(icount=True))
    areas.do("area_stock")
    addresses = areas.alloc(*[1] * FEW)
    few = max(cycles(areas, addresses))
    addresses += areas.alloc(*[1] * (MANY - FEW))
    areas.check()
    many = max(cycles(areas, addresses[::40] + addresses[-1:]))
    what = _("with {many} areas, at most {slack} times what it costs with {few}: "
             "{cost} instructions")
    true(many <= SLACK * few, what.format(many=MANY, few=FEW, slack=SLACK, cost=few), many)


def cycles(areas: Areas, addresses: list[int]) -> list[int]:
    """Returns what area_of() costs for each of ADDRESSES, where areas of one page start."""
    for answer, address in zip(areas.do(*(f"area_of {a:#x}" for a in addresses)), addresses):
        equal([hexa(int(v)) for v in answer.values[1:]], [hexa(address), hexa(1)],
              _("start and pages in answer to `{command}`").format(command=answer.command))
    answers = areas.do(*(f"area_of_cycles {address:#x}" for address in addresses))
    return [answer.value for answer in answers]
