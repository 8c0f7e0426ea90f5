"""QEMU processes that a check has done with, for the next check that boots the same.

To start a process takes longer than to boot a kernel, and most checks of a stage boot the same.
"""

import os

from .qemu import Qemu

MOST = 2  # processes that are kept


class Spares:
    """The processes that are kept, by what they boot."""

    def __init__(self) -> None:
        self._kept: dict[str, Qemu] = {}
        self._seen: set[str] = set()
        os.register_at_fork(after_in_child=self._kept.clear)  # they are the parent's

    def will_be_kept(self, what: str) -> bool:
        """Whether it is worth while to have a process for WHAT that can be renewed: for the
        first of all, which most checks boot, and the second time that there is none."""
        seen = what in self._seen or not self._seen
        self._seen.add(what)
        return seen

    def take(self, what: str) -> Qemu | None:
        """Returns a renewed process that boots WHAT, if one is kept."""
        return self._kept.pop(what, None)

    def give(self, what: str, qemu: Qemu) -> None:
        """Keeps QEMU, which boots WHAT and nobody uses any more, or ends it."""
        if what in self._kept or not qemu.renew():
            qemu.close()
            return
        self._kept[what] = qemu
        if len(self._kept) > MOST:
            self._kept.pop(next(iter(self._kept))).close()

    def close(self) -> None:
        """Ends those that are kept."""
        while self._kept:
            self._kept.popitem()[1].close()
