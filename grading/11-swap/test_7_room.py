"""Exercise 7: room, made in time."""

import random
import re

import pytest

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.mspace_memory import Memory
from miroir.pagetables import PAGE_SIZE
from miroir.requests import Trace
from miroir.swap import DISK, HIGH, LOW, PLACE, Actor, Swap, page_ins

PAGES = 24  # that the string of references is about
KEEP = 9  # of them may be present
REFERENCES = 1200
WRITE_TOO = 1
FAR = 70  # pages that cannot go, in the way of those that can
FEW = 64  # frames that are left to a program, and to its child: a quarter of a MiB
SECONDS = 10.0
EFAULT = -14 & 0xFFFFFFFF


def string(rng: random.Random) -> list[int]:
    """Returns references as programs make them: a few pages often, now and then all in a row."""
    result: list[int] = []
    while len(result) < REFERENCES:
        if rng.randrange(8) == 0:
            result += range(PAGES)
        near = rng.randrange(PAGES)
        result += [(near + rng.randrange(5)) % PAGES for _unused in range(rng.randrange(30))]
    return result[:REFERENCES]


@check(4, _("On a string of references, exactly the page-ins of the clock's model"),
       read="exercise-7",
       why=_("Every victim is then the right one: a single other choice, and the two go different "
             "ways for the rest of the string."))
def test_reference_string(swap: Swap, rng: random.Random) -> None:
    actor, numbers = swap.actor(PAGES), string(rng)
    writes = [rng.randrange(3) == 0 for _unused in numbers]
    addresses = [PLACE + n * PAGE_SIZE + 4 * rng.randrange(8) for n in numbers]
    words = [a | WRITE_TOO * w for a, w in zip(addresses, writes)]
    swap.do(*(f"references {i} " + " ".join(hex(w) for w in words[i:i + 15])
              for i in range(0, REFERENCES, 15)))
    place = int(swap.machine.call(f"play {actor.pid} {REFERENCES} {KEEP}", SECONDS)[0])
    seen = Memory(swap.machine).words(place, 2 * REFERENCES)
    pages = [PLACE + n * PAGE_SIZE for n in numbers]
    expected, content = page_ins(pages, KEEP), dict.fromkeys(addresses, 0)
    for i, address in enumerate(addresses):
        equal(seen[2 * i], content[address],
              _("the word at {address} at reference {number}").format(
                  address=hexa(address), number=i))
        equal(seen[2 * i + 1], int(expected[i]),
              _("transfers for reference {number}, of page {page}").format(
                  number=i, page=hexa(address & -PAGE_SIZE)))
        if writes[i]:
            content[address] = i + 1
    equal(swap.disk().reads, sum(expected), _("page-ins on {count} references to {pages} pages, of "
                                              "which {keep} may be present").format(
                                                  count=REFERENCES, pages=PAGES, keep=KEEP))


def equal_words(swap: Swap, actor: Actor, pages: int) -> None:
    """Compares what is in each page of an actor that crowded() has returned."""
    answers = swap.do(*(f"act {actor.pid} {PLACE + n * PAGE_SIZE:#x}" for n in range(pages)))
    equal([answer.values for answer in answers], [[0, n] for n in range(pages)],
          _("whether each touch was ended by a fault (1) or not (0), and the word"))


def crowded(swap: Swap, pages: int = 200) -> Actor:
    """Returns an actor that has so many pages present, none of which was used lately."""
    actor = swap.actor(pages)
    swap.write(actor, *((PLACE + n * PAGE_SIZE, n) for n in range(pages)))
    return actor


@check(1, _("Under 16 free frames, room is made until there are 32; not before, and not beyond"),
       read="exercise-7",
       why=_("Between the two marks nothing happens: that is what they are for. One mark alone "
             "would mean a transfer for nearly every fault."))
