"""Exercise 1: what an error code tells, and what an area allows."""

from itertools import product

from miroir.check import after, check, equal
from miroir.faults import allows, decode, error_words
from miroir.i18n import _
from miroir.mspaces import ANON, COPY_ON_WRITE, FILE, SHARED, area_words
from miroir.pagetables import Paged

KINDS = ("FAULT_MISSING", "FAULT_WRITE_DENIED", "FAULT_OTHER")


@check(2, _("fault_decode(): every error code"), read="exercise-1",
       why=_("A page that is missing and a write that is denied can be put right. Taken for each "
             "other, the second gets a fresh frame, and what was in the page is lost."))
def test_decode(machine) -> None:
    codes = [*range(32), 0x8000, 0x80000000, 0xFFFFFFF8]
    commands = [f"fault_decode {code:#x}" for code in codes]
    for code, command, answer in zip(codes, commands, Paged(machine).do(*commands)):
        with after(command):
            equal(KINDS[answer.value] if answer.value < len(KINDS) else answer.value,
                  KINDS[decode(code)],
                  _("kind of the error code {code}").format(code=error_words(code)))


@check(2, _("vma_allows(): reads and writes, for all rights"), read="exercise-1",
       why=_("The rights of an area are a promise to whoever mapped it: what is read-only stays as "
             "it is, whoever writes."))
def test_allows(machine) -> None:
    rows = [(kind | rights, write) for kind, rights, write in
            product((ANON, FILE, FILE | SHARED, FILE | COPY_ON_WRITE), range(8), (False, True))]
    # Capabilities are no rights.
    rows += [(flags | 0x70, write) for flags, write in rows]
    commands = [f"vma_allows {flags:#x} {write:d}" for flags, write in rows]
    for (flags, write), command, answer in zip(rows, commands, Paged(machine).do(*commands)):
        with after(command):
            equal(answer.value, int(allows(flags, write)),
                  (_("whether a write is allowed to {area}") if write else
                   _("whether a read is allowed of {area}")).format(area=area_words(flags)))
