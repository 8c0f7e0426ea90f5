"""Exercise 7: pages change and go, and the processor learns of it."""

import random
from functools import partial
from itertools import chain

from hypothesis import strategies as st

from miroir.booter import Keeper
from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Answer, Machine
from miroir.model import Step, explore
from miroir.pagetables import (ACCESSED, AREAS_START, DIRTY, FRAME_VIEW, KSPACE_END, NO_CACHE,
                               PAGE_SIZE, PRESENT, SLOT_SIZE, USER, USER_END, USER_SLOTS,
                               USER_START, WRITE, WRITE_THROUGH, Directory, Entry, Paged,
                               flag_words)


@check(3, _("page_unmap() gives back the frame, and the table with its last page"),
       read="exercise-7",
       why=_("A process touches pages here and there and lets them go: tables that stay behind "
             "empty are memory that nobody can use."))
def test_unmap(paged: Paged, rng: random.Random) -> None:
    slot = rng.choice(USER_SLOTS)
    pages = [slot * SLOT_SIZE + index * PAGE_SIZE for index in (0, 1023, rng.randrange(1, 1023))]
    frame, free = paged.frames(1)[0], paged.free()
    paged.do(f"page_map 1023 {pages[0]:#x} 0", f"page_map 1023 {pages[1]:#x} 0",
             f"page_map_to 1023 {pages[2]:#x} {frame:#x} 0", f"page_map 1023 {AREAS_START:#x} 0",
             f"page_map_to 1023 {KSPACE_END - PAGE_SIZE:#x} 0xb8000 0")
    rng.shuffle(pages)
    for left, page in zip((2, 1, 0), pages):
        paged.do(f"page_unmap 1023 {page:#x}")
        present = [entry for entry in paged.directory.table(slot) if entry.present]
        equal(len(present), left, _("pages left in the table"))
        equal(paged.directory.slot(slot).present, left > 0, _("the table is there"))
    kernel_pages = (AREAS_START, KSPACE_END - PAGE_SIZE)
    for page in kernel_pages:
        paged.do(f"page_unmap 1023 {page:#x}")
        true(paged.directory.slot(page // SLOT_SIZE).present,
             _("the kernel's table for {page} is still there").format(page=hexa(page)))
    equal(paged.free(), free, _("free frames, as before"))
    equal(paged.references(frame), [1], _("references of the frame that is ours"))
    for page, error in ((pages[0], "ENOENT"), (AREAS_START, "ENOENT"), (pages[0] + 4, "EINVAL"),
                        (0x100000, "EINVAL"), (0xFFFFF000, "EINVAL"), (0xFFC00000, "EINVAL"),
                        (KSPACE_END, "EINVAL")):
        equal(paged.machine.error(f"page_unmap 1023 {page:#x}"), error,
              f"`page_unmap 1023 {page:#x}`")


@check(3, _("After a flush the processor has forgotten the old translation"), read="exercise-7",
       why=_("The processor remembers what it has walked. Until it is told to forget, it goes on "
             "using an entry that is no longer there, and writes into a frame that is somebody "
             "else's by now."))
def test_stale(paged: Paged, equal_fault, rng: random.Random) -> None:
    first, second = paged.frames(2)
    paged.ram.write(first, b"one.")
    paged.ram.write(second, b"two.")
    for page in (rng.randrange(USER_START, USER_END, PAGE_SIZE), AREAS_START):
        name = hexa(page)
        paged.do(f"page_map_to 1023 {page:#x} {first:#x} {WRITE}", f"write32 {page:#x} 1")
        paged.do(f"page_protect 1023 {page:#x} 0")
        equal_fault(paged.touch(page, 2), PRESENT | WRITE,
                    _("error code of a write to {page}, now read-only").format(page=name))
        paged.do(f"page_remap 1023 {page:#x} {second:#x} {WRITE}")
        equal_fault(paged.touch(page, 3), None,
                    _("error code of a write to {page}").format(page=name))
        equal((paged.ram.u32(first), paged.ram.u32(second)), (1, 3),
              _("what is in the old frame and in the new one"))
        paged.do(f"page_unmap 1023 {page:#x}")
        equal_fault(paged.touch(page), 0,
                    _("error code of a read of {page}, unmapped").format(page=name))


def table_of(paged: Paged, page: int) -> int:
    """Returns the frame of the table for PAGE."""
    slot = paged.directory.slot(page // SLOT_SIZE)
    true(slot.present, _("there is a table for {page}").format(page=hexa(page)))
    return slot.frame


@check(2, _("A table that goes is forgotten, too"), read="exercise-7",
       why=_("The window shows tables as pages, and the processor remembers these as well: after "
             "a table has gone, the window still shows its old frame, until you flush that page."))
def test_stale_window(paged: Paged, rng: random.Random) -> None:
    page = rng.randrange(USER_START, USER_END, PAGE_SIZE)
    for _unused in range(3):
        paged.do(f"page_map_to 1023 {page:#x} 0xb8000 0")
        old = table_of(paged, page)
        paged.do(f"page_unmap 1023 {page:#x}")
        paged.do("frames_hoard 0", "frames_release")  # whatever was remembered of free frames
        others = paged.frames(2)
        content = rng.randbytes(PAGE_SIZE)
        for frame in {old, *others}:
            paged.ram.write(frame, content)
        paged.do(f"page_map_to 1023 {page:#x} 0xb8000 0")
        new = table_of(paged, page)
        leaf = paged.directory.leaf(page)
        equal(leaf and hexa(leaf.frame), hexa(0xB8000), _("the frame of the page mapped again"))
        for frame in {old, *others} - {new}:
            true(paged.ram.read(frame, PAGE_SIZE) == content,
                 _("the frame {frame}, a table no more, is left alone").format(frame=hexa(frame)))
        paged.do(f"page_unmap 1023 {page:#x}")


@check(2, _("page_protect() and page_remap() change what they should, and no more"),
       read="exercise-7",
       why=_("DIRTY is the only trace of what was written to a page; in another frame's entry it "
             "would be a lie. page_remap() to the same frame must not lose the frame on the way: "
             "take its reference before you drop one."))
def test_protect_remap(paged: Paged, rng: random.Random) -> None:
    page = rng.randrange(USER_START, USER_END, PAGE_SIZE)
    paged.do(f"page_map 1023 {page:#x} {WRITE | NO_CACHE | WRITE_THROUGH}",
             f"write32 {page:#x} 1")
    leaf = paged.leaf(page)
    flags = rng.choice([0x200, 0x400, 0x800, 0xE00])
    paged.do(f"page_protect 1023 {page:#x} {USER | flags:#x}")
    equal(str(paged.leaf(page)),
          str(Entry(leaf.frame | flags | USER | PRESENT | ACCESSED | DIRTY)),
          _("the entry of a page that was written to, protected"))
    frame, free = paged.frames(1)[0], paged.free()
    paged.do(f"page_remap 1023 {page:#x} {leaf.frame:#x} {WRITE}")
    equal(paged.references(leaf.frame), [1], _("references of a frame remapped to itself"))
    paged.do(f"write32 {page:#x} 2", f"page_remap 1023 {page:#x} {frame:#x} {WRITE}")
    equal(str(paged.leaf(page)), str(Entry(frame | WRITE | PRESENT)),
          _("the entry of a page that was written to, remapped"))
    equal(paged.references(leaf.frame, frame), [0, 2], _("references of the old and new frame"))
    equal(paged.free(), free + 1, _("free frames"))
    for device in (0xB8000, 0xFEE00000):
        paged.do(f"page_remap 1023 {page:#x} {device:#x} {WRITE}")
        equal(hexa(paged.leaf(page).frame), hexa(device), _("the frame of a page remapped to it"))
    paged.do(f"page_remap 1023 {page:#x} {frame:#x} {WRITE}")
    equal(paged.references(frame), [2], _("references of a frame remapped from and to again"))


def refused(place: str, frame: int, error: str, flags: int | None = None) -> dict[str, str]:
    """Returns the commands that change the page at PLACE, a mapper and a page, each with ERROR:
    those that are given flags, if FLAGS are why."""
    commands = [f"page_protect {place} {flags or 0:#x}",
                f"page_remap {place} {frame:#x} {flags or 0:#x}"]
    return dict.fromkeys([*commands, *([f"page_unmap {place}"] if flags is None else [])], error)


@check(1, _("A change that is refused changes nothing"), read="exercise-7",
       why=_("Each of the functions can be asked for what cannot be. One that forgets to look is "
             "enough."))
def test_change_errors(paged: Paged, rng: random.Random) -> None:
    page, kernel_page, absent = USER_START, AREAS_START, AREAS_START + PAGE_SIZE
    frame, full_frame, free_frame = paged.frames(3)
    paged.fill_references(full_frame)
    paged.do(f"page_map 1023 {page:#x} {WRITE}", f"page_map 1023 {kernel_page:#x} {WRITE}",
             f"frame_view {frame:#x}", f"frame_free {free_frame:#x}")
    cases = {f"page_protect 1023 {absent:#x} 0": "ENOENT",
             f"page_remap 1023 {absent:#x} {frame:#x} 0": "ENOENT",
             f"page_remap 1023 {page:#x} {free_frame:#x} 0": "ENOENT",
             f"page_remap 1023 {page:#x} {full_frame:#x} 0": "ERANGE",
             f"page_remap 1023 {page:#x} {frame + 8:#x} 0": "EINVAL"}
    for bad in (page + 4, page + 2048, 0x100000, FRAME_VIEW, KSPACE_END, 0xFFFFF000):
        cases |= refused(f"1023 {bad:#x}", frame, "EINVAL")
    for bit in (5, 6, 7, 8, rng.randrange(12, 32)):
        cases |= refused(f"1023 {page:#x}", frame, "EINVAL", 1 << bit)
    cases |= refused(f"1023 {kernel_page:#x}", frame, "EINVAL", USER)
    cases |= refused(f"1021 {page:#x}", frame, "EINVAL")
    cases |= refused(f"1022 {page:#x}", frame, "EBADF")
    entries, free = [str(paged.leaf(place)) for place in (page, kernel_page)], paged.free()
    for answer, error in zip(paged.run(cases), cases.values()):
        equal(answer.error, error, f"`{answer.command}`")
    equal([str(paged.leaf(place)) for place in (page, kernel_page)], entries,
          _("the entries of two pages afterwards"))
    equal(paged.free(), free, _("free frames afterwards"))
    equal(paged.references(frame), [1], _("references of the frame afterwards"))
    equal(paged.pending(), 0, _("promises owed afterwards"))


@check(2, _("Promises to flush are counted, and can be kept all at once"), read="exercise-7",
       why=_("For many pages one reload of CR3 is cheaper than an invlpg for each. A promise that "
             "nobody keeps is a stale translation that shows itself weeks later: hence the count."))
def test_promises(paged: Paged, equal_fault, rng: random.Random) -> None:
    start = rng.choice(USER_SLOTS) * SLOT_SIZE
    pages = [start + index * PAGE_SIZE for index in range(5)]
    paged.do(*(f"page_map 1023 {page:#x} {WRITE}" for page in pages if page != pages[3]),
             *(f"write32 {page:#x} 1" for page in pages if page != pages[3]))
    equal(paged.pending(), 0, _("promises owed after page_flush()"))
    before_and_after = _("promises owed before and after page_flush_all(), and its error")
    for some, answer in ((pages[4:], [1, 0, ""]), (pages[:4], [3, 0, "ENOENT"])):
        equal(paged.machine.call(f"page_flush_all 1023 {some[0]:#x} {len(some)}"), answer,
              before_and_after)
        for page in some:
            equal_fault(paged.touch(page), 0,
                        _("error code of a read of {page}").format(page=hexa(page)))
    equal(paged.machine.call(f"page_flush_all 1023 {KSPACE_END - PAGE_SIZE:#x} 2"),
          [0, 0, "ENOENT"], _("the same for a page that is not mapped and one that cannot be"))
    page = pages[0]
    for command, error, count in ((f"page_flush_ignore 1023 {page:#x} 0", "", 0),
                                  (f"page_flush_ignore 1023 {page:#x} 0", "EEXIST", 0),
                                  (f"page_map 1023 {page:#x} 0", "EEXIST", 0),
                                  (f"page_flush_drop 1023 {page:#x} 0", "EEXIST", 0),
                                  (f"page_flush_drop 1023 {page + PAGE_SIZE:#x} 0", "", 1),
                                  (f"page_protect 1023 {page:#x} {WRITE}", "", 1),
                                  (f"page_remap 1023 {page:#x} 0xb8000 0", "", 1),
                                  (f"page_unmap 1023 {page:#x}", "", 1),
                                  (f"page_map_to 1023 {page:#x} 0xb8000 0", "", 1)):
        equal((paged.machine.error(command), paged.pending()), (error, count),
              _("error of `{command}`, and promises owed after it").format(command=command))
    equal(paged.machine.call(f"page_flush_all 1023 {page:#x} 2"), [3, 1, ""], before_and_after)


# Random changes against a model

PAGES = [USER_START, USER_START + PAGE_SIZE, USER_START + SLOT_SIZE - PAGE_SIZE,
         USER_START + SLOT_SIZE, USER_END - PAGE_SIZE, AREAS_START, KSPACE_END - PAGE_SIZE]
FRAMES = 3  # that the checks have a reference of themselves

page_numbers = st.integers(0, len(PAGES) - 1)
frame_numbers = st.integers(0, FRAMES - 1)
some_flags = st.sampled_from([0, WRITE, WRITE | 0x200, NO_CACHE])
operation = st.one_of(
    st.tuples(st.just("map"), page_numbers, some_flags),
    st.tuples(st.just("map_to"), page_numbers, frame_numbers, some_flags),
    st.tuples(st.just("remap"), page_numbers, frame_numbers, some_flags),
    st.tuples(st.just("protect"), page_numbers, some_flags),
    st.tuples(st.just("unmap"), page_numbers),
    st.tuples(st.just("touch"), page_numbers))
# Hypothesis likes short lists: some are joined, so that what fails can still become very short.
operations = st.lists(st.lists(operation, max_size=8), max_size=8).map(
    lambda lists: list(chain.from_iterable(lists)))


class Model:
    """What pages are mapped to: the number of one of our frames, or None for one of its own."""

    def __init__(self) -> None:
        self.pages: dict[int, tuple[int | None, int]] = {}  # by number: frame, flags

    def change(self, name: str, page: int, *rest: int) -> str:
        """Makes a change; returns the error expected."""
        if name in ("map", "map_to"):
            if page in self.pages:
                return "EEXIST"
            self.pages[page] = (rest[0] if name == "map_to" else None, rest[-1])
        elif page not in self.pages:
            return "ENOENT"
        elif name == "remap":
            self.pages[page] = (rest[0], rest[1])
        elif name == "protect":
            self.pages[page] = (self.pages[page][0], rest[0])
        else:
            del self.pages[page]
        return ""

    def frames_taken(self) -> int:
        """Returns how many frames the pages and their tables have taken."""
        tables = {PAGES[p] // SLOT_SIZE for p in self.pages if PAGES[p] < USER_END}
        return len(tables) + sum(frame is None for frame, _flags in self.pages.values())


def frames_named(played: list[tuple]) -> list[int]:
    """Returns the numbers of our frames that the operations PLAYED name."""
    return sorted({operation[2] for operation in played if operation[0] in ("map_to", "remap")})


class Script(Keeper):
    """Makes steps of operations, for explore()."""

    def __init__(self, boot) -> None:
        super().__init__(boot)
        self._free = 0  # frames, after the boot
        self._frames: dict[int, int] = {}  # ours, by number
        self._undo: list[str] = []  # what takes the sequence before back

    def __call__(self) -> Machine:
        machine = super().__call__()
        true(machine.registers().cr0 >> 31, _("paging is on (exercises 2 and 3)"))
        self._free = Paged(machine).free()
        return machine

    def _start(self, played: list[tuple]) -> list[Step]:
        """Returns the steps before those of PLAYED: nothing is mapped nor remembered, and the
        frames that they name are ours. After a failure the machine will be a new one."""
        if not self._undo:
            self._frames = {}
        steps = [Step(command) for command in self._undo]
        self._undo = []
        return steps + [Step(f"f{number}=frame_alloc 1 1", partial(self._keep_frame, number))
                        for number in frames_named(played) if number not in self._frames]

    def _keep_frame(self, number: int, answer: Answer) -> None:
        self._frames[number] = answer.value

    def steps(self, played: list[tuple]) -> list[Step]:
        model = Model()
        steps = self._start(played)
        for name, page, *rest in played:
            if name == "touch":
                steps.append(self._touch(model, page))
                continue
            words = [f"page_{name} 1023 {PAGES[page]:#x}"]
            if name in ("map_to", "remap"):
                words.append(f"$f{rest[0]}")
            words += [hex(rest[-1])] if rest else []
            steps.append(self._expect(" ".join(words), model.change(name, page, *rest)))
        for number in frames_named(played):
            steps.append(self._references(model, number))
        steps.append(Step("frames", lambda answer: self._compare(model, answer)))
        return steps

    def _references(self, model: Model, number: int) -> Step:
        """Asks for the references of our frame NUMBER."""
        count = 1 + sum(mapped == number for mapped, _flags in model.pages.values())
        return Step(f"frame_at $f{number}", lambda answer: equal(
            answer.values[1:], [count], _("references of the frame {frame}").format(
                frame=hexa(self._frames[number]))))

    @staticmethod
    def _expect(command: str, error: str) -> Step:
        return Step(command, lambda answer: equal(answer.error, error, f"`{command}`"))

    @staticmethod
    def _touch(model: Model, page: int) -> Step:
        """Writes a word: the processor's own view of the page."""
        command = f"page_touch {PAGES[page]:#x} 1"
        flags = model.pages[page][1] if page in model.pages else None
        error = [1, WRITE] if flags is None else [0] if flags & WRITE else [1, PRESENT | WRITE]
        return Step(command, lambda answer: equal(
            answer.values[:len(error)], error, f"`{command}`"))

    def _compare(self, model: Model, answer: Answer) -> None:
        """Compares everything that can be seen from outside with MODEL, at the end."""
        paged = Paged(self.machine)
        directory = Directory(paged.ram, paged.ram.u32(self.machine.symbol("kernel_directory")))
        for number, page in enumerate(PAGES):
            frame, flags = model.pages.get(number, (None, 0))
            leaf = directory.leaf(page)
            equal(leaf is not None, number in model.pages,
                  _("{page} is present").format(page=hexa(page)))
            if leaf:
                equal(flag_words(leaf.flags), flag_words(flags | PRESENT),
                      _("flags of {page}").format(page=hexa(page)))
            if leaf and frame is not None:
                equal(hexa(leaf.frame), hexa(self._frames[frame]),
                      _("the frame of {page}").format(page=hexa(page)))
        equal(paged.pending(), 0, _("promises owed afterwards"))
        equal(len(directory.user_pages()), sum(PAGES[p] < USER_END for p in model.pages),
              _("user pages present"))
        equal(int(answer.values[0]) + int(answer.values[2]),
              self._free - len(self._frames) - model.frames_taken(), _("free frames"))
        self._undo = [f"page_unmap 1023 {PAGES[number]:#x}" for number in model.pages]
        self._undo.append("cr3_reload")  # what was not flushed in this sequence shall not matter


@check(3, _("Random changes: entries, faults and frames agree with a model"), read="exercise-7",
       why=_("What survives a few hundred sequences that nobody would have thought of can be "
             "built upon."))
def test_changes(boot) -> None:
    script = Script(boot)
    explore(script, operations, script.steps, examples=100)
