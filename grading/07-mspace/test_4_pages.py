"""Exercise 4: the pages of an area, and the counters."""

import random
from dataclasses import replace
from itertools import chain

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.mspace_memory import VMA_FLAGS, Memory
from miroir.mspace_play import Play, Spaces, judge
from miroir.mspaces import (ANON, CAN, COPY_ON_WRITE, DEAD, FILE, HEAP, MAX_SIZE, PAGE_SIZE, PHYS,
                            READ, RESOLVE, RW, SHARED, TYPE)
from miroir.pagetables import SLOT_SIZE, USER_END, USER_START

STRETCH = 16  # pages between two areas
EMPTY = 200  # times what one page costs, for 128 MiB of nothing: 32 or 33 looks, not 32768


class Mixed:
    """A space with an area of every kind, of four pages each."""

    def __init__(self, spaces: Spaces, rng: random.Random, kernel: bool = False) -> None:
        self.play = spaces.kernel_play() if kernel else spaces.play()
        inode = spaces.shared_memory(4)
        kinds = [(HEAP | RW, 0), (ANON | READ | CAN, 0), (ANON | CAN, 0),
                 (FILE | READ | CAN | COPY_ON_WRITE, inode), (FILE | READ, inode),
                 (FILE | RW | SHARED, inode), (FILE | READ | SHARED | CAN, inode)]
        if kernel:
            kinds.append((PHYS | RW, 0))
        start = self.play.model.lower + rng.randrange(1, 100) * SLOT_SIZE - 7 * PAGE_SIZE
        places = [start + i * STRETCH * PAGE_SIZE for i in range(len(kinds))]
        spaces.take(*(self.play.map(place, 4 * PAGE_SIZE, flags, ino, 0)
                      for place, (flags, ino) in zip(places, kinds)))
        self.areas = {place: spaces.search(self.play, place) for place in places}

    def never_cow(self, place: int) -> bool:
        """Returns whether the area at PLACE never has PAGE_COW."""
        area = self.play.model.at(place)
        return not area or bool(area.flags & SHARED) or area.flags & TYPE == PHYS


def expect(spaces: Spaces, play: Play, command: str) -> None:
    """Has COMMAND carried out, which answers with the counters that the model has by now."""
    judge(play.model.sizes(), f"`{command}`")(spaces.run([command])[0])


def put_everywhere(spaces: Spaces, mixed: Mixed) -> list[int]:
    """Puts frames into all areas, with PAGE_COW where that may be; returns the frames."""
    play, frames = mixed.play, spaces.frames(2)
    for place, area in mixed.areas.items():
        for number, frame in enumerate(frames):
            page = place + 2 * number * PAGE_SIZE
            cow = bool(number) and not mixed.never_cow(place)
            play.model.pages[page] = cow
            expect(spaces, play, f"vma_page_put {area:#x} {page:#x} {frame:#x} {int(cow)}")
    return frames


@check(4, _("A frame put at a page: the flags of its entry, references, counters"),
       read="exercise-4",
       why=_("The entry is where the rights of the area become real. And what is counted at the "
             "only place where entries change cannot go wrong anywhere else."))
def test_page_put(spaces: Spaces, rng: random.Random) -> None:
    for use, kernel in ((False, False), (True, False), (False, True)):
        mixed = Mixed(spaces, rng, kernel)
        if use:
            spaces.do(f"mspace_switch {mixed.play.space}")
        frames = put_everywhere(spaces, mixed)
        spaces.compare(mixed.play)
        count = 1 + len(mixed.areas)
        equal(spaces.references(*frames), [count] * 2, _("references of the frames put there"))


@check(3, _("What cannot be put is refused, and nothing has changed"), read="exercise-4",
       why=_("A page outside its area would be counted in the wrong place, and stay when the area "
             "has gone."))
