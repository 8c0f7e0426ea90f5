"""Exercise 1: the balanced tree."""

import random

from miroir.check import CheckFailed, check, equal, hexa
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspace_memory import Memory, read_tree
from miroir.pagetables import Paged

COUNT = 200
TOP = 0xFFFFFFFF


class Tree:
    """The probe's tree, and where its nodes must be, by value."""

    def __init__(self, machine: Machine) -> None:
        self._paged = Paged(machine)
        self._memory = Memory(machine)
        self.address = self._paged.do("tree_new")[0].value
        self.nodes: dict[int, int] = {}

    def insert(self, *values: int) -> None:
        answers = self._paged.do(*(f"tree_insert {value:#x}" for value in values))
        self.nodes |= {value: answer.value for value, answer in zip(values, answers)}

    def remove(self, *values: int) -> None:
        self._paged.do(*(f"tree_remove {value:#x}" for value in values))
        for value in values:
            del self.nodes[value]

    def run(self, *commands: str) -> list:
        return self._paged.run(commands)

    def links(self, node: int) -> tuple[int, ...]:
        """Returns parent, left and right of the node at NODE."""
        return self._memory.words(node, 3)

    def fork(self) -> int:
        """Returns the value of the highest node that has two children."""
        nodes = sorted(read_tree(self._memory, self.address), key=lambda node: node.depth)
        return next(node.value for node in nodes if all(self.links(node.address)[1:]))

    def all_but_the_longest_way(self) -> list[int]:
        """Returns all values, the deepest first, that are not on the way down to the deepest."""
        nodes = sorted(read_tree(self._memory, self.address), key=lambda n: n.depth, reverse=True)
        way, place = set(), nodes[0].address
        while place:
            way.add(place)
            place = self._memory.words(place, 1)[0]
        return [node.value for node in nodes if node.address not in way]

    def compare(self) -> None:
        """Fails the check unless the tree in memory is balanced, and has the nodes it must have."""
        nodes = read_tree(self._memory, self.address)
        equal([hexa(node.value) for node in nodes], [hexa(value) for value in sorted(self.nodes)],
              _("values in the tree"))
        for node in nodes:
            equal(hexa(node.address), hexa(self.nodes[node.value]),
                  _("where the node with value {value} is").format(value=hexa(node.value)))


def some_values(rng: random.Random, count: int) -> list[int]:
    return rng.sample(range(1, TOP), count)


@check(4, _("Insertion keeps the tree in order and balanced"), read="exercise-1",
       why=_("A program maps its pieces from low to high addresses. That is the worst order for a "
             "tree that is not balanced: it becomes a list."))
def test_tree_insert(machine: Machine, rng: random.Random) -> None:
    values = some_values(rng, COUNT)
    for order in (sorted(values), sorted(values, reverse=True), values, [0, TOP, TOP - 1, 1]):
        tree = Tree(machine)
        for start in range(0, len(order), 25):
            tree.insert(*order[start:start + 25])
            tree.compare()
    for value in (0, TOP, 1):
        equal(tree.run(f"tree_insert {value:#x}")[0].error, "EEXIST", f"`tree_insert {value:#x}`")
    tree.compare()


@check(4, _("Removal, too, and every other node stays at its address"), read="exercise-1",
       why=_("The nodes lie inside the areas. A removal that copies a value from one node to "
             "another has moved one area's address into another area."))
def test_tree_remove(machine: Machine, rng: random.Random) -> None:
    values = some_values(rng, COUNT)
    for order in (sorted(values), sorted(values, reverse=True), rng.sample(values, COUNT)):
        tree = Tree(machine)
        tree.insert(*values)
        for start in range(0, COUNT, 8):
            tree.remove(*order[start:start + 8])
            tree.compare()
        equal(tree.run(f"tree_remove {order[0]:#x}")[0].error, "ENOENT",
              _("removing from an empty tree"))
    tree.insert(*sorted(values))
    tree.remove(*tree.all_but_the_longest_way())
    tree.compare()
    tree.remove(*tree.nodes)
    tree.insert(*values)
    for value in rng.sample(values, 30):
        tree.remove(value)
        equal(tree.run(f"tree_remove {value:#x}")[0].error, "ENOENT",
              _("removing the same value again"))
        tree.compare()


@check(3, _("Exactly, the greatest below, the smallest above"), read="exercise-1",
       why=_("An address is searched among starts of areas: the area that holds it is the one with "
             "the greatest start that is not above it."))
def test_tree_search(machine: Machine, rng: random.Random) -> None:
    tree = Tree(machine)
    for values in ([], some_values(rng, 60), [0, TOP]):
        tree.insert(*values)
        known = sorted(tree.nodes)
        asked = {0, TOP, *some_values(rng, 20)}
        asked |= {v + d for v in rng.sample(known, min(20, len(known))) for d in (-1, 0, 1)}
        for value in sorted(v for v in asked if 0 <= v <= TOP):
            below = [v for v in known if v <= value][-1:]
            above = [v for v in known if v >= value][:1]
            expected = ["le" if below else "", *below, "ge" if above else "", *above]
            found, both = tree.run(f"tree_find {value:#x}", f"tree_search {value:#x}")
            equal(found.values, [value] if value in known else [], f"`tree_find {value:#x}`")
            equal(both.values, expected, f"`tree_search {value:#x}`")