def test_marks(boot) -> None:
    swap = Swap(boot(ram=20, disk=4))  # with frames in both zones
    actor = crowded(swap)
    equal(swap.machine.call("swap_make_room 1"), [1, swap.free()],
          _("`swap_make_room 1`: whether there is room, and free frames"))
    swap.do(f"frames_hoard {LOW}")
    equal(swap.machine.call("swap_keep_room"), [LOW], _("free frames, of {low}").format(low=LOW))
    equal(swap.machine.call(f"swap_make_room {LOW}"), [1, LOW],
          _("`swap_make_room {low}`: whether there is room, and free frames").format(low=LOW))
    swap.do("frames_release", f"frames_hoard {LOW - 2}")
    free = int(swap.machine.call("swap_keep_room")[0])
    true(HIGH <= free <= HIGH + 1, _("{high} free frames").format(high=HIGH), free)
    done, free = map(int, swap.machine.call("swap_make_room 60"))
    true(done == 1 and 60 <= free <= 61, _("`swap_make_room 60`: 1, and 60 free frames"),
         (done, free))
    true(not swap.machine.call("swap_make_room 100000")[0] or not swap.present(actor.space),
         _("`swap_make_room 100000`: everything goes that can"))
    equal(swap.present(actor.space), [], _("pages present then"))
    equal(swap.machine.call("swap_make_room 100000")[0], 0, _("the same again: nothing more"))
    swap.do("frames_release")
    equal_words(swap, actor, 200)


@check(2, _("A call or a fault that has found no memory is tried again, with more room each time"),
       read="exercise-7",
       why=_("A fork needs more frames than the marks keep free, and nobody can know how many "
             "before it has begun."))
def test_call_again(swap: Swap) -> None:
    actor = crowded(swap, 300)
    swap.do(f"frames_hoard {LOW - 2}")
    equal(swap.machine.call("swap_call 6 0"), [6, 1],
          _("result of a call that fails {times} times, and how often it was made").format(times=0))
    true(HIGH <= swap.free() <= HIGH + 1, _("{high} free frames").format(high=HIGH), swap.free())
    equal(swap.machine.call(f"swap_call {EFAULT:#x} 0"), [EFAULT - 2 ** 32, 1],
          _("result of a call that fails otherwise, and how often it was made"))
    swap.do("frames_release", "frames_hoard 40")
    for times, result, count in ((0, 6, 1), (1, 6, 2), (2, 6, 3)):
        equal(swap.machine.call(f"swap_call 6 {times}"), [result, count],
              _("result of a call that fails {times} times, and how often it was made").format(
                  times=times))
    true(64 <= swap.free() < 128, _("{low} to {high} free frames").format(low=64, high=127),
         swap.free())
    equal(swap.machine.call("swap_call 6 9"), [-12, 5],
          _("result of a call that fails {times} times, and how often it was made").format(times=9))
    equal(swap.present(actor.space), [], _("pages present then"))
    swap.do("frames_release")
    equal(swap.machine.call("swap_call 6 9"), [-12, 6],
          _("the same when all the room is there: a first time, and five more"))
    page = PLACE + 400 * PAGE_SIZE
    for times, result in ((5, 0), (9, -12)):
        equal(swap.machine.call(f"swap_fault {actor.space:#x} {page:#x} 6 {times}"), [result, 6],
              _("result of a fault that fails {times} times, and how often it was tried").format(
                  times=times))


@check(1, _("A page that cannot be written is passed over; too many in a row, and the search ends"),
       read="exercise-7",
       why=_("One bad block must not stop it. A disk that is broken must, or every system call "
             "would try every page."))
def test_patience(swap: Swap) -> None:
    actor = crowded(swap, 60)
    swap.do(f"frames_hoard {HIGH}")
    for skip, count, again, free in ((0, 2, 0, True), (0, 4, 0, False), (1, 2, 5, True)):
        swap.do(f"disk_fail {skip} {count} 0 1 {again}")
        before = swap.disk().errors
        done = int(swap.machine.call(f"swap_make_room {swap.free() + 6} 3")[0])
        equal(bool(done), free, _("whether there is room in the end, when of {every} writes "
                                  "{count} fail, {times} times, and 3 in a row may not").format(
                                      every=skip + count, count=count, times=again + 1))
        true(free or swap.disk().errors == before + 3, _("3 writes that failed"),
             swap.disk().errors - before)
        swap.do("disk_fail 0 0 0 0")
    equal_words(swap, actor, 60)
    swap.do("frames_release", f"frames_hoard {LOW - 1}", "disk_fail 0 100 0 1")
    errors = swap.disk().errors
    equal((swap.machine.call("swap_keep_room"), swap.disk().errors - errors), ([LOW - 1], HIGH),
          _("free frames, and writes that failed, when room is kept and none can be made"))
    swap.do("disk_fail 0 0 0 0")
    equal_words(swap, actor, 60)


@pytest.fixture
def filed(boot) -> Swap:
    """A machine with a file of 40 pages."""
    return Swap(boot(ram=8, disk=4, modules=[(b"content " * (5 * PAGE_SIZE), "data")]))


