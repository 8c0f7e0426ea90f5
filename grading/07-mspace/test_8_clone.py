"""Exercises 7 and 8: copies of a space, spaces in words, the kernel's own space."""

import random
from dataclasses import replace

from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspace_memory import LOCK, Memory, Space, lock_taken, pages_of
from miroir.mspace_play import Play, Spaces, judge
from miroir.mspaces import (ANON, CAN, COPY_ON_WRITE, EXEC, FILE, FIXED, GROWSDOWN, HEAP,
                            KSPACE_START, PAGE_SIZE, PHYS, READ, RW, SHARED, STACK, Model)
from miroir.pagetables import SLOT_SIZE, USER_END, USER_START

ANONYMOUS = ANON | RW


def varied(spaces: Spaces, rng: random.Random) -> Play:
    """Returns a space with areas of all kinds, pages in them, and a DEAD one."""
    play, inode = spaces.play(), spaces.shared_memory(8)
    place = USER_START + rng.randrange(4, 60) * SLOT_SIZE - 6 * PAGE_SIZE
    kinds = ((ANONYMOUS, 0), (FILE | RW | SHARED, inode), (HEAP | RW, 0),
             (FILE | READ | CAN | COPY_ON_WRITE, inode), (ANON | READ, 0), (ANON, 0),
             (FILE | READ | SHARED, inode), (STACK | RW | GROWSDOWN, 0))
    starts = [place + 8 * i * PAGE_SIZE for i in range(len(kinds))]
    steps = [play.map(start, 4 * PAGE_SIZE, flags, ino)
             for start, (flags, ino) in zip(starts, kinds)]
    steps += [play.fill(start + PAGE_SIZE, 2) for start in starts]
    steps += [play.fill(start, 1, not kind[0] & SHARED) for start, kind in zip(starts, kinds)]
    spaces.take(*steps, play.unmap(starts[2], PAGE_SIZE))
    return play


def cloned(model: Model) -> tuple[Model, Model]:
    """Returns MODEL as it must be after it was cloned, and the clone."""
    pages = {}
    for page in model.pages:
        area = model.at(page)
        pages[page] = bool(area) and not area.flags & SHARED
    after = replace(model, areas=list(model.areas), pages=pages)
    return after, replace(model, areas=list(model.live), pages=dict(pages))


def clone(spaces: Spaces, play: Play) -> Play:
    """Clones the space of PLAY; returns the copy, with the models of both changed."""
    command = f"mspace_clone {play.space}"
    with lock_taken(spaces.machine, int(play.space, 0), command):
        answer = spaces.do(command)[0]
    play.model, model = cloned(play.model)
    judge([answer.value, *model.sizes()], f"`{command}`")(answer)
    return Play(f"{answer.value:#x}", model)


def frames_of(spaces: Spaces, space: Space) -> dict[str, str]:
    return {hexa(page): hexa(entry.frame)
            for page, entry in pages_of(spaces.machine, space).items()}


@check(3, _("A copy has the same areas, and the same frames: shared, or until somebody writes"),
       read="exercise-7",
       why=_("A process is copied in the time it takes to copy its page tables. Both sides must "
             "lose the right to write: if only the copy does, the original changes it under its "
             "feet."))
def test_clone(spaces: Spaces, rng: random.Random) -> None:
    play = varied(spaces, rng)
    before = frames_of(spaces, spaces.compare(play))
    for use in (False, True):
        if use:
            spaces.do(f"mspace_switch {play.space}")
        spaces.do(f"mspace_open {play.space}")
        copy = clone(spaces, play)
        spaces.do(f"mspace_close {play.space}")  # of two users; the copy has one
        for one in (play, copy):
            space = spaces.compare(one)
            equal(space.users, 1, "`users`")
            equal(frames_of(spaces, space), before, _("the frame of each page"))
    third = clone(spaces, copy)
    spaces.compare(third)
    references = spaces.references(*(int(frame, 0) for frame in before.values()))
    equal(references, [4] * len(before), _("references of the frames that four spaces have"))
    live = sum(bool(area.ino) for area in third.model.areas)
    equal(spaces.inode_references(next(area.ino for area in third.model.areas if area.ino)),
          1 + 4 * live, _("references of the inode"))
    spaces.do("mspace_switch 0", f"mspace_close {play.space}", f"mspace_close {copy.space}")
    equal(frames_of(spaces, spaces.compare(third)), before,
          _("the frame of each page when two have gone"))
    equal(spaces.machine.error("mspace_clone 0"), "EPERM", _("a copy of the kernel's own space"))


@check(2, _("A copy for which memory does not suffice leaves nothing behind"), read="exercise-7",
       why=_("A copy takes many small things, one after the other, and any of them may be the one "
             "that is not there. All the others must go back."))
def test_clone_no_memory(spaces: Spaces, rng: random.Random) -> None:
    play = varied(spaces, rng)
    spaces.do(f"mspace_close {clone(spaces, play).space}")
    space = spaces.compare(play)
    pages = frames_of(spaces, space)
    command = f"mspace_clone {play.space}"
    for frames, descriptors in ((0, 4), (1, 4), (1, 40), (2, 1), (2, 40), (3, 5)):
        free = []
        for _unused in range(3):  # once for what the hoard itself leaves behind
            spaces.do("frames_hoard 0", f"vma_hoard {descriptors}", "frames_release",
                      f"frames_hoard {frames}")
            equal(spaces.machine.error(command), "ENOMEM", f"`{command}`")
            spaces.do("vma_release", "frames_release")
            free.append(spaces.free())
        equal(free[1:], free[:1] * 2, _("free frames, the same after each attempt"))
        spaces.compare(play)
    spaces.do("mspace_hooks 5")  # EIO
    equal(spaces.machine.error(command), "EIO", _("`{command}`, mspace_clone_hook failing").format(
        command=command))
    equal(spaces.do("mspace_hooked")[0].values[1:3], [1, 0],
          _("calls of the hooks: copies, calls at a wrong moment"))
    equal(spaces.references(*(int(frame, 0) for frame in pages.values())), [1] * len(pages),
          _("references of the frames"))


