"""Exercise 3: submitting a request."""

import random
from dataclasses import replace

from miroir.check import check, equal, true
from miroir.i18n import _
from miroir.machine import Machine
from miroir.requests import (CHUNK_ALLOC, CHUNK_FREE, CHUNK_MAX, ECHO, FAULT, FOR_CALL, FOR_KERNEL,
                             LOG_SIZE, MEMORY, SLOTS, TEST, TRY, Log, Request, Trace, add_nature,
                             device)

ONE = device(TEST, 1)


def submit(machine: Machine, *requests: Request) -> list[int]:
    """Submits REQUESTS; returns their handles."""
    handles = []
    for start in range(0, len(requests), 30):
        part = requests[start:start + 30]
        answers = machine.run("; ".join(f"request_submit {r.words}" for r in part))
        for answer in answers:
            equal(answer.error, "", f"`{answer.command}`")
        handles += [answer.value for answer in answers]
    return handles


def some(rng: random.Random, count: int) -> list[Request]:
    """Returns COUNT requests, no two alike."""
    return [Request(sender=rng.randrange(1, 1 << 32), reason=rng.randrange(1, 6),
                    need=rng.randrange(1 << 32),
                    arguments=(number, rng.randrange(1 << 31), rng.randrange(1 << 32), 0,
                               rng.randrange(1 << 32), rng.randrange(1 << 32)))
            for number in range(count)]


@check(3, _("A request is copied, byte for byte, and its ticket is its handle"), read="exercise-3",
       why=_("The sender's copy lies on a stack that is gone by the time the request is handled: "
             "the manager needs its own. The ticket is how the handler knows what it is working "
             "on."))
def test_copy(quiet: Machine, rng: random.Random) -> None:
    quiet.call(f"device_register {ONE}")
    requests, log = some(rng, 5), Log(quiet)
    handles = submit(quiet, *requests)
    true(0 not in handles and len(set(handles)) == 5, _("five handles, all different, none 0"),
         handles)
    equal(quiet.call("request_waiting"), [5], _("requests waiting"))
    log.equal([], _("requests handled before request_run()"))
    quiet.call("request_run")
    log.equal([replace(request, ticket=handle) for request, handle in zip(requests, handles)],
              _("requests handled"))


RAM = device(MEMORY, 2)
NEW = TRY + 1  # a nature that a later stage may add
MALFORMED = [
    (_("version 0"), {"version": 0}), (_("version 2"), {"version": 2}),
    (_("version 0x101"), {"version": 0x101}),
    *((_("a reserved byte that is not 0"), {"reserved": value}) for value in (1, 0x80)),
    *((_("a ticket that is not 0"), {"ticket": value}) for value in (1, SLOTS, 1 << 31)),
    *((_("a nature that no device has"), {"nature": value, "need": 3})
      for value in (0xF0F, NEW, 0xF11, 0xF81)),
    (_("nature 0 of its kind"), {"nature": 0xF00}),
    (_("a nature of a kind over 15"), {"nature": 0x1F01}),
    (_("a nature of another kind"), {"nature": 0x301}),
    (_("no reason"), {"reason": 0}), (_("reason 6"), {"reason": 6}),
    (_("reason 9"), {"reason": 9}), (_("reason 0x101"), {"reason": 0x101}),
    (_("a need below the least"), {"nature": TRY, "need": 2}),
    (_("a need over the most"), {"nature": TRY, "need": 10}),
    *((_("an argument too many"), {"nature": TRY, "need": 5, "arguments": arguments})
      for arguments in ((1, 2), (1, 0, 1), (1, 0, 0, 1), (1, 0, 0, 0, 1), (1, 2, 0xFFFFFFFE))),
    (_("a sixth argument too many"), {"nature": TRY, "need": 5, "arguments": (1, 0, 0, 0, 0, 1)}),
    (_("an argument where there is none"),
     {"device": RAM, "nature": CHUNK_ALLOC, "need": 1, "arguments": (1,)}),
    (_("a need where there is none"), {"device": RAM, "nature": CHUNK_FREE, "need": 1}),
    (_("no bytes"), {"device": RAM, "nature": CHUNK_ALLOC}),
    (_("a need over the most"), {"device": RAM, "nature": CHUNK_ALLOC, "need": CHUNK_MAX + 1}),
    (_("two pages for one fault"), {"device": RAM, "nature": FAULT, "need": 2}),
]


@check(4, _("A malformed request is refused, and nothing is queued"), read="exercise-3",
       why=_("The handler relies on the format: what comes to it has been looked at once, by one "
             "function, and not a little by everybody."))
