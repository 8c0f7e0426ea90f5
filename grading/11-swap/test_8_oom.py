"""Exercise 8: when there is no room left."""

import random

from miroir.check import check, equal, true
from miroir.i18n import _
from miroir.pagetables import PAGE_SIZE, SLOT_SIZE
from miroir.processes import DATA, DONE, LOOP, TURNS, WRITE, calls, equal_status, put
from miroir.swap import NO_MEMORY, PLACE, Actor, Swap

SECONDS = 10.0
FLAGS = DATA + 0x100  # where a program is told to go on


def write_pages(swap: Swap, actor, count: int, first: int = 0) -> list[int]:
    pages = [PLACE + (first + n) * PAGE_SIZE for n in range(count)]
    swap.write(actor, *((page, page) for page in pages))
    return pages


@check(2, _("Who has most has to go, present and absent counted together; the newest of equals"),
       read="exercise-8",
       why=_("A rule that everyone can look up. Whoever counts only what is in memory spares the "
             "one whose memory fills the disk."))
def test_choose(swap: Swap) -> None:
    def chosen() -> int:
        return int(swap.machine.call("oom_choose")[0])

    equal(chosen(), 0, _("the process that has to go, if there is none but the kernel's"))
    first, second, third = (swap.actor(20) for _unused in range(3))
    write_pages(swap, first, 5)
    swap.map(second, PLACE + SLOT_SIZE, 2 * SLOT_SIZE // PAGE_SIZE)
    swap.write(second, *((PLACE + n * SLOT_SIZE, n) for n in range(3)))  # in three page tables
    write_pages(swap, third, 4)
    equal(chosen(), first.pid, _("the process that has to go, of 5, 3 and 4 pages"))
    swap.out(first, PLACE, PLACE + PAGE_SIZE)
    equal(chosen(), first.pid, _("the same, 2 of the 5 being absent"))
    write_pages(swap, second, 2, 3)
    equal(chosen(), second.pid, _("the process that has to go, of 5, 5 and 4 pages"))
    fourth = swap.fork(first)  # what is shared counts for each
    write_pages(swap, third, 1, 4)
    equal(chosen(), fourth.pid, _("the process that has to go, of 5, 5, 5 and 5 pages"))
    swap.do(f"process_kill {fourth.pid}")
    equal(chosen(), third.pid, _("the process that has to go, the fourth being a zombie"))


@check(1, _("init is never chosen"), read="exercise-8",
       why=_("It is the parent of all orphans, and starts the shell anew if that has to go."))
def test_not_init(boot) -> None:
    swap = Swap(boot(ram=8, disk=4, modules=["init", "shell"]))
    swap.machine.console.wait_for("$ ")
    processes = swap.all()
    space = processes[1].mspace
    swap.do(f"mspace_map {space:#x} 0x60000000 0x40000 0 0 0 0x566",
            *(f"mspace_fault {space:#x} {0x60000000 + n * PAGE_SIZE:#x} 6" for n in range(64)))
    equal(processes[1].name, "init", _("the name of process 1"))
    equal(swap.machine.call("oom_choose"), [2],
          _("the process that has to go: 1 (init) has more pages than 2 (shell)"))


@check(3, _("Disk and memory are full: one is ended, and told; the others are intact"),
       read="exercise-8",
       why=_("The kernel has promised more than there is. It breaks its word to one, instead of "
             "falling with all of them."))
def test_full(boot, rng: random.Random) -> None:
    swap = Swap(boot(ram=8, disk=2, modules=["fill"]))
    swap.machine.monitor("log none")
    swap.do("frames_hoard 240")
    small, large = rng.sample(range(10000), 2)
    one = swap.start(f"process_run fill 1 {small} 8")
    for _turn in range(TURNS):  # fork() may be told ENOMEM once the large one is there
        if len(swap.all()) > 2:
            break
        swap.idle(1)
    two = swap.start(f"process_run fill 3 {large}")
    statuses = {pid: int(swap.machine.call(f"process_wait {pid}", SECONDS)[1])
                for pid in (two, one)}
    equal_status(statuses[one], 0, _("status of the small program"))
    equal(hex(statuses[two]), hex(NO_MEMORY), _("status of the large one"))
    lines = swap.machine.console.text
    true(f"pid {two} (fill): killed: out of memory\n" in lines,
         _("the console says that process {pid} is out of memory").format(pid=two), lines[-200:])
    true(f"{small}: intact" in lines, _("the small one is intact"), lines[-200:])
    true(f"{large}:" not in lines, _("the large one prints nothing"))
    equal((swap.absent(), swap.free_slots()), ({}, 511), _("the table, and free slots"))


@check(1, _("Whoever is not in a fault of his own is told ENOMEM, and lives"), read="exercise-8",
       why=_("In a system call the kernel may be half way through something. And a program that is "
             "told can give something back."))
def test_told(swap: Swap) -> None:
    small, large = swap.actor(40), swap.actor(40)
    kept = write_pages(swap, small, 2)
    write_pages(swap, large, 20)
    swap.do("slot_take 1023", "frames_hoard 0")
    # The large one itself comes by no fault from ring 3: it is told, and lives.
    ended, *_rest = swap.machine.call(f"act {large.pid} {PLACE + 30 * PAGE_SIZE:#x} 1")
    equal(ended, 1, _("a fault without room is resolved (0) or not (1)"))
    equal(swap.state(large.pid), "blocked", _("state of the process that was told"))
    # The small one finds room, at the expense of the large one.
    swap.write(small, (PLACE + 30 * PAGE_SIZE, 3))
    equal(swap.state(large.pid), "zombie", _("state of the large one when a small one needs room"))
    equal(hex(swap[large.pid].status), hex(NO_MEMORY), _("its status"))
    for page in kept:
        swap.equal_word(small, page, page)


@check(1, _("A program that finds no memory in a system call is told, and goes on; if it touches "
            "a page, it is ended"), read="exercise-8",
       why=_("What counts is why it is in the kernel, and not from where it has come."))
def test_told_in_call(swap: Swap) -> None:
    pages = [PLACE + SLOT_SIZE + n * PAGE_SIZE for n in range(32)]
    steps = [b"".join(put(page, 1) for page in pages[:-2]) + swap.done(),
             calls((WRITE, 1, pages[-2], 4)) + swap.done(), put(pages[-1], 1) + LOOP]
    code = b"".join(swap.until(FLAGS + 4 * n) + step for n, step in enumerate(steps))
    pid = swap.raw(swap.done() + code)
    swap.map(Actor(pid, swap[pid].mspace), pages[0], len(pages))

    def take_step(number: int) -> None:
        swap.poke(pid, DONE, 0)
        swap.poke(pid, FLAGS + 4 * number, 1)

    swap.finished(pid, 1)
    take_step(0)
    swap.finished(pid, 1)
    swap.do("slot_take 1023", "frames_hoard 0")
    take_step(1)
    result = swap.finished(pid, 1)[0]
    true(result < 0, _("the call fails: it was to write what is in a page for which there is no "
                       "frame"), result)
    take_step(2)
    equal(hex(int(swap.machine.call(f"process_wait {pid}")[1])), hex(NO_MEMORY),
          _("status of the program when it has touched such a page itself"))
