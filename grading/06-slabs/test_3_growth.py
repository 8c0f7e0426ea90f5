"""Exercise 6: slabs grow, by areas whose descriptors come from slabs."""

import random

from miroir.areas import Books
from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.pagetables import AREAS_START, PAGE_SIZE
from miroir.slabs import CHUNKS, DESCRIPTORS, SIZES, Kernel, Slabs, equal_objects, pages_of

PER_ENTRY = PAGE_SIZE // DESCRIPTORS  # descriptors in an entry of theirs
SPENT = 3 * PER_ENTRY  # so many of them make their size grow twice, at least
STEP = 16


def check_state(kernel: Kernel) -> Slabs:
    """Compares all that must agree; nothing but descriptors is in use in their size."""
    slabs = kernel.slabs().check()
    sizes = {slabs.entry_at(chunk).size for chunk in slabs.objects()}
    true(DESCRIPTORS not in sizes, _("used chunks of the descriptors' size are descriptors"))
    return slabs


@check(3, _("At the start: one entry that needs no allocator, and one made by itself in reserve"),
       read="exercise-6",
       why=_("The first descriptors cannot come from an allocator that does not work yet. From "
             "the second area on, everything can go its ordinary way."))
def test_start(kernel: Kernel) -> None:
    slabs = check_state(kernel)
    source = kernel.ram.words(kernel.machine.symbol("area_source"), 2)
    equal([hexa(word) for word in source],
          [hexa(kernel.machine.symbol(f"descriptor_{name}")) for name in ("take", "give")],
          _("take and give of area_source"))
    equal(sorted((entry.size, entry.where, entry.used) for entry in slabs.entries),
          [(DESCRIPTORS, "empty", 0), (DESCRIPTORS, "partial", 2)],
          _("size, list and used chunks of every entry"))
    first = slabs.of(DESCRIPTORS)[0]
    true(first.address < AREAS_START, _("the first entry's descriptor is no chunk"),
         hexa(first.address))
    of_the_pool = int(kernel.machine.call("area_pool_take")[0])
    kernel.do(f"descriptor_give {of_the_pool:#x}")
    equal([hexa(int(value)) for value in kernel.machine.call("area_pool_take")],
          [hexa(of_the_pool)], _("the pool's first descriptor, taken, given back, and taken again"))


@check(1, _("slabs_start() without memory: nothing has changed, and it can be tried again"),
       read="exercise-6",
       why=_("A kernel with hardly any memory should say so, and not fall over its own books."))
def test_start_fails(boot) -> None:
    kernel = Kernel(boot(append="slabs=later"))
    place, free = kernel.machine.symbol("area_source"), kernel.free()
    source = kernel.ram.words(place, 2)
    for frames in (0, 1):
        kernel.do(f"frames_hoard {frames}")
        equal(kernel.machine.error("slabs_start"), "ENOMEM",
              _("error of `slabs_start` with {count} free frames").format(count=frames))
        equal((kernel.free(), kernel.ram.words(place, 2)), (frames, source),
              _("free frames, and take and give of area_source"))
        equal([str(area) for area in Books(kernel.machine).used], [], _("used areas"))
        kernel.do("frames_release")
    kernel.do("slabs_start")
    slabs = check_state(kernel)
    equal(sorted((entry.size, entry.where, entry.used) for entry in slabs.entries),
          [(DESCRIPTORS, "empty", 0), (DESCRIPTORS, "partial", 2)],
          _("size, list and used chunks of every entry"))
    equal(free - kernel.free(), 2, _("frames taken"))


@check(3, _("A size without a free chunk grows by one entry, and takes no more than that"),
       read="exercise-6",
       why=_("Two descriptors and the pages of one area: if a frame more is gone, it is lost, or "
             "will be asked for twice."))
def test_grow(kernel: Kernel, rng: random.Random) -> None:
    for size in rng.sample([size for size in SIZES if size != DESCRIPTORS], len(SIZES) - 1):
        free, before = kernel.free(), len(kernel.slabs().of(size))
        total = pages_of(size) * PAGE_SIZE // size
        for number, entries in ((1, 1), (total - 1, 1), (1, 2)):
            kernel.allocs(*[size] * number)
            equal(len(kernel.slabs().of(size)) - before, entries,
                  _("new entries of size {size}, after {number} more objects").format(
                      size=size, number=number))
        equal(free - kernel.free(), 2 * pages_of(size), _("frames taken for the two"))
    check_state(kernel)


@check(5, _("The descriptors' size grows in time, and never within itself twice"),
       read="exercise-6",
       why=_("area_alloc() needs a descriptor, the descriptors' size an area, and so on: without "
             "the reserve the last descriptor is spent when the next one would need two; without "
             "the guard there is no end to it, until the stack ends."))