def test_page_refused(spaces: Spaces, rng: random.Random) -> None:
    mixed = Mixed(spaces, rng)
    (frame, gone), play = spaces.frames(2), mixed.play
    first, area = next(iter(mixed.areas.items()))
    shared = next(place for place in mixed.areas if mixed.never_cow(place))
    put_everywhere(spaces, mixed)
    absent = first + PAGE_SIZE
    spaces.do(f"frame_free {gone:#x}")
    for words, error in ((f"put {area:#x} {first:#x} {frame:#x}", "EEXIST"),
                         (f"put {area:#x} {first - PAGE_SIZE:#x} {frame:#x}", "EINVAL"),
                         (f"put {area:#x} {first + 4 * PAGE_SIZE:#x} {frame:#x}", "EINVAL"),
                         (f"put {area:#x} {absent + 8:#x} {frame:#x}", "EINVAL"),
                         (f"put {area:#x} {absent:#x} {frame + 8:#x}", "EINVAL"),
                         (f"put {area:#x} {absent:#x} {gone:#x}", "ENOENT"),
                         (f"replace {area:#x} {first:#x} {gone:#x}", "ENOENT"),
                         (f"put {mixed.areas[shared]:#x} {shared + PAGE_SIZE:#x} {frame:#x} 1",
                          "EINVAL"),
                         (f"replace {mixed.areas[shared]:#x} {shared:#x} {frame:#x} 1", "EINVAL"),
                         (f"replace {area:#x} {absent:#x} {frame:#x}", "ENOENT"),
                         (f"replace {area:#x} {first - PAGE_SIZE:#x} {frame:#x}", "EINVAL"),
                         (f"remove {area:#x} {absent:#x}", "ENOENT"),
                         (f"remove {area:#x} {first + 8:#x}", "EINVAL"),
                         (f"remove {area:#x} {first + STRETCH * PAGE_SIZE:#x}", "EINVAL"),
                         (f"find {area:#x} {absent:#x}", "ENOENT"),
                         (f"find {area:#x} {first + STRETCH * PAGE_SIZE:#x}", "EINVAL"),
                         (f"find {area:#x} {first + 8:#x}", "EINVAL")):
        equal(spaces.machine.error(f"vma_page_{words}"), error, f"`vma_page_{words}`")
    memory, flags = Memory(spaces.machine), area + VMA_FLAGS
    before = memory.words(flags, 1)[0]
    memory.write(flags, before | DEAD)
    for words in (f"put {area:#x} {absent:#x} {frame:#x}", f"remove {area:#x} {first:#x}"):
        equal(spaces.machine.error(f"vma_page_{words}"), "EINVAL",
              _("`{command}`, the area being DEAD").format(command=f"vma_page_{words}"))
    memory.write(flags, before)
    spaces.compare(play)
    equal(spaces.references(frame), [1], _("references of the frame that was refused"))
    far = USER_END - 4 * SLOT_SIZE
    spaces.take(play.map(far, PAGE_SIZE, ANON | RW))
    last = spaces.search(play, far)
    spaces.do("frames_hoard 0")
    command = f"vma_page_put {last:#x} {far:#x} {frame:#x}"
    equal(spaces.machine.error(command), "ENOMEM", _("`{command}`, no frame left for a table")
          .format(command=command))
    spaces.compare(play)


@check(3, _("Replacing, removing, finding: p_size, s_size and the frames follow"),
       read="exercise-4",
       why=_("A page that was shared and has been copied is its owner's from then on. These "
             "counters are what will tell which process has eaten the memory."))
def test_page_change(spaces: Spaces, rng: random.Random) -> None:
    mixed = Mixed(spaces, rng)
    play = mixed.play
    frames = put_everywhere(spaces, mixed)
    (fresh,) = spaces.frames(1)
    for place, area in mixed.areas.items():
        cow = not mixed.never_cow(place)
        for frame, now in ((frames[0], cow), (fresh, False), (frames[0], False), (fresh, cow)):
            play.model.pages[place] = now
            expect(spaces, play, f"vma_page_replace {area:#x} {place:#x} {frame:#x} {int(now)}")
        model = play.model.at(place)
        found = spaces.do(f"vma_page_find {area:#x} {place:#x}")[0].values
        equal([hexa(int(value)) for value in found],
              [hexa(fresh), hexa(model.entry_flags(cow) if model else 0)],
              f"`vma_page_find {area:#x} {place:#x}`")
    count = len(mixed.areas)
    equal(spaces.references(*frames, fresh), [1, 1 + count, 1 + count],
          _("references of the old frame, of one not replaced, of the new frame"))
    spaces.compare(play)
    free = spaces.free()
    for page, area in chain.from_iterable(
            ((place + 2 * PAGE_SIZE, area), (place, area)) for place, area in mixed.areas.items()):
        del play.model.pages[page]
        expect(spaces, play, f"vma_page_remove {area:#x} {page:#x}")
    spaces.compare(play)
    equal(spaces.references(*frames, fresh), [1, 1, 1], _("references when all is removed"))
    true(spaces.free() > free, _("the page tables are given back"))
    seen_at_once(spaces)


def seen_at_once(spaces: Spaces) -> None:
    """Changes a page of the space in use, which the processor remembers from before each time."""
    play, frames = spaces.play(), spaces.frames(2)
    spaces.take(play.map(USER_START, PAGE_SIZE, ANON | RW))
    area = spaces.search(play, USER_START)
    for number, frame in enumerate(frames):
        spaces.ram.write(frame, bytes([number + 1]) * 4)
    spaces.do(f"mspace_switch {play.space}")
    for words, seen in ((f"put {area:#x} {USER_START:#x} {frames[0]:#x}", [0, 0x01010101]),
                        (f"replace {area:#x} {USER_START:#x} {frames[1]:#x}", [0, 0x02020202]),
                        (f"remove {area:#x} {USER_START:#x}", [1, 0])):
        spaces.do(f"vma_page_{words}")
        equal(spaces.machine.call(f"page_touch {USER_START:#x}")[:2], seen,
              _("a read after `{command}`: faults; the word, or the error code").format(
                  command=f"vma_page_{words}"))
    spaces.do("mspace_switch 0")


