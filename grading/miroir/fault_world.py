"""Address spaces with page faults: a machine and its model, side by side.

Every method does one thing to both. `agree` compares all that can be seen from outside: areas,
counters, page tables, the frames' content, their references, and how many are free.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from .check import equal, equal_bytes, hexa, said_of, true
from .faults import FaultModel, Frame, Inode, Policy
from .frames import ZONE_BORDER
from .i18n import _
from .machine import Machine
from .mspace_memory import Space, compare, pages_of
from .mspaces import KSPACE_END, KSPACE_START
from .pagetables import PAGE_SIZE, SLOT_SIZE, Entry, Paged


class World(Paged):
    """A machine with address spaces, and what it must be like."""

    def __init__(self, machine: Machine, files: dict[str, bytes], eager: bool = False) -> None:
        """files: the content of the modules, by name."""
        super().__init__(machine)
        self.files = files
        self.policy = Policy(eager)
        self.models = self.policy.spaces
        self.names: dict[int, str] = {}  # of spaces, in verdicts; else their addresses
        self.kernel = self.do("mspace_at 0")[0].value
        self.models[self.kernel] = FaultModel(KSPACE_START, KSPACE_END, policy=self.policy)

    def space(self) -> int:
        """Returns a new user space."""
        address = self.do("mspace_create")[0].value
        self.models[address] = FaultModel(policy=self.policy)
        return address

    def file(self, name: str) -> int:
        """Returns the inode of the module NAME."""
        return self._inode(f"inode_find {name}", self.files[name])

    def shared_memory(self, size: int) -> int:
        """Returns a new inode without a file."""
        return self._inode(f"inode_create {size:#x}", bytes(size))

    def _inode(self, command: str, data: bytes) -> int:
        address = self.do(command)[0].value
        if address in self.policy.inodes:
            return address
        self.policy.inodes[address] = Inode(address, data)
        # The cache's own books take memory with its first page: that shall not surprise anyone.
        self.do(f"inode_page {address:#x} 0")
        self.policy.inodes[address].page(0)
        return address

    # One command, one change of the model

    def map(self, space: int, address: int, pages: int, flags: int, inode: int = 0,
            offset: int = 0, limit: int = 0) -> int:
        """Makes an area; returns where, or 0 if both say that it cannot be."""
        command = (f"mspace_map {space:#x} {address:#x} {pages * PAGE_SIZE:#x} {inode:#x} "
                   f"{offset:#x} {limit & 0xFFFFFFFF:#x} {flags:#x}")
        answer = self.run([command])[0]
        place = self.models[space].map(address, pages * PAGE_SIZE, inode, offset, limit, flags)
        if isinstance(place, str):
            equal(answer.error, place, _("error of `{command}`").format(command=command))
            return 0
        equal((answer.error, hexa(answer.value if answer.values else 0)), ("", hexa(place)),
              _("error of `{command}`, and where it is").format(command=command))
        return place

    def unmap(self, space: int, address: int, pages: int) -> None:
        self._same(f"mspace_unmap {space:#x} {address:#x} {pages * PAGE_SIZE:#x}",
                   self.models[space].unmap(address, pages * PAGE_SIZE))

    def protect(self, space: int, address: int, pages: int, rights: int) -> None:
        self._same(f"mspace_protect {space:#x} {address:#x} {pages * PAGE_SIZE:#x} {rights:#x}",
                   self.models[space].protect(address, pages * PAGE_SIZE, rights))

    def remove(self, space: int, page: int) -> None:
        """Takes a page that is present away, and leaves the area as it is."""
        area = self.do(f"mspace_search_vma {space:#x} {page:#x}")[0].value
        self.do(f"vma_page_remove {area:#x} {page:#x}")
        del self.models[space].pages[page], self.models[space].frames[page]

    def clone(self, space: int) -> int:
        """Returns a copy of SPACE."""
        copy = self.do(f"mspace_clone {space:#x}")[0].value
        self.models[copy] = self.models[space].clone()
        return copy

    def close(self, *spaces: int) -> None:
        """Closes SPACES, of which each has one user."""
        self.do(*(f"mspace_close {space:#x}" for space in spaces))
        for space in spaces:
            del self.models[space]

    def _same(self, command: str, error: str) -> None:
        equal(self.run([command])[0].error, error,
              _("error of `{command}`").format(command=command))

    # Faults

    def fault(self, space: int, address: int, error: int = 0) -> None:
        """Tells the kernel of a fault: its answer, and how many frames it took."""
        command = f"mspace_fault {space:#x} {address:#x} {error}"
        before = self._taken()
        expected = self.models[space].fault(address, error)
        frames, answer, after = self.run(["frames", command, "frames"])
        equal(answer.error, expected, _("error of `{command}`").format(command=command))
        taken = sum(int(frames.values[i]) - int(after.values[i]) for i in (0, 2))
        equal(taken, self._taken() - before,
              _("frames taken by `{command}`").format(command=command))

    def arrive(self, space: int, address: int, error: int = 0) -> None:
        """Has the page at ADDRESS come: by a fault, unless it is there since it was mapped."""
        if not self.policy.eager:
            self.fault(space, address, error)

    def poke(self, space: int, address: int, data: bytes) -> None:
        """Writes to a page that is present, from outside."""
        page, place = address // PAGE_SIZE * PAGE_SIZE, address % PAGE_SIZE
        frame = self.models[space].frames[page]
        frame.content[place:place + len(data)] = data
        self.ram.write(self.entry(space, page).frame + place, data)

    def access(self, space: int, address: int, value: int | None = None) -> bool:
        """Really reads or writes a word there. Returns whether that went well."""
        model, page = self.models[space], address // PAGE_SIZE * PAGE_SIZE
        expected = model.access(address, value is not None)
        command = f"touch {space:#x} {address:#x}" + ("" if value is None else f" {value:#x}")
        ended, *rest = self.machine.call(command)
        equal(ended, int(bool(expected)),
              _("`{command}` is ended by a fault (1) or not (0)").format(command=command))
        if ended:
            equal(hexa(int(rest[1])), hexa(address), _("the address of the fault"))
            return False
        content = model.frames[page].content
        place = address % PAGE_SIZE
        if value is not None:
            content[place:place + 4] = value.to_bytes(4, "little")
        equal(hexa(int(rest[0])), hexa(int.from_bytes(content[place:place + 4], "little")),
              _("the word of `{command}`").format(command=command))
        return True

    # From outside

    def entry(self, space: int, page: int) -> Entry:
        """Returns the page table entry for PAGE; fails the check if no page is present there."""
        leaf = self.read(space).directory.leaf(page)
        equal(leaf is not None, True, _("{page} is present").format(page=hexa(page)))
        assert leaf
        return leaf

    def normal(self, space: int, *pages: int) -> None:
        """Fails the check unless the frames at PAGES are of ZONE_NORMAL, as new ones are for as
        long as it has any."""
        for page in pages:
            frame = self.entry(space, page).frame
            true(frame >= ZONE_BORDER * PAGE_SIZE,
                 _("the frame of {page} is of ZONE_NORMAL").format(page=hexa(page)), hexa(frame))

    def read(self, space: int) -> Space:
        """Returns the struct mspace at SPACE; fails the check unless all is as the model says."""
        return compare(self.machine, space, self.models[space])

    def _taken(self) -> int:
        """Returns how many frames the model's pages, caches and page tables have taken."""
        tables = sum(len({page // SLOT_SIZE for page in model.pages})
                     for address, model in self.models.items() if address != self.kernel)
        return tables + len(self.policy.frames())

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Fails the check if the number of free frames is another afterwards."""
        before = self.free()
        yield
        equal(self.free(), before, _("free frames"))

    def agree(self) -> None:
        """Compares everything with the model. What is DEAD may be scavenged earlier or later: that
        is done before."""
        self.do(*(f"mspace_scavenge {address:#x}" for address in self.models))
        for model in self.models.values():
            model.scavenge()
        places: dict[int, int] = {}  # of the model's frames, by id
        looked_at = [address for address, model in self.models.items()
                     if address != self.kernel or model.areas]  # the kernel's tables are many
        for address in looked_at:
            with said_of(self._name(address) if len(looked_at) > 1 else ""):
                self._agree_space(address, places)
        equal(len(set(places.values())), len(places), _("frames that are different ones"))
        self._agree_references(places)

    def _name(self, space: int) -> str:
        return _("the space {space}").format(space=self.names.get(space, hexa(space)))

    def _agree_space(self, space: int, places: dict[int, int]) -> None:
        entries = pages_of(self.machine, self.read(space))
        model = self.models[space]
        for page, frame in model.frames.items():
            with said_of(str(model.at(page))):
                self._agree_frame(page, entries[page], frame, places)

    def _agree_frame(self, page: int, entry: Entry, frame: Frame, places: dict[int, int]) -> None:
        if frame.address is not None:
            equal(hexa(entry.frame), hexa(frame.address),
                  _("the frame of {page}").format(page=hexa(page)))
            return
        equal(hexa(entry.frame), hexa(places.setdefault(id(frame), entry.frame)),
              _("the frame of {page}, which is shared").format(page=hexa(page)))
        equal_bytes(self.ram.read(entry.frame, PAGE_SIZE), bytes(frame.content),
                    _("what is in {page}").format(page=hexa(page)))

    def _agree_references(self, places: dict[int, int]) -> None:
        expected = Counter({places[id(frame)]: self.policy.users(frame)
                            for frame in self.policy.frames() if id(frame) in places})
        for place, count in zip(expected, self.references(*expected)):
            equal(count, expected[place],
                  _("references of the frame {frame}").format(frame=hexa(place)))
