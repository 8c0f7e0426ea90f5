"""Exercise 3: spaces, and where areas are put."""

import random

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.mspace_memory import lock_taken, read_space
from miroir.mspace_play import Spaces
from miroir.mspaces import (ANON, CAN, COPY_ON_WRITE, FILE, FIXED, GROWSDOWN, HEAP, KSPACE_END,
                            KSPACE_START, MAX_SIZE, PAGE_SIZE, PHYS, READ, RW, SHARED, STACK)
from miroir.pagetables import USER_END, USER_START

PAGES = (USER_END - USER_START) // PAGE_SIZE
ANONYMOUS = ANON | RW


def some_page(rng: random.Random) -> int:
    """Returns a page with room around it."""
    return USER_START + rng.randrange(1000, PAGES - 1000) * PAGE_SIZE


@check(3, _("A new space: its bounds, its directory, one user, nothing in it"), read="exercise-3",
       why=_("3068 MiB of legal addresses, none of which leads anywhere yet. It costs one frame: "
             "the directory."))
def test_create(spaces: Spaces) -> None:
    play = spaces.play()
    space = spaces.compare(play)
    equal(space.users, 1, "`users`")
    equal([hexa(bound) for bound in space.bounds], [hexa(USER_START), hexa(USER_END)],
          _("bounds"))
    equal(spaces.references(space.directory.address), [1], _("references of its directory"))
    equal(spaces.machine.error(f"directory_open {space.directory.address:#x}"), "",
          _("opening its directory"))
    spaces.do("directory_close")
    other = read_space(spaces.machine, spaces.create())
    true(other.directory.address != space.directory.address, _("another space has another one"))
    spaces.do("frames_hoard 0")
    room, _back = spaces.do("vma_hoard 0", "vma_release")
    equal(spaces.machine.error("mspace_create"), "ENOMEM", _("a space without a frame left"))
    equal(spaces.do("vma_hoard 0")[0].value, room.value,
          _("what there is memory for then: descriptors, as many as before"))


@check(3, _("Users are counted; the last one to close gives everything back"), read="exercise-3",
       why=_("Threads share a space. It must live as long as the last of them, and not a moment "
             "longer."))
def test_users(spaces: Spaces) -> None:
    first, second = spaces.create(), spaces.create()
    directory = read_space(spaces.machine, first).directory.address
    for command in ("mspace_open", "mspace_open", "mspace_close"):
        with lock_taken(spaces.machine, first, command):
            spaces.do(f"{command} {first:#x}")
    equal(read_space(spaces.machine, first).users, 2, _("`users` after two more, and one less"))
    spaces.do(f"mspace_close {first:#x}", f"mspace_switch {first:#x}")
    equal(hexa(spaces.machine.registers().cr3), hexa(directory), _("CR3 after `mspace_switch`"))
    equal(spaces.do("mspace_at 0")[0].values[1], first, _("mspace_current after it"))
    spaces.do(f"mspace_open {first:#x}", f"mspace_close {first:#x}")  # others may, at any time
    equal(spaces.machine.error(f"mspace_close {first:#x}"), "EBUSY",
          _("closing the space in use as its last user"))
    equal(read_space(spaces.machine, first).users, 1, _("`users` then"))
    spaces.do("mspace_switch 0")
    kernel = spaces.ram.u32(spaces.machine.symbol("kernel_directory"))
    equal(hexa(spaces.machine.registers().cr3), hexa(kernel), _("CR3 after `mspace_switch 0`"))
    equal(spaces.machine.error("mspace_close 0"), "EPERM", _("closing the kernel's own space"))
    free = spaces.free()
    spaces.do(f"mspace_close {first:#x}")
    equal(spaces.references(directory), [0], _("references of the directory of a space closed"))
    true(spaces.free() > free, _("more frames are free"))
    spaces.do(f"mspace_close {second:#x}")


@check(5, _("At the hint, or in the lowest gap; FIXED there or nowhere; up to the last page"),
       read="exercise-3",
       why=_("A program is linked for its addresses (FIXED), a heap does not care (0), and a "
             "library has a wish (a hint). Off by one, the last page of the space is lost for "
             "ever."))
