"""Random sequences of changes and accesses against the model; graded with exercise 7."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Any

from hypothesis import strategies as st

from miroir.booter import Keeper
from miroir.check import check, equal, hexa
from miroir.fault_world import World
from miroir.faults import FaultModel, Inode, Policy
from miroir.i18n import _
from miroir.machine import Answer, Machine
from miroir.model import Step, explore
from miroir.mspaces import (ANON, CAN_WRITE, COPY_ON_WRITE, EXEC, FILE, FIXED, GROWSDOWN, READ,
                            RW, SHARED, STACK)
from miroir.pagetables import PAGE_SIZE, SLOT_SIZE, USER_START

DATA = bytes(range(1, 252)) * 100  # six pages and a bit
REGION = USER_START + SLOT_SIZE - 12 * PAGE_SIZE  # across the border of two page tables
SPACES = 3
FILE_NUMBER = 1  # stands for the file's inode, until it is known where that is
# flags, whether it is of the file, limit
KINDS = ((ANON | RW, 0, 0), (STACK | RW | GROWSDOWN, 0, 0), (FILE | RW | SHARED, 1, 0),
         (FILE | READ | READ << 4 | CAN_WRITE | COPY_ON_WRITE, 1, 0), (FILE | READ | EXEC, 1, 0),
         (FILE | RW, 1, PAGE_SIZE + 77), (FILE | RW, 1, -1))

spaces = st.integers(0, SPACES - 1)
pages = st.integers(0, 23)
counts = st.integers(1, 4)
accesses = st.one_of(st.tuples(st.just("read"), spaces, pages),
                     st.tuples(st.just("write"), spaces, pages))
operation = st.one_of(
    st.tuples(st.just("map"), spaces, pages, counts, st.sampled_from(KINDS)),
    accesses, accesses, accesses,
    st.tuples(st.just("unmap"), spaces, pages, counts),
    st.tuples(st.just("protect"), spaces, pages, counts, st.sampled_from((0, READ, RW))),
    st.tuples(st.just("clone"), spaces, spaces),
    st.tuples(st.just("close"), spaces))
operations = st.lists(st.lists(operation, max_size=10), max_size=6).map(
    lambda lists: list(chain.from_iterable(lists)))


class Sequence:
    """Turns operations into steps. models: of the spaces, by the names that commands give them."""

    def __init__(self, eager: bool) -> None:
        self.policy = Policy(eager, {FILE_NUMBER: Inode(FILE_NUMBER, DATA)})
        self.models = {"s0": FaultModel(policy=self.policy)}
        self._tell()

    def _tell(self) -> None:
        """Tells the policy which spaces there are; their addresses do not matter to it."""
        self.policy.spaces = dict(enumerate(self.models.values()))

    def step(self, name: str, number: int, *rest: Any) -> Step | None:
        """Returns the step of one operation; None if it is pointless now."""
        space = sorted(self.models)[number % len(self.models)]
        if name == "clone":
            return self._clone(space, f"s{rest[0]}")
        if name == "close":
            return self._close(space)
        if name in ("read", "write"):
            return self._access(space, REGION + rest[0] * PAGE_SIZE + 4 * rest[0], name == "write")
        return self._change(name, space, *rest)

    def _clone(self, space: str, name: str) -> Step | None:
        if name in self.models:
            return None
        self.models[name] = self.models[space].clone()
        self._tell()
        return Step(f"{name}=mspace_clone ${space}")

    def _close(self, space: str) -> Step | None:
        if len(self.models) == 1:
            return None
        del self.models[space]
        self._tell()
        return Step(f"mspace_close ${space}", expects("", f"`mspace_close ${space}`"))

    def _access(self, space: str, address: int, write: bool) -> Step:
        model, page = self.models[space], address // PAGE_SIZE * PAGE_SIZE
        command = f"touch ${space} {address:#x}" + (f" {address:#x}" if write else "")
        if model.access(address, write):
            return Step(command, lambda answer: equal(
                answer.values[:1], [1], _("`{command}` is ended by a fault (1) or not (0)").format(
                    command=command)))
        content, place = model.frames[page].content, address % PAGE_SIZE
        if write:
            content[place:place + 4] = address.to_bytes(4, "little")
        word = int.from_bytes(content[place:place + 4], "little")
        return Step(command, lambda answer: equal(
            [hexa(int(v)) for v in answer.values[:2]], [hexa(0), hexa(word)], f"`{command}`"))

    def _change(self, name: str, space: str, page: int, count: int, *rest: Any) -> Step:
        model, address, length = self.models[space], REGION + page * PAGE_SIZE, count * PAGE_SIZE
        words = f"mspace_{name} ${space} {address:#x} {length:#x}"
        error: int | str
        if name == "map":
            flags, of_file, limit = rest[0]
            words += (f" {'$f' if of_file else 0} 0 {limit & 0xFFFFFFFF:#x} {flags | FIXED:#x}")
            error = model.map(address, length, of_file, 0, limit, flags | FIXED)
        elif name == "protect":
            words += f" {rest[0]}"
            error = model.protect(address, length, rest[0])
        else:
            error = model.unmap(address, length)
        return Step(words, expects(error if isinstance(error, str) else "", f"`{words}`"))


class Script(Keeper):
    """Makes steps of operations, for explore()."""

    def __init__(self, boot, eager: bool) -> None:
        super().__init__(boot, modules=[(DATA, "data")], append="paging=eager" if eager else "")
        self._eager = eager
        self._world: World | None = None
        self._free = 0

    def __call__(self) -> Machine:
        machine = super().__call__()
        self._world = World(machine, {"data": DATA}, self._eager)
        self._world.do("s0=mspace_create", "mspace_close $s0", "slabs_trim")
        self._free = self._world.free()
        return machine

    def steps(self, played: list[tuple]) -> list[Step]:
        """Returns the steps of PLAYED, which start from the state after the boot; what the last
        one finds is taken back again."""
        sequence = Sequence(self._eager)
        steps = [Step("f=inode_find data"), Step("s0=mspace_create")]
        steps += [step for operation in played if (step := sequence.step(*operation))]
        ask = "; ".join(f"mspace_at ${name}" for name in sequence.models)
        return steps + [Step("mspace_at $f", lambda answer: self._compare(
            sequence, answer.value, ask))]

    def _compare(self, sequence: Sequence, file: int, ask: str) -> None:
        """Compares everything that can be seen from outside, then gives everything back."""
        assert self._world
        world, models = self._world, sequence.models.values()
        for model in models:
            model.areas = [replace(a, ino=file) if a.ino else a for a in model.areas]
        places = [answer.value for answer in world.do(*ask.split("; "))]
        world.policy = sequence.policy
        world.models = sequence.policy.spaces = dict(zip(places, models))
        world.names = {place: f"${name}" for place, name in zip(places, sequence.models)}
        world.agree()
        world.do(*(f"mspace_close {place:#x}" for place in places), f"inode_close {file:#x}",
                 "slabs_trim")
        equal(world.free(), self._free, _("free frames once everything is closed"))


def expects(error: str, what: str) -> Callable[[Answer], None]:
    return lambda answer: equal(answer.error, error, what)


@check(3, _("Random changes and accesses: areas, pages, content, counters agree with a model"),
       read="exercise-7",
       why=_("Stacks that grow, areas that are split, frames with three owners: each is simple. "
             "The mistakes are where they meet."))
def test_random(boot) -> None:
    script = Script(boot, eager=False)
    explore(script, operations, script.steps, examples=40)


@check(1, _("The same with `paging=eager`"), read="exercise-8",
       why=_("Two policies, one contract: whatever is not about faults comes out the same."))
def test_random_eager(boot) -> None:
    script = Script(boot, eager=True)
    explore(script, operations, script.steps, examples=15)