@check(1, _("No frame is free, and no slot: what can go without one still goes"),
       read="exercise-7",
       why=_("A full disk is no reason to end anybody as long as there is a file's page in memory "
             "that nobody shows."))
def test_full_disk(filed: Swap) -> None:
    swap, file = filed, int(filed.machine.call("inode_find data")[0])
    actor = swap.actor(8)
    swap.write(actor, (PLACE, 1))
    swap.out(actor, PLACE)
    swap.do(*(f"inode_page {file:#x} {index}" for index in range(40)), "slot_take 1022",
            "frames_hoard 0")
    equal(swap.machine.call("swap_keep_room"), [0], _("free frames: no slot is free"))
    swap.equal_word(actor, PLACE, 1)
    true(swap.cached(file).count(0) >= HIGH, _("pages of the file that have gone"),
         swap.cached(file).count(0))
    swap.write(actor, (PLACE + PAGE_SIZE, 2))


@check(1, _("A full disk: however many pages cannot go, one that can is found"),
       read="exercise-7",
       why=_("Whoever is in need looks at all there is, and not only at the next few pages."))
def test_far_away(filed: Swap) -> None:
    swap, file = filed, int(filed.machine.call("inode_find data")[0])
    actor = swap.actor(FAR + 1)
    pages = [PLACE + n * PAGE_SIZE for n in range(FAR)]
    swap.write(actor, *((page, n) for n, page in enumerate(pages)))
    swap.do("slot_take 1023")

    def all_old() -> None:
        """Has no page be used lately, and the whole file be in its cache."""
        swap.do("frames_release", *(f"inode_page {file:#x} {index}" for index in range(40)),
                *(f"candidate_look 0 {actor.pid} {page:#x}" for page in pages), "frames_hoard 0")

    all_old()
    equal(swap.machine.call("swap_call 6 1"), [6, 2],
          _("result of a call that fails {times} times, and how often it was made").format(times=1))
    all_old()
    swap.write(actor, (PLACE + FAR * PAGE_SIZE, FAR))
    equal_words(swap, actor, FAR + 1)


@pytest.fixture
def programs(boot) -> Swap:
    """A machine with programs."""
    swap = Swap(boot(ram=8, disk=16, modules=["fill"]))
    swap.machine.monitor("log none")  # a page fault is no news here
    return swap


def results(swap: Swap) -> list[str]:
    return sorted(re.findall(r"\d+: (?:intact|broken)", swap.machine.console.text))


@check(4, _("Four times as much memory as there is, written, forked, read in another order: "
            "intact"), read="exercise-7",
       why=_("This is what it is all for. The programs know nothing of it; they only take "
             "longer."))
def test_working_set(programs: Swap, rng: random.Random) -> None:
    seeds = rng.sample(range(10000), 2)
    programs.do(f"frames_hoard {FEW}")
    equal(programs.run_program(f"fill 1 {seeds[0]} 4", SECONDS), 0, _("status of the program"))
    disk = programs.disk()
    pages = 256
    true(disk.writes > pages - FEW and disk.reads > pages - FEW, _("more than {count} writes and "
         "reads").format(count=pages - FEW), disk)
    equal(programs.run_program(f"fill 1 {seeds[1]} 7 memory", SECONDS), 0,
          _("status of the program, with shared memory"))
    equal(results(programs), sorted(f"{seed}: intact" for seed in seeds), _("what they print"))
    equal((programs.absent(), programs.free_slots()), ({}, 4095), _("the table, and free slots"))


@check(2, _("While one waits for the disk, others run"), read="exercise-7",
       why=_("A transfer takes as long as a hundred thousand instructions. The processor has "
             "something better to do."))
def test_others_run(programs: Swap, rng: random.Random) -> None:
    programs.do(f"frames_hoard {2 * FEW}")
    pids = [programs.start(f"process_run fill 1 {seed}") for seed in (11, 12)]
    found = 0
    trace = Trace(programs.machine)
    for _unused in range(24):
        programs.idle(10)
        waiting = 0
        for entry in trace.entries():
            if entry.device == DISK and entry.step in ("handler", "result"):
                waiting = entry.sender if entry.step == "handler" else 0
            found += bool(waiting) and entry.sender in pids and entry.sender != waiting
        if found:
            break
    true(found, _("requests of one process while another one's is in the disk's handler"))
    equal([programs.machine.call(f"process_wait {pid}", SECONDS)[1] for pid in pids], [0, 0],
          _("status of the two programs"))
    equal(results(programs), [f"{seed}: intact" for seed in (11, 12)], _("what they print"))
