"""Exercise 4: areas that show physical memory."""

from miroir.check import check, equal
from miroir.fault_world import World
from miroir.i18n import _
from miroir.mspaces import PHYS, READ, RW
from miroir.pagetables import PAGE_SIZE, WRITE

SCREEN = 0xB8000
MANAGED_END = 0x10000000  # beyond all RAM


@check(3, _("PHYS: the frames at that physical address, none of them taken"), read="exercise-4",
       why=_("The memory of a device is where it is: a copy of it in a frame of its own shows "
             "nothing, and changes nothing."))
def test_physical(world: World) -> None:
    frame = world.frames(1)[0]
    for offset, pages, flags in ((SCREEN, 2, PHYS | RW), (MANAGED_END, 3, PHYS | READ),
                                 (frame, 1, PHYS | RW)):
        place = world.map(world.kernel, 0, pages, flags, offset=offset)
        for page in range(pages):
            world.fault(world.kernel, place + page * PAGE_SIZE + 5, 0 if page else flags & WRITE)
    equal(world.references(frame), [2], _("references of a frame that is mapped and was taken"))
    world.agree()
    world.unmap(world.kernel, place, 1)
    equal(world.references(frame), [1], _("references of that frame once it is unmapped"))
    world.agree()


@check(1, _("PHYS, where the frame is free: EIO"), read="exercise-4",
       why=_("A free frame is about to be somebody's. Whoever could look at it then would see what "
             "is not his."))
def test_physical_free(world: World) -> None:
    frame = world.frames(1)[0]
    place = world.map(world.kernel, 0, 1, PHYS | RW, offset=frame)
    world.do(f"frame_free {frame:#x} 1")
    with world.unchanged():
        equal(world.machine.error(f"mspace_fault 0 {place:#x} 0"), "EIO",
              _("error of a fault where the frame is free"))
    world.agree()