def test_reserve(kernel: Kernel) -> None:
    kernel.do("area_watch")
    grown = len(kernel.slabs().of(DESCRIPTORS))
    for _unused in range(SPENT // STEP):
        kernel.do(*["area_alloc 1"] * (STEP - 4), *["alloc 4096"] * CHUNKS)
        slabs = check_state(kernel)
    grown = len(slabs.of(DESCRIPTORS)) - grown
    true(grown >= 2, _("the descriptors' size has grown at least twice"), grown)
    equal(kernel.deepest(), 2, _("calls of take() that were running at the same time, at most: "
                                 "one, and one within it"))


@check(4, _("Out of memory, the reserve stays: when there are frames again, all goes on"),
       read="exercise-6",
       why=_("The worst moment to be without a descriptor is when memory has just come back, and "
             "no area can be described that it might go into."))
def test_out_of_memory(kernel: Kernel) -> None:
    last = kernel.slabs().check().of(DESCRIPTORS)[0]
    kernel.do("frames_hoard 0")
    taken = []
    for _unused in range(2 * PER_ENTRY):
        answer = kernel.machine.run(f"chunk_take {DESCRIPTORS}")[0]
        if answer.error:
            break
        taken.append(answer.value)
    equal(len(taken), last.total - 2, _("descriptors that can be had without a frame"))
    for _unused in range(3):
        for command in ("alloc 8", "alloc 5000", "area_alloc 1", f"chunk_take {DESCRIPTORS}"):
            equal(kernel.machine.error(command), "ENOMEM", _("`{command}` without a frame").format(
                command=command))
    kernel.slabs().check()
    kernel.do("frames_release", "area_watch", "area_alloc 1", "alloc 8", "alloc 5000",
              f"chunk_take {DESCRIPTORS}")
    equal(kernel.deepest(), 2, _("calls of take() running at the same time, at most"))
    kernel.slabs().check()


def use_up(kernel: Kernel, left: int) -> None:
    """Takes descriptors until LEFT can be had before their size has to grow."""
    partial = [e for e in kernel.slabs().of(DESCRIPTORS) if e.where == "partial"]
    count = sum(len(entry.free) for entry in partial) - left
    kernel.do(*["area_alloc 1"] * count)


@check(4, _("Failing at any single step, alloc() leaves everything in order, and nothing lost"),
       read="exercise-6",
       why=_("Each error path runs once a year, in a machine that is out of memory already. Here "
             "they are all run, one after the other."))
def test_every_step(boot, rng: random.Random) -> None:
    size = rng.choice([size for size in SIZES if size != DESCRIPTORS])
    for left in (0, 1, 2):
        kernel = Kernel(boot())
        use_up(kernel, left)
        held, others = kernel.held(), len(kernel.slabs().other_areas())
        for commands in ([f"frames_hoard {k}" for k in range(pages_of(size) + 2)]
                         + [f"area_watch {k}" for k in (1, 2, 3)]):
            kernel.do(commands)
            answer = kernel.machine.run(f"alloc {size}")[0]
            if commands.startswith("frames"):
                kernel.do("frames_release")
            if answer.ok:
                kernel.frees(answer.value)
                kernel.do("slabs_trim")
            equal(len(kernel.slabs().check().other_areas()), others,
                  _("used areas that no entry has"))
            kernel.do("area_watch")
            equal(kernel.held(), held, _("free frames and pages of used areas together, after "
                                         "`{command}` and `alloc {size}`")
                  .format(command=commands, size=size))
        objects = kernel.allocs(size, size)
        equal_objects(check_state(kernel), objects)


@check(3, _("With 1,000 and with 100,000 objects, a pair costs what it costs with one"),
       read="exercise-6",
       why=_("A free() that looks for the owner in a list is quick as long as nobody needs it to "
             "be."))
def test_flat(boot) -> None:
    kernel = Kernel(boot(icount=True))
    costs = {living: int(kernel.machine.call(f"slab_bench 40 100 {living}", 20.0)[0]) / 100
             for living in (1, 1000, 100000)}
    for living, cost in costs.items():
        true(cost <= 1.1 * costs[1],
             _("at most a tenth more instructions for a pair of alloc() and free() with {living} "
               "objects than with one").format(living=living), f"{cost:.1f}, {costs[1]:.1f}")
    # As many as fill their entries: each pair takes an entry from empty, and puts it back there.
    few, many = (int(kernel.machine.call(f"slab_bench 512 1000 {entries * CHUNKS}", 20.0)[0]) / 1000
                 for entries in (1, 1000))
    true(many <= 1.2 * few,
         _("at most a fifth more instructions for a pair that has an entry change lists with "
           "{many} full entries than with one").format(many=1000), f"{many:.1f}, {few:.1f}")


@check(5, _("alloc() and free() take at most 40 instructions together"), read="exercise-6",
       bonus=True,
       why=_("Every list of the kernel's lives on these two. What is rare may be slow, in "
             "functions of its own; what is common should not even notice that they exist."))
def test_cost(boot) -> None:
    kernel = Kernel(boot(icount=True))
    tenths = -(-int(kernel.machine.call("slab_bench 40 1000 1")[0]) // 100)
    true(tenths <= 400, _("at most 40 instructions for a pair, what the loop and two calls of "
                          "empty functions take being subtracted"), f"{tenths / 10:.1f}")
