"""Exercise 5: the memory device and its allocator."""

import random

from miroir.check import check, equal, hexa
from miroir.i18n import _
from miroir.machine import Machine
from miroir.mspace_memory import read_space
from miroir.mspaces import ANON, READ, RW
from miroir.pagetables import PAGE_SIZE, PRESENT, USER_START, WRITE
from miroir.requests import (CHUNK_ALLOC, CHUNK_FREE, CHUNK_INFO, FAULT, FOR_CALL, FOR_DENIED,
                             FOR_MISSING, MEMORY, Log, Request, Trace, device)

RAM = device(MEMORY, 1)


@check(1, _("The memory device: its ID, its size, what is free of it, its allocator"),
       read="exercise-5",
       why=_("RAM is a device like any other: it is found in the table, and has nothing but a "
             "size."))
def test_device(quiet: Machine) -> None:
    place = quiet.call(f"device_find {RAM}")[0]
    equal(hexa(int(place)), hexa(quiet.symbol("memory_device")), _("the first memory device"))
    frames = [int(value) for value in quiet.call("frames")]
    for _unused in range(2):
        raw, size, free, allocator, _sent = quiet.call("memory_device")
        equal([raw, size, allocator], [RAM, (frames[1] + frames[3]) * PAGE_SIZE, RAM],
              _("ID, size, and the device that the allocator belongs to"))
        frames = [int(value) for value in quiet.call("frames")]
        equal(free, (frames[0] + frames[2]) * PAGE_SIZE, _("bytes free"))
        quiet.call("frame_alloc 7 1")
        frames = [int(value) for value in quiet.call("frames")]
    answers = quiet.run(f"memory_init; device_remove {RAM}; memory_init; device_find {RAM}")
    equal([answers[0].error, answers[2].error, hexa(answers[3].value)], ["EEXIST", "", hexa(place)],
          _("errors of memory_init(), the device being there and not; and the device then"))


@check(4, _("From the need to the request: device, allocator, manager"), read="exercise-5",
       why=_("Who has a need says what and why. The allocator alone knows what else a request "
             "takes, so that nobody else can forget half of it."))
def test_path(quiet: Machine, rng: random.Random) -> None:
    quiet.run(f"device_remove {RAM}; device_register {RAM}")
    log, trace = Log(quiet), Trace(quiet)
    sender, size = rng.randrange(1, 1 << 31), rng.randrange(1, 1 << 20)
    arguments = (rng.randrange(1 << 32), rng.randrange(1 << 32), rng.randrange(1 << 32))
    sent = quiet.call("memory_device")[4]
    answers = quiet.run(f"request_context {sender}; "
                        f"memory_ask {CHUNK_ALLOC} {FOR_CALL} {size}; "
                        f"memory_ask {FAULT} {FOR_DENIED} 1 {' '.join(map(hex, arguments))}; "
                        "memory_device; request_run")
    first, second = answers[1].value, answers[2].value
    equal(answers[3].values[4], int(sent) + 2, _("requests that the allocator has sent"))
    log.equal([Request(sender, RAM, CHUNK_ALLOC, FOR_CALL, size, ticket=first),
               Request(sender, RAM, FAULT, FOR_DENIED, 1, arguments, ticket=second)],
              _("requests handled"))
    got = [[e.step, e.version, e.reason, e.sender, e.ticket, e.device, e.nature, e.need, e.argument]
           for e in trace.entries()]
    ask, touch = [RAM, CHUNK_ALLOC, size, 0], [RAM, FAULT, 1, arguments[0]]
    call, denied = [1, FOR_CALL, sender], [1, FOR_DENIED, sender]
    equal(got[:6], [["device", 0, 0, 0, 0, *ask], ["allocator", *call, 0, *ask],
                    ["submit", *call, first, *ask],
                    ["device", 0, 0, 0, 0, *touch], ["allocator", *denied, 0, *touch],
                    ["submit", *denied, second, *touch]],
          _("step, version, reason, sender, ticket, device, nature, need and argument of each "
            "entry"))


@check(1, _("What is refused is not sent, and an allocator sends for its own device"),
       read="exercise-5",
       why=_("The error is the manager's, and whoever has the need must hear of it. An allocator "
             "that knows of one device only cannot serve a second one."))