def test_malformed(quiet: Machine) -> None:
    quiet.run(f"device_register {ONE}; device_register {RAM}")
    # Places that have been used are free again, too.
    quiet.run("; ".join([f"request_perform {Request().words}"] * 3))
    log = Log(quiet)
    for what, changes in MALFORMED:
        request = replace(Request(), **changes)
        equal(quiet.error(request.raw), "EINVAL",
              _("the answer to a request with {what}").format(what=what))
    equal(quiet.call("request_waiting"), [0], _("requests waiting"))
    add_nature(quiet, TRY, NEW)
    right = [Request(), Request(need=0xFFFFFFFF, arguments=(0, 0, 0, 0, 0, 1), reason=FOR_CALL),
             Request(nature=TRY, need=3, arguments=(7,)), Request(nature=TRY, need=9),
             Request(nature=NEW, need=3, arguments=(7,)),
             Request(device=RAM, nature=CHUNK_ALLOC, need=1),
             Request(device=RAM, nature=CHUNK_ALLOC, need=CHUNK_MAX, sender=0)]
    for request in right:
        equal(quiet.error(request.raw), "", f"`{request.raw}` ({request})")
    quiet.call("request_run")
    equal(len(log.requests()), len(right), _("requests handled"))
    equal(quiet.call(f"request_fill 1 {ONE} {SLOTS + 1}"), [SLOTS],
          _("requests that the manager takes"))


@check(2, _("A request for a device that is not there is refused"), read="exercise-3",
       why=_("Kind and number both count: the second test device is not the first."))
def test_no_device(quiet: Machine, rng: random.Random) -> None:
    other = device(TEST, rng.randrange(2, 17))
    quiet.call(f"device_register {ONE}")
    for request, error in ((Request(device=other), "ENODEV"), (Request(), ""),
                           (Request(device=other, nature=TRY, need=1), "EINVAL"),
                           (Request(device=device(MEMORY, 9), nature=FAULT, need=1), "ENODEV")):
        equal(quiet.error(f"request_submit {request.words}"), error,
              f"`request_submit {request.words}`")
    equal(quiet.call("request_waiting"), [1], _("requests waiting"))
    quiet.run(f"device_register {other}; device_remove {ONE}")
    equal(quiet.error(f"request_submit {Request(device=other).words}"), "",
          _("the answer once the device is there"))
    equal(quiet.error(f"request_submit {Request().words}"), "ENODEV",
          _("the answer once the device is gone"))


@check(3, _("First in, first out, also after many more requests than there are places"),
       read="exercise-3",
       why=_("A ring that forgets one request where it closes works until it closes."))
def test_fifo(quiet: Machine, rng: random.Random) -> None:
    quiet.call(f"device_register {ONE}")
    for before in (0, rng.randrange(1, 100), SLOTS - 100, rng.randrange(1, 100), SLOTS - 80, 7):
        quiet.call(f"request_fill 1 {ONE} {before}")
        log, requests = Log(quiet), some(rng, rng.randrange(20, 80))
        handles = submit(quiet, *requests)
        equal(quiet.call("request_run"), [before + len(requests)], _("requests handled at once"))
        log.equal_end([replace(r, ticket=handle) for r, handle in zip(requests, handles)])


@check(3, _("{count} requests wait at most; the next one is refused, and nothing is lost").format(
    count=SLOTS), read="exercise-3",
       why=_("A queue that grows takes memory just when there is none left. A bounded one says no, "
             "in time, to whoever asks too much."))
def test_full(quiet: Machine, rng: random.Random) -> None:
    quiet.call(f"device_register {ONE}")
    before = quiet.call("frames")
    requests, log = some(rng, LOG_SIZE - 1), Log(quiet)
    equal(quiet.call(f"request_fill 1 {ONE} {SLOTS - LOG_SIZE + 1}"), [SLOTS - LOG_SIZE + 1],
          _("requests that the manager takes"))
    handles, trace = submit(quiet, *requests), Trace(quiet)
    for _unused in range(3):
        equal(quiet.error(f"request_submit {Request().words}"), "EAGAIN",
              _("the answer to one request more"))
    equal(quiet.error(f"request_submit {Request(nature=ECHO + 2).words}"), "EINVAL",
          _("the answer to one that is malformed"))
    equal(quiet.error(f"request_submit {Request(device=ONE + 1).words}"), "ENODEV",
          _("the answer to one for no device"))
    equal(trace.steps(), [], _("steps in the trace"))
    equal(quiet.call("request_waiting"), [SLOTS], _("requests waiting"))
    equal(quiet.call("request_run"), [SLOTS], _("requests handled"))
    log.equal_end([replace(request, ticket=handle) for request, handle in zip(requests, handles)])
    equal(quiet.error(f"request_submit {Request(reason=FOR_KERNEL).words}"), "",
          _("the answer when there is room again"))
    equal(quiet.call("frames"), before, _("frames, which the manager does not need"))
