"""Exercise 8: objects full of zeros, how large they are, and how they become larger."""

import random

from miroir.areas import AREAS_END
from miroir.check import check, equal, equal_bytes, hexa, true
from miroir.i18n import _
from miroir.pagetables import PAGE_SIZE
from miroir.slabs import LARGEST, SIZES, Kernel, bytes_at, capacity_for, fill


@check(2, _("alloc_zeroed() clears every byte that was asked for"), read="exercise-8",
       why=_("A chunk that was freed holds the chain and what its last owner left, a new frame "
             "what the machine's last hour left."))
def test_zeroed(kernel: Kernel, rng: random.Random) -> None:
    for size in (1, 24, rng.randint(33, 4000), LARGEST, rng.randint(5000, 20000)):
        objects = kernel.allocs(size, size)
        for address in objects:
            fill(kernel, address, b"\xa5" * size)
        kernel.frees(*objects)
        for answer in kernel.do(*[f"alloc_zeroed {size}"] * 2):
            equal_bytes(bytes_at(kernel, answer.value, size), bytes(size), f"`{answer.command}`")
    for size in ("0", "0xffffffff"):
        equal(kernel.machine.error(f"alloc_zeroed {size}"), "ENOMEM", f"`alloc_zeroed {size}`")


@check(2, _("alloc_capacity() knows objects of both kinds, and what is none"), read="exercise-8",
       why=_("realloc() trusts it: a capacity too large is an overflow in the making."))
def test_capacity(kernel: Kernel, rng: random.Random) -> None:
    other = int(kernel.machine.call("area_alloc 1")[0])
    cases = {0: 0, 5: 0, other: 0, AREAS_END: 0, AREAS_END - PAGE_SIZE: 0}
    for size in (1, 8, 9, rng.randint(65, 4000), LARGEST, LARGEST + 1, rng.randint(9000, 30000)):
        address = kernel.allocs(size)[0]
        capacity = capacity_for(size)
        cases |= {address: capacity}
        cases |= {address + inside: 0 for inside in (4, 8, PAGE_SIZE) if inside < capacity}
    for answer, capacity in zip(kernel.do(*(f"alloc_capacity {a:#x}" for a in cases)),
                                cases.values()):
        equal(answer.value, capacity, f"`{answer.command}`")


@check(4, _("realloc() moves an object when it must, with all that was in it"), read="exercise-8",
       why=_("An object that grows keeps what it had; one that shrinks must not have more copied "
             "than the new place can hold. And whoever moves frees the old place, once."))
def test_realloc(kernel: Kernel, rng: random.Random) -> None:
    kernel.do("slabs_trim")
    sizes = [size + d for size in SIZES for d in (0, 1)] + [9000, 20000, 3 * PAGE_SIZE]
    pairs = [(4096, 24), (24, 4096), (20000, 100), (20000, 5000), (1000, 20000), (512, 257),
             (512, 256), (64, 32), (64, 31), (1024, 256)]
    for old, new in pairs + [(rng.choice(sizes), rng.choice(sizes)) for _unused in range(8)]:
        watch = kernel.allocs(old, new, new)  # neighbours, which nobody may write to
        objects = dict(zip(watch, map(rng.randbytes, (old, new, new))))
        kernel.frees(watch[1])
        del objects[watch[1]]
        for address, content in objects.items():
            fill(kernel, address, content)
        start = watch[0]
        name = f"`realloc {start:#x} {new}`, {old} bytes before"
        moved = int(kernel.machine.call(f"realloc {start:#x} {new}")[0])
        has, needs = capacity_for(old), capacity_for(new)
        equal(moved == start, needs <= has <= 2 * needs, _("{command}: the object stays").format(
            command=name))
        true(moved, _("{command}: an address").format(command=name), hexa(moved))
        kept = min(old, new)
        equal_bytes(bytes_at(kernel, moved, kept), objects[start][:kept], name)
        equal_bytes(bytes_at(kernel, watch[2], new), objects[watch[2]],
                    _("another object, at {address}").format(address=hexa(watch[2])))
        slabs = kernel.slabs().check()
        live = {watch[2]} if new <= LARGEST else set()
        if (has if moved == start else new) <= LARGEST:
            live.add(moved)
        equal({hexa(a) for a in slabs.objects()}, {hexa(a) for a in live},
              _("chunks that are objects, after {command}").format(command=name))
        kernel.frees(moved, watch[2])


@check(2, _("realloc() without memory, of nothing, to nothing, and of what is no object"),
       read="exercise-8",
       why=_("`p = realloc(p, n)` is wrong code, but common. It must not lose more than the "
             "pointer."))
def test_realloc_edges(kernel: Kernel, rng: random.Random) -> None:
    small, large = kernel.allocs(100, 5000)
    other = int(kernel.machine.call("area_alloc 1")[0])
    content = {small: rng.randbytes(100), large: rng.randbytes(5000)}
    for address, data in content.items():
        fill(kernel, address, data)
    equal(kernel.machine.call("realloc 0 0"), [0], "`realloc 0 0`")
    made = int(kernel.machine.call("realloc 0 100")[0])
    equal(kernel.machine.call(f"alloc_capacity {made:#x}"), [128], _("capacity of `realloc 0 100`"))
    kernel.do("slabs_trim", "frames_hoard 0")
    before = kernel.slabs().objects()
    for address, size in ((small, 5000), (small, 0xFFFFFFFF), (small, 0xFFFFF001), (large, 50000),
                          (large, 0x80000000), (small + 4, 200), (5, 8), (large + PAGE_SIZE, 100),
                          (other, 100), (small + 4, 0), (large + PAGE_SIZE, 0), (other, 0)):
        command = f"realloc {address:#x} {size:#x}"
        equal(kernel.machine.call(command), [0], f"`{command}`")
        equal({hexa(a) for a in kernel.slabs().objects()}, {hexa(a) for a in before},
              _("chunks that are objects, after {command}").format(command=f"`{command}`"))
    for address, data in content.items():
        equal_bytes(bytes_at(kernel, address, len(data)), data,
                    _("the object of {size} bytes").format(size=len(data)))
    kernel.do("frames_release")
    free = kernel.free()
    equal(kernel.do(f"realloc {small:#x} 0", f"realloc {large:#x} 0")[1].value, 0,
          f"`realloc {large:#x} 0`")
    equal(kernel.free() - free, 2, _("frames freed by that"))
    true(not kernel.slabs().is_used(small), _("`realloc {address} 0` frees the chunk").format(
        address=hexa(small)))