def test_send(quiet: Machine) -> None:
    other = device(MEMORY, 3)
    before, trace = quiet.call("memory_device")[4], Trace(quiet)
    for command, error in ((f"memory_ask {CHUNK_ALLOC} {FOR_CALL} 0", "EINVAL"),
                           (f"memory_ask {CHUNK_FREE} {FOR_CALL} 1 0x400000", "EINVAL"),
                           (f"memory_ask {CHUNK_FREE} 0 0 0x400000", "EINVAL"),
                           (f"allocator_send {other} {CHUNK_INFO} {FOR_CALL} 0 0", "ENODEV"),
                           (f"device_remove {RAM}", ""),
                           (f"memory_ask {CHUNK_INFO} {FOR_CALL} 0 0", "ENODEV"),
                           (f"device_register {other}", "")):
        equal(quiet.error(command), error, f"`{command}`")
    equal(trace.steps(), ["device", "allocator"] * 3 + ["allocator", "device", "allocator"],
          _("steps in the trace"))
    trace = Trace(quiet)
    for command in ("allocator_send", "memory_ask_other"):
        equal(quiet.call(f"{command} {other} {CHUNK_INFO} {FOR_CALL} 0 0")[1], 1,
              _("requests that the other device's allocator has sent"))
    equal(quiet.call("memory_device")[4], before, _("requests that the allocator has sent"))
    log = Log(quiet)
    quiet.call("request_run")
    equal([request.device for request in log.requests()], [other] * 2, _("devices of the requests"))
    equal({entry.device for entry in trace.entries()}, {other}, _("devices in the trace"))


@check(1, _("Asking takes no memory; carrying out does"), read="exercise-5",
       why=_("The allocator's name is not well chosen: it allocates nothing. Between asking and "
             "getting lies the queue."))
def test_nothing_allocated(quiet: Machine) -> None:
    space = int(quiet.call("mspace_create")[0])
    quiet.run(f"mspace_map {space:#x} {USER_START:#x} 0x1000 0 0 0 {ANON | RW:#x}")
    before = quiet.call("frames")
    handle = quiet.call(f"memory_ask {FAULT} {FOR_MISSING} 1 {USER_START:#x} 0 {space:#x}")[0]
    equal(quiet.call("frames"), before, _("frames free, after asking"))
    equal(len(read_space(quiet, space).directory.user_pages()), 0, _("pages, after asking"))
    quiet.call("request_run")
    equal(len(read_space(quiet, space).directory.user_pages()), 1,
          _("pages, after request_run()"))
    equal(quiet.call(f"request_fetch {handle:#x} 0")[:3], [0, 0, 1],
          _("status, value and pages of the result"))


def fault(space: int, address: int, error: int, sender: int) -> str:
    return ("request_perform "
            + Request(sender, RAM, FAULT, FOR_MISSING, 1, (address, error, space)).words)


@check(3, _("The handler resolves faults in the space that the request names, and says what came "
            "of them"), read="exercise-5",
       why=_("Whose queue is run need not be whose page is missing: the space is in the request. "
             "`pages` is what makes it possible to say, later, where every page has come from."))
def test_faults(quiet: Machine, rng: random.Random) -> None:
    spaces = [int(quiet.call("mspace_create")[0]) for _unused in range(2)]
    page = rng.randrange(USER_START, 0x80000000, PAGE_SIZE)
    for space in spaces:
        quiet.call(f"mspace_map {space:#x} {page:#x} 0x3000 0 0 0 {ANON | RW:#x}")
    quiet.call(f"mspace_map {spaces[0]:#x} 0x90000000 0x1000 0 0 0 {ANON | READ:#x}")
    copied = page + 0x1000
    quiet.run(f"mspace_fault {spaces[0]:#x} {copied:#x} {WRITE:#x}; mspace_clone {spaces[0]:#x}")
    nowhere = -14
    for space, address, error, expected in (
            (spaces[0], page, WRITE, [0, 0, 1]), (spaces[0], page, PRESENT | WRITE, [0, 0, 0]),
            (spaces[0], copied, PRESENT | WRITE, [0, 0, 0]),
            (spaces[0], page + 0x2FFF, 0, [0, 0, 1]), (spaces[1], page, 0, [0, 0, 1]),
            (spaces[1], 0x90000000, 0, [nowhere, 0, 0]),
            (spaces[0], 0x90000000, WRITE, [nowhere, 0, 0])):
        command = fault(space, address, error, sender=rng.choice((0, 77)))
        equal(quiet.call(command)[:3], expected,
              _("status, value and pages after `{command}`").format(command=command))
    present = [sorted(read_space(quiet, space).directory.user_pages()) for space in spaces]
    equal([[hexa(p) for p in pages] for pages in present],
          [[hexa(page), hexa(copied), hexa(page + 0x2000)], [hexa(page)]],
          _("pages present in both spaces"))