def test_map_place(spaces: Spaces, rng: random.Random) -> None:
    play, place = spaces.play(), some_page(rng)
    last = USER_END - PAGE_SIZE
    wishes = [(0, 3), (0, 1), (place, 4), (place, 1), (place + 3 * PAGE_SIZE, 2), (last, 1),
              (last, 1), (last - PAGE_SIZE, 2), (USER_START + 6 * PAGE_SIZE, 2), (0, 2), (0, 1),
              (0, 3), (KSPACE_START, 1), (PAGE_SIZE, 1), (0xFFFFF000, 2),
              (place - 2 * PAGE_SIZE, 2), (place - 4 * PAGE_SIZE, 3), (place + 4 * PAGE_SIZE, 1),
              (last - 9 * PAGE_SIZE, 9)]
    for address, pages in wishes:
        spaces.take(play.map(address, pages * PAGE_SIZE, ANONYMOUS))
    fixed = [(place, 1), (place + 3 * PAGE_SIZE, 2), (place - 5 * PAGE_SIZE, 2), (last, 1), (0, 1),
             (USER_END, 1), (last, 2), (USER_START - PAGE_SIZE, 2), (0xFFFFF000, 1),
             (0xFFFFF000, 2), (place + 0x100000, 1), (place + 0x102000, 7)]
    for address, pages in fixed:
        spaces.take(play.map(address, pages * PAGE_SIZE, ANONYMOUS | FIXED))
    spaces.compare(play)
    gaps = spaces.play()
    for address, pages in ((2, 1), (0, 2), (5, 1), (0, 3), (0, 2), (0, 1)):
        wish = USER_START + address * PAGE_SIZE if address else 0
        spaces.take(gaps.map(wish, pages * PAGE_SIZE, ANONYMOUS))
    spaces.compare(gaps)
    spaces.take_locked(gaps, gaps.map(0, PAGE_SIZE, ANONYMOUS))
    full = spaces.play()
    spaces.take(*(full.map(0, MAX_SIZE, ANONYMOUS) for _unused in range(24)))
    spaces.take(full.map(0, 0x07C00000, ANONYMOUS), full.map(0, PAGE_SIZE, ANONYMOUS),
                full.map(USER_END - PAGE_SIZE, PAGE_SIZE, ANONYMOUS | FIXED))
    spaces.compare(full)


@check(4, _("What mspace_map() refuses, and that nothing has changed then"), read="exercise-3",
       why=_("A process passes whatever it likes. An address that overflows, a length of 0, an "
             "inode where none belongs: each is an errno, none an area."))
def test_map_refused(spaces: Spaces, rng: random.Random) -> None:
    play, place, inode = spaces.play(), some_page(rng), spaces.shared_memory(4)
    spaces.take(play.map(place, 4 * PAGE_SIZE, ANONYMOUS))
    page, shared = PAGE_SIZE, FILE | SHARED | RW
    cases = [(place + 1, page, ANONYMOUS), (0, 0, ANONYMOUS), (0, page + 1, ANONYMOUS),
             (0, page - 1, ANONYMOUS), (0, MAX_SIZE + page, ANONYMOUS), (0, 0xFFFFF000, ANONYMOUS),
             (0, page, 0), (0, page, RW), (0, page, ANONYMOUS | SHARED), (0, page, HEAP | READ),
             (0, page, STACK | RW | CAN), (0, page, PHYS | RW), (0, page, shared),
             (0, page, ANONYMOUS, inode), (0, page, HEAP | RW, inode), (0, page, shared, inode, 8),
             (0, page, shared, inode, 0xFFFFF000), (0, 2 * page, shared, inode, 0xFFFFF000),
             (0, page, ANONYMOUS, 0, page), (0, page, ANONYMOUS, 0, 0, 5),
             (0, page, shared, inode, 0, -2), (0, page, shared, inode, 0, -1),
             (0, page, shared | COPY_ON_WRITE, inode), (place, page, ANONYMOUS | FIXED),
             (0, MAX_SIZE, ANONYMOUS), (0, page, ANON), (0, page, FILE | RW, inode, page, 77)]
    for case in cases:
        spaces.take(play.map(*case))
        spaces.compare(play)
    live = sum(bool(area.ino) for area in play.model.areas)
    equal(spaces.inode_references(inode), 1 + live, _("references of the inode"))


@check(2, _("Without memory for a descriptor: ENOMEM, and nothing lost"), read="exercise-3",
       why=_("The most likely moment for a system call to fail is when memory runs out; it is also "
             "the least tested one."))
def test_map_no_memory(spaces: Spaces, rng: random.Random) -> None:
    play, place, inode = spaces.play(), some_page(rng), spaces.shared_memory(4)
    spaces.do("frames_hoard 0", "vma_hoard 0")
    for wish in ((place, PAGE_SIZE, ANONYMOUS), (0, PAGE_SIZE, FILE | SHARED | RW, inode)):
        words = (f"mspace_map {play.space} {wish[0]:#x} {wish[1]:#x} "
                 f"{inode if len(wish) > 3 else 0:#x} 0 0 {wish[2]:#x}")
        equal(spaces.machine.error(words), "ENOMEM", f"`{words}`")
    spaces.compare(play)
    equal(spaces.inode_references(inode), 1, _("references of the inode"))
    spaces.do("vma_release", "frames_release")
    spaces.take(play.map(place, PAGE_SIZE, ANONYMOUS))
    spaces.compare(play)


@check(3, _("Below a stack that grows, one page is left free"), read="exercise-3",
       why=_("The guard page is what a stack that has grown too far runs into. With an area right "
             "below, it would run into that area's data, and nobody would notice."))