def first_from(play: Play, place: int, page: int) -> int:
    area = play.model.at(place)
    assert area
    return min((p for p in play.model.pages if page <= p < area.end), default=area.end)


@check(2, _("All pages of an area at once, and nothing outside it"), read="exercise-4",
       why=_("To unmap, to protect and to copy an area is to go through what is present in it. "
             "What is not there should cost nothing."))
def test_pages_all(boot, rng: random.Random) -> None:
    spaces = Spaces(boot(icount=True))
    mixed = Mixed(spaces, rng)
    play = mixed.play
    put_everywhere(spaces, mixed)
    for place, area in mixed.areas.items():
        for page in range(place, place + 5 * PAGE_SIZE, PAGE_SIZE):
            equal(hexa(spaces.do(f"vma_pages_next {area:#x} {page:#x}")[0].value),
                  hexa(first_from(play, place, page)), f"`vma_pages_next {area:#x} {page:#x}`")
    first = next(iter(mixed.areas))
    for rights in (0, READ, RW):
        flags = HEAP | RW << 4 | rights
        play.model.areas = [replace(area, flags=flags) if area.start == first else area
                            for area in play.model.areas]
        expect(spaces, play, f"vma_pages_update {mixed.areas[first]:#x} {flags:#x}")
        spaces.compare(play)
    for place, area in mixed.areas.items():
        play.model.pages = {page: cow for page, cow in play.model.pages.items()
                            if not place <= page < place + 4 * PAGE_SIZE}
        expect(spaces, play, f"vma_pages_remove {area:#x}")
    spaces.compare(play)
    costs_of_nothing(spaces)


def costs_of_nothing(spaces: Spaces) -> None:
    """Compares what going through 128 MiB costs with what a page costs, nothing being present."""
    play, costs = spaces.play(), []
    for place, length in ((USER_START, PAGE_SIZE), (USER_START + MAX_SIZE, MAX_SIZE)):
        spaces.take(play.map(place, length, ANON | RW))
        area = spaces.search(play, place)
        costs.append(spaces.do(f"vma_pages_bench {area:#x}")[0].values)
        command = f"vma_pages_next {area:#x} {place:#x}"
        equal(hexa(spaces.do(command)[0].value), hexa(place + length), f"`{command}`")
    for name, one, many in zip(("next", "update", "remove"), *costs):
        true(int(many) <= EMPTY * int(one),
             _("instructions of vma_pages_{name}() in 128 MiB without a page: at most {times} "
               "times those in an area of one page, {few}").format(
                   name=name, times=EMPTY, few=one), many)


@check(2, _("RESOLVE asks for every page at once, and undoes everything if one fails"),
       read="exercise-4",
       why=_("Who cannot afford a page fault later asks for his pages now. Half a mapping is none: "
             "the caller is told, and finds everything as it was."))
def test_resolve(spaces: Spaces, rng: random.Random) -> None:
    play, inode = spaces.play(), spaces.shared_memory(6)
    place = USER_START + rng.randrange(1, 100) * SLOT_SIZE - 2 * PAGE_SIZE
    spaces.take(play.map(place - PAGE_SIZE, PAGE_SIZE, ANON | RW | RESOLVE))  # no hook yet
    spaces.do("mspace_resolve_hook 1000")
    spaces.take(play.map(place - 2 * PAGE_SIZE, PAGE_SIZE, ANON | RW))
    equal(spaces.do("mspace_resolved")[0].values, [0, 0, 0], _("calls of the hook without RESOLVE"))
    command = play.map(place, 6 * PAGE_SIZE, FILE | SHARED | RW | RESOLVE, inode)
    play.model.fill(place, 6)
    answer = spaces.do(command.command)[0]
    equal(answer.values, [place, *play.model.sizes()], f"`{command.command}`")
    equal(spaces.do("mspace_resolved")[0].values, [6, 0, 0],
          _("calls of the hook, those out of order, those without the lock"))
    spaces.compare(play)
    spaces.do("mspace_resolve_hook 3", "mspace_eager 1")
    free = spaces.free()
    words = f"mspace_map {play.space} {place + 0x800000:#x} 0x5000 {inode:#x} 0 0 {FILE | READ:#x}"
    equal(spaces.machine.error(words), "EIO",
          _("`{command}`, eager, the hook failing at the fourth page").format(command=words))
    spaces.compare(play)
    equal(spaces.free(), free, _("free frames, as before"))
    equal(spaces.inode_references(inode), 2, _("references of the inode"))
    spaces.do("mspace_resolve_hook 0", "frames_hoard 0")
    room, _back = spaces.do("vma_hoard 0", "vma_release")
    equal(spaces.machine.error(words), "EIO",
          _("`{command}`, eager, the hook failing at the first page").format(command=words))
    equal(spaces.do("vma_hoard 0")[0].value, room.value,
          _("what there is memory for then: descriptors, as many as before"))