@check(2, _("From the first to the last, and back"), read="exercise-1",
       why=_("To unmap a range, to show a space, to find a gap: all of these go from area to area "
             "in the order of addresses."))
def test_tree_walk(machine: Machine, rng: random.Random) -> None:
    tree = Tree(machine)
    for count in (0, 1, 100):
        tree.insert(*some_values(rng, count))
        there, back = tree.run("tree_walk 0", "tree_walk 1")
        equal(there.values, sorted(tree.nodes), "`tree_walk 0`")
        equal(back.values, sorted(tree.nodes, reverse=True), "`tree_walk 1`")


def spoiled(machine: Machine, tree: Tree, what: str, place: int, value: int) -> None:
    """Fails the check unless the tree is found wrong with VALUE in the word at PLACE."""
    before = machine.ram.u32(place)
    machine.ram.write(place, value.to_bytes(4, "little"))
    answer = tree.run("tree_check")[0]
    machine.ram.write(place, before.to_bytes(4, "little"))
    if answer.error != "EINVAL":
        raise CheckFailed(_("{what}: EINVAL").format(what=what), str(answer))


@check(2, _("bbtree_check() counts the nodes, and finds what is wrong"), read="exercise-1",
       why=_("A function that tells a right tree from a wrong one finds your mistakes where they "
             "happen, instead of a thousand insertions later."))
def test_tree_check(machine: Machine, rng: random.Random) -> None:
    tree = Tree(machine)
    equal(tree.run("tree_check")[0].values, [0], _("`tree_check` of an empty tree"))
    values = sorted(some_values(rng, 100))
    tree.insert(*values)
    equal(tree.run("tree_check")[0].values, [100], _("`tree_check` of 100 nodes"))
    spoil_parents(machine, tree)
    spoil_values(machine, tree, values)
    spoiled(machine, tree, _("a count that is too low"), tree.address + 4, 99)
    spoiled(machine, tree, _("a count that is too high"), tree.address + 4, 101)
    # Six nodes may be 5 deep: 2 * log2(6 + 1) is 5.6.
    for count in (10, 6):
        nodes = [tree.nodes[value] for value in values[:count]]
        chain(machine, tree, nodes, 2, _("{count} nodes in a row, each the right child of the one "
                                         "before: EINVAL").format(count=count))
        chain(machine, tree, nodes[::-1], 1, _("{count} nodes in a row, each the left child of the "
                                               "one before: EINVAL").format(count=count))


def spoil_parents(machine: Machine, tree: Tree) -> None:
    """Gives the root, and both children of a node, another parent."""
    root = machine.ram.u32(tree.address)
    _parent, left, right = tree.links(tree.nodes[tree.fork()])
    spoiled(machine, tree, _("a root that has a parent"), root, right if root == left else left)
    spoiled(machine, tree, _("a left child that has another parent"), left, right)
    spoiled(machine, tree, _("a right child that has another parent"), right, left)


def spoil_values(machine: Machine, tree: Tree, values: list[int]) -> None:
    """Gives nodes values that belong elsewhere. The neighbours of a node, in the order of values,
    are the far ends of its two sides: only from above can be seen that they are wrong."""
    low, high = (tree.nodes[value] for value in (values[0], values[-1]))
    spoiled(machine, tree, _("the lowest value made the greatest"), low + 12, TOP)
    spoiled(machine, tree, _("the greatest value made the lowest"), high + 12, 0)
    fork = tree.fork()
    place = values.index(fork)
    below, above = (tree.nodes[values[place + step]] + 12 for step in (-1, 1))
    spoiled(machine, tree, _("on the left of a node, a value above its own"), below, fork + 1)
    spoiled(machine, tree, _("on the right of a node, a value below its own"), above, fork - 1)
    for neighbour in (below, above):
        spoiled(machine, tree, _("two nodes with the same value"), neighbour, fork)


def chain(machine: Machine, tree: Tree, nodes: list[int], side: int, what: str) -> None:
    """Links NODES as a list by their links SIDE, all in order, and has that found wrong."""
    memory = Memory(machine)
    for number, node in enumerate(nodes):
        words = [nodes[number - 1] if number else 0, 0, 0]
        words[side] = nodes[number + 1] if number + 1 < len(nodes) else 0
        memory.write(node, *words)
    memory.write(tree.address, nodes[0], len(nodes))
    answer = tree.run("tree_check")[0]
    if answer.error != "EINVAL":
        raise CheckFailed(what, str(answer))