def test_guard(spaces: Spaces, rng: random.Random) -> None:
    play, place = spaces.play(), some_page(rng)
    grows = STACK | RW | GROWSDOWN
    wishes = [(place, 2, grows), (place - PAGE_SIZE, 1, ANONYMOUS),
              (place - PAGE_SIZE, 1, ANONYMOUS | FIXED), (place - 2 * PAGE_SIZE, 1, ANONYMOUS),
              (place + 2 * PAGE_SIZE, 1, grows), (place + 2 * PAGE_SIZE, 1, grows | FIXED),
              (place + 3 * PAGE_SIZE, 1, grows), (USER_START, 1, grows | FIXED),
              (USER_START, 1, grows), (USER_START + PAGE_SIZE, 1, grows | FIXED), (0, 1, ANONYMOUS),
              (0, 2, grows), (0, 1, ANONYMOUS), (0, 1, STACK | RW),
              (USER_END - PAGE_SIZE, 1, grows | FIXED),
              (USER_END - 3 * PAGE_SIZE, 2, ANONYMOUS | FIXED),
              (USER_END - 3 * PAGE_SIZE, 1, ANONYMOUS | FIXED)]
    for address, pages, flags in wishes:
        spaces.take(play.map(address, pages * PAGE_SIZE, flags))
    spaces.compare(play)


@check(2, _("The kernel's own space: other bounds, and device memory"), read="exercise-3",
       why=_("The same code serves the kernel: its modules, its buffers, the memory of devices. "
             "Only there may an area name physical addresses."))
def test_map_kernel(spaces: Spaces, rng: random.Random) -> None:
    play = spaces.kernel_play()
    space = spaces.compare(play)
    equal([hexa(bound) for bound in space.bounds], [hexa(KSPACE_START), hexa(KSPACE_END)],
          _("bounds"))
    page = KSPACE_START + rng.randrange(16, 1000) * PAGE_SIZE
    device = PHYS | RW
    steps = [play.map(page, PAGE_SIZE, device, 0, 0xB8000), play.map(page, PAGE_SIZE, ANONYMOUS),
             play.map(0, 2 * PAGE_SIZE, device, 0, 0xFFFFE000),
             play.map(0, 2 * PAGE_SIZE, device, 0, 0xFFFFF000),
             play.map(0, PAGE_SIZE, device | READ << 4, 0, 0), play.map(0, PAGE_SIZE, device | 1),
             play.map(USER_START, PAGE_SIZE, ANONYMOUS | FIXED),
             play.map(KSPACE_END - PAGE_SIZE, PAGE_SIZE, ANONYMOUS | FIXED),
             play.map(KSPACE_END, PAGE_SIZE, ANONYMOUS | FIXED),
             # From here, an area may end beyond 4 GiB.
             play.map(KSPACE_END - 2 * PAGE_SIZE, MAX_SIZE, ANONYMOUS | FIXED),
             play.map(KSPACE_END - 2 * PAGE_SIZE, MAX_SIZE, ANONYMOUS)]
    spaces.take(*steps)
    spaces.compare(play)


@check(3, _("An address finds its area, at 10,000 areas hardly slower than at 100"),
       read="exercise-3",
       why=_("Every page fault starts with this search. Through a list, a process with many areas "
             "would be slow at everything it does for the first time."))
def test_search(boot, rng: random.Random) -> None:
    spaces = Spaces(boot(icount=True))
    play, place = spaces.play(), some_page(rng)
    edges = [(USER_START, 1), (place, 3), (place + 3 * PAGE_SIZE, 1), (USER_END - PAGE_SIZE, 1)]
    spaces.take(*(play.map(address, pages * PAGE_SIZE, ANONYMOUS) for address, pages in edges))
    areas = {area.start: where for where, area in spaces.compare(play).areas.items()}
    asked = [address + delta for address, pages in edges
             for delta in (-1, 0, 1, PAGE_SIZE - 1, pages * PAGE_SIZE - 1, pages * PAGE_SIZE)]
    for address in (0, 0xFFFFFFFF, KSPACE_START, *asked):
        area = play.model.at(address)
        found = spaces.do(f"mspace_search_vma {play.space} {address:#x}")[0].value
        equal(hexa(found), hexa(areas[area.start] if area else 0), _(
            "the area of {address}").format(address=hexa(address)))
    command = f"mspace_search_vma {play.space} {place:#x}"
    with lock_taken(spaces.machine, int(play.space, 0), command):
        spaces.do(command)
    costs = []
    for count in (100, 10000):
        crowd = spaces.create()
        spaces.do(f"mspace_crowd {crowd:#x} {count}")
        costs.append(spaces.do(f"mspace_search_bench {crowd:#x} {count}")[0].value // count)
    true(costs[1] <= 2.5 * costs[0],
         _("instructions of a search among 10,000 areas: at most 2.5 times those among 100, "
           "{few}").format(few=costs[0]), costs[1])