def line(area, content: str) -> str:
    """Returns how an area is shown."""
    letters = "".join(letter if area.flags & bit else "-"
                      for bit, letter in ((READ, "r"), (2, "w"), (EXEC, "x")))
    share = "S" if area.flags & SHARED else "w" if area.flags & COPY_ON_WRITE else "p"
    return f"{area.start:08x}-{area.end:08x} {letters}{share} {content}"


def shown(model: Model, contents: list[str]) -> list[str]:
    """Returns the lines that MODEL is shown in, CONTENTS naming what is in its areas."""
    v_size, p_size, s_size, _pages = (4 * size for size in model.sizes())
    head = (f"{model.lower:08x}-{model.upper:08x} mapped: {v_size} KiB, private: {p_size} KiB, "
            f"shared: {s_size} KiB")
    return [head, "-" * 64, *(line(*pair) for pair in zip(model.live, contents)), ""]


@check(2, _("A space in words, in the format that the header fixes"), read="exercise-8",
       why=_("What you can read at a glance you will look at. A later stage shows this text as the "
             "file mmap of each process."))
def test_display(boot, rng: random.Random) -> None:
    machine: Machine = boot(modules=[(b"x" * 9000, "/boot/init")])
    spaces = Spaces(machine)
    play, inode = spaces.play(), spaces.shared_memory(8)
    file = spaces.do("inode_find init")[0].value
    place = USER_START + rng.randrange(1000) * PAGE_SIZE
    areas = [(READ | EXEC | FILE, file, "init @00000000"),
             (FILE | READ | CAN | COPY_ON_WRITE, file, "init @00002000"), (HEAP | RW, 0, "[heap]"),
             (FILE | RW | SHARED, inode, "(inode) @00001000"), (STACK | RW, 0, "[stack]"),
             (ANON | EXEC, 0, "[anon]"), (ANON, 0, "[anon]")]
    for number, (flags, ino, content) in enumerate(areas):
        offset = int(content.partition("@")[2] or "0", 16)
        start = place + 4 * number * PAGE_SIZE
        spaces.take(play.map(start, 2 * PAGE_SIZE, flags, ino, offset), play.fill(start, 1))
    spaces.take(play.map(place - PAGE_SIZE, PAGE_SIZE, ANONYMOUS | FIXED),
                play.unmap(place - PAGE_SIZE, PAGE_SIZE))
    lines = shown(play.model, [area[2] for area in areas])
    text = spaces.do(f"mspace_display_to {play.space}")[0].values[0]
    equal(str(text).split("\n"), lines, f"`mspace_display_to {play.space}`")
    kernel = spaces.kernel_play()
    spaces.take(kernel.map(0, PAGE_SIZE, PHYS | RW, 0, 0xB8000))
    lock = int(kernel.space, 0) + LOCK
    Memory(machine).write(lock, 1)  # by whoever is in trouble
    text = spaces.do("mspace_display_to 0")[0].values[0]
    Memory(machine).write(lock, 0)
    kernel_lines = shown(kernel.model, ["PHYS=000b8000"])
    equal(str(text).split("\n"), kernel_lines, "`mspace_display_to 0`")
    for use, expected in ((0, kernel_lines[:-1]), (play.space, lines[:-1] + kernel_lines[:-1])):
        machine.console.clear()
        spaces.do(f"mspace_switch {use}", "mspace_display")
        said = machine.console.text.split("\n")  # and perhaps what somebody prints for himself
        equal([line for line in said if line and line in lines + kernel_lines], expected,
              _("`mspace_display`, after `mspace_switch {use}`").format(use=use))


@check(1, _("kmap() and kunmap() work in the kernel's own space"), read="exercise-8",
       why=_("The kernel asks for addresses as a program does, but for itself: to see a device, or "
             "the pages of a file."))
def test_kmap(spaces: Spaces, rng: random.Random) -> None:
    kernel, user, pages = spaces.kernel_play(), spaces.play(), rng.randrange(2, 9)
    spaces.do(f"mspace_switch {user.space}")
    spaces.take(user.map(USER_END - PAGE_SIZE, PAGE_SIZE, ANONYMOUS))
    for flags, offset in ((PHYS | RW, 0xB8000), (ANONYMOUS, 0)):
        place = kernel.model.map(0, pages * PAGE_SIZE, 0, offset, 0, flags)
        command = f"kmap {pages * PAGE_SIZE:#x} 0 {offset:#x} {flags:#x}"
        judge([int(place)], f"`{command}`")(spaces.run([command])[0])
    spaces.compare(kernel)
    equal(spaces.machine.error(f"kmap 0x1000 0 0 {ANONYMOUS | SHARED:#x}"), "EINVAL",
          _("shared memory without an inode"))
    kernel.model.unmap(KSPACE_START + PAGE_SIZE, PAGE_SIZE)
    spaces.do(f"kunmap {KSPACE_START + PAGE_SIZE:#x} {PAGE_SIZE:#x}")
    equal(spaces.machine.error(f"kunmap {USER_END - PAGE_SIZE:#x} {PAGE_SIZE:#x}"), "EINVAL",
          _("kunmap() in user space"))
    spaces.compare(kernel)
    spaces.compare(user)
