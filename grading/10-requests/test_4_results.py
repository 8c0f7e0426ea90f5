"""Exercise 4: handling requests, and what becomes of their results."""

import random
from dataclasses import replace
from functools import partial

from hypothesis import strategies as st

from miroir.check import check, equal, hexa, true
from miroir.i18n import _
from miroir.machine import Answer, Machine
from miroir.model import Step, explore
from miroir.requests import (FETCH, FORGET_AS, PERFORM, RUN, RUN_AS, SLOTS, SUBMIT, SUBMIT_AS, TEST,
                             TRY, VANISH, WAITING, Log, Manager, Request, Trace, device)

ONE, TWO, MUTE, OTHER = (device(TEST, number) for number in range(1, 5))
EPERM, EAGAIN, EBUSY = 0xFFFFFFFF, 0xFFFFFFF5, 0xFFFFFFF0
MANY_USES = 70_000  # more than 16 bits count


def submit(request: Request) -> str:
    return f"request_submit {request.words}"


def echo(value: int = 0, status: int = 0, pages: int = 0, sender: int = 1,
         where: int = ONE) -> Request:
    return Request(sender=sender, device=where, arguments=(value, status & 0xFFFFFFFF, pages))


def act(action: int, context: int = 0, other: int = 0, sender: int = 1) -> Request:
    """Returns a request whose handler does ACTION."""
    return Request(sender=sender, arguments=(0, 0, 0, action, context, other))


def outcome(answer: Answer) -> str | list[int | str]:
    """Returns the error of an answer to request_fetch, or its values without the ticket."""
    return answer.error or answer.values[:3]


@check(3, _("A result says what the handler returned, and whose it is"), read="exercise-4",
       why=_("Status, value and pages are all that the sender ever learns of what was done. The "
             "handler's failure is a result like any other: it is the sender who was refused, and "
             "not the manager who failed."))
def test_result(quiet: Machine, rng: random.Random) -> None:
    quiet.call(f"device_register {ONE}")
    cases = [(rng.randrange(1 << 32), status, rng.randrange(1 << 10))
             for status in (0, -12, -14, 7, -rng.randrange(1, 39), rng.randrange(1 << 20))]
    handles = [a.value for a in quiet.run("; ".join(submit(echo(*case)) for case in cases))]
    equal(quiet.call("request_run"), [len(cases)], _("requests handled"))
    order = rng.sample(range(len(cases)), len(cases))
    answers = quiet.run("; ".join(f"request_fetch {handles[i]:#x} 1" for i in order))
    for i, answer in zip(order, answers):
        value, status, pages = cases[i]
        equal(answer.error or answer.values, [status, value, pages, handles[i]],
              _("status, value, pages and ticket of result {number}").format(number=i + 1))
    log, first = Log(quiet), echo(4)
    ticket = quiet.call(submit(first))[0]
    answer = quiet.call(f"request_perform {echo(5, -5, 6).words}")
    equal(answer[:3], [-5, 5, 6], _("status, value and pages that request_perform() brings"))
    log.equal([replace(first, ticket=int(ticket)), replace(echo(5, -5, 6), ticket=int(answer[3]))],
              _("requests handled"))


@check(2, _("A result is read once; after that its handle is stale, whoever has its place"),
       read="exercise-4",
       why=_("The place is used again at once. A handle that is only its number would then give "
             "you somebody else's result: it needs to say which use of the place it means."))
def test_stale(quiet: Machine, rng: random.Random) -> None:
    quiet.call(f"device_register {ONE}")
    stale = []
    for _unused in range(8):
        old = quiet.call(submit(echo(1)))[0]
        quiet.run(f"request_run; request_fetch {old:#x} 1")
        stale.append(old)
    equal(quiet.error(f"request_fetch {old:#x} 1"), "EBADF", _("a result read a second time"))
    equal(quiet.call(f"request_tickets {ONE} {MANY_USES}"), [0],
          _("tickets that are 0, or the first one's again, among {count}").format(count=MANY_USES))
    live = [a.value for a in quiet.run("; ".join([submit(echo(2))] * 40))]
    true(not set(live) & set(stale), _("handles that are not used again"), live)
    for when in (_("while its place is queued"), _("while its place has another result")):
        for handle in stale:
            equal(quiet.error(f"request_fetch {handle:#x} 1"), "EBADF",
                  _("an old handle, {when}").format(when=when))
        quiet.call("request_run")


@check(1, _("Forged handles are refused"), read="exercise-4",
       why=_("A handle is a number, and anybody can write numbers."))
def test_forged(quiet: Machine, rng: random.Random) -> None:
    quiet.call(f"device_register {ONE}")
    true_ones = [a.value for a in quiet.run("; ".join([submit(echo(3))] * 3 + ["request_run"]))]
    forged = {0, 1, SLOTS - 1, SLOTS, 0x80000000, 0xFFFFFFFF, rng.randrange(1 << 32)}
    forged |= {handle ^ 1 << bit for handle in true_ones[:3] for bit in range(32)}
    forged -= set(true_ones[:3])
    for start in range(0, len(forged), 40):
        for answer in quiet.run("; ".join(f"request_fetch {handle:#x} 1" for handle in
                                          sorted(forged)[start:start + 40])):
            equal(answer.error or "ok", "EBADF", f"`{answer.command}`")
    for handle in true_ones[:3]:
        equal(quiet.error(f"request_fetch {handle:#x} 1"), "", _("a true one, afterwards"))


@check(2, _("Only its sender reads a result, and only when there is one"), read="exercise-4",
       why=_("What a process asked for, and what it was told, is nobody else's business. And a "
             "result before its time would be whatever the place held last."))
def test_sender(quiet: Machine) -> None:
    quiet.call(f"device_register {ONE}")
    for command, expected in (
            (f"h={submit(echo(9, sender=7))}", None), ("request_fetch $h 7", "EAGAIN"),
            ("request_fetch $h 8", "EPERM"), ("request_run", None), ("request_fetch $h 8", "EPERM"),
            ("request_fetch $h 0", "EPERM"), ("request_fetch $h 0x107", "EPERM"),
            ("request_fetch $h 0x10007", "EPERM"), ("request_fetch $h 7", [0, 9, 0]),
            ("request_fetch $h 8", "EBADF"),
            (f"h={submit(echo(4, sender=0))}", None), ("request_run", None),
            ("request_fetch $h 7", "EPERM"), ("request_fetch $h 0", [0, 4, 0])):
        answer = quiet.run(command)[0]
        if expected is not None:
            equal(outcome(answer), expected, f"`{command}`")
    for who, expected in ((1, EAGAIN), (2, EPERM)):
        equal(quiet.call(f"request_perform {act(FETCH, who).words}")[:2], [0, expected],
              _("status, and what request_fetch() tells the handler, as {who}, of the result that "
                "it is working on").format(who=who))


@check(2, _("Without a handler, or without its device, a request still has a result"),
       read="exercise-4",
       why=_("A driver that is not finished, a device that was pulled out: the sender waits for a "
             "result and shall have one. A panic would punish the whole kernel for it."))
def test_no_handler(quiet: Machine) -> None:
    quiet.run(f"device_register {ONE}; device_register {MUTE} 0 0; device_register {TWO}")
    used = [a.value for a in quiet.run("; ".join([submit(echo(9, 9, 9))] * 5))]
    quiet.run("; ".join(["request_run", *(f"request_fetch {handle:#x} 1" for handle in used)]))
    log = Log(quiet)
    requests = (echo(1, 3, where=MUTE), echo(2, 4, where=TWO), echo(3, 5),
                Request(nature=TRY, need=3), echo(4, 6, where=OTHER))
    quiet.call(f"device_register {OTHER}")
    handles = [answer.value for answer in quiet.run("; ".join(map(submit, requests)))]
    # Another one takes the last device's place, a mute one.
    quiet.run(f"device_remove {TWO}; device_remove {OTHER}; device_register {OTHER} 1 0")
    equal(quiet.call("request_run"), [len(requests)], _("requests handled"))
    for handle, expected in zip(handles, ([-38, 0, 0], [-19, 0, 0], [5, 3, 0], [0, 0, 0],
                                          [-38, 0, 0])):
        equal(quiet.call(f"request_fetch {handle:#x} 1"), [*expected, handle],
              _("status, value, pages and ticket"))
    equal(len(log.requests()), 2, _("requests that a handler has seen"))


@check(3, _("A handler cannot submit requests, nor have them handled"), read="exercise-4",
       why=_("A handler that asks the manager waits for itself. It calls the function that it "
             "needs: it is on the kernel's side already."))
def test_recursion(quiet: Machine) -> None:
    quiet.call(f"device_register {ONE}")
    log = Log(quiet)
    names = {SUBMIT: "request_submit()", RUN: "request_run()", PERFORM: "request_perform()"}
    cases = [(SUBMIT, 0), (RUN, 0), (PERFORM, 0), (SUBMIT, 1), (PERFORM, 1)]
    for action, reserved in cases:  # which makes it malformed: that comes second
        equal(quiet.call(f"request_perform {act(action, other=reserved).words}")[:2], [0, EBUSY],
              _("status, and what the handler was told as it did {action}").format(
                  action=names[action]))
    first = submit(act(RUN))
    answers = quiet.run(f"a={first}; b={submit(echo(1))}; request_run; request_fetch $a 1; "
                        "request_fetch $b 1")
    equal([outcome(answer) for answer in answers[3:]], [[0, EBUSY, 0], [0, 1, 0]],
          _("results of a handler that runs the queue, and of the request after it"))
    equal(len(log.requests()), len(cases) + 2, _("requests handled"))
    equal(quiet.error(submit(echo(1))), "", _("a request after all this"))


@check(2, _("A handler that waits does not lock out the others"), read="exercise-4",
       why=_("`wait` and `sleep` are requests whose handlers let other processes run, and these "
             "make requests, too. It is the context, not the moment, that tells a handler from "
             "others."))
def test_context(quiet: Machine) -> None:
    quiet.run(f"device_register {ONE}; request_context 4")
    log = Log(quiet)
    _status, value = quiet.call(f"request_perform {act(SUBMIT_AS, 5).words}")[:2]
    equal(value, 0, _("what request_submit() answers in context 5, a handler waiting in context 4"))
    equal(quiet.call("request_waiting"), [0], _("requests waiting: request_run() went on to it"))
    answers = quiet.run(f"a={submit(act(RUN_AS, 5))}; b={submit(echo(1))}; request_run; "
                        "request_fetch $a 1; request_fetch $b 1")
    equal(answers[2].values, [1], _("requests handled by the outer request_run()"))
    equal([outcome(answer) for answer in answers[3:]], [[0, 1, 0], [0, 1, 0]],
          _("what request_run() answered in context 5, and the result of the request it handled"))
    equal(len(log.requests()), 4, _("requests handled"))
    equal(quiet.call(f"request_perform {act(SUBMIT, sender=2).words}")[1], EBUSY,
          _("what the handler's own context is told, still"))
    # One handler waits in context 4, and others run in context 5 meanwhile.
    inner = (act(SUBMIT), act(SUBMIT_AS, 5), act(SUBMIT_AS, 4), act(SUBMIT_AS, 6), act(WAITING))
    handles = [a.value for a in quiet.run("; ".join(map(submit, (act(RUN_AS, 5), *inner))))]
    quiet.call("request_run")
    told = [quiet.call(f"request_fetch {handle:#x} 1")[1] for handle in handles[1:]]
    equal([hexa(value) for value in told], [hexa(n) for n in (EBUSY, EBUSY, EBUSY, 0, 1)],
          _("what request_submit() answers twice in context 5, in 4 and in 6, handlers waiting in "
            "4 and 5; and requests waiting then"))
    equal(quiet.call(f"request_perform {act(SUBMIT_AS, 5, sender=5).words}")[1], 0,
          _("what the sender is told whose request the handler in context 4 carries out"))
    for context in (0x104, 0x10004):  # whose lower bits are those of 4
        answers = quiet.run(f"request_context {context:#x}; request_perform {act(SUBMIT).words}; "
                            f"request_perform {act(SUBMIT_AS, 4).words}")
        equal([outcome(answer) for answer in answers[1:]], [[0, EBUSY, 0], [0, 0, 0]],
              _("what request_submit() answers in context {context} and in 4, a handler waiting in "
                "context {context}").format(context=hex(context)))
    # A place in which a handler is at work is nobody else's.
    answers = quiet.run(f"a={submit(act(SUBMIT_AS, 5))}; request_fill 1 {ONE} {SLOTS}; "
                        "request_run; request_fetch $a 1")
    equal([answers[1].values, outcome(answers[3])], [[SLOTS - 1], [0, EAGAIN, 0]],
          _("requests that wait besides the one that is carried out, and what its handler is told"))


@check(2, _("Results that nobody fetches give way, the oldest first"), read="exercise-4",
       why=_("One forgetful sender must not fill the manager for good. Nor may its results go "
             "while there is room, or before older ones."))
def test_forgotten_results(quiet: Machine) -> None:
    quiet.call(f"device_register {ONE}")
    handles: list[int] = []
    for start, more in ((0, SLOTS - 60), (30, 0)):
        line = "; ".join(submit(echo(start + i)) for i in range(30))
        handles += [answer.value for answer in quiet.run(line)]
        quiet.run(f"request_fill 2 {ONE} {more}; request_run")
    quiet.run(f"request_fetch {handles[20]:#x} 1")  # which makes room for one
    quiet.run("; ".join([submit(echo(99))] * 4))
    # What is refused needs no place.
    quiet.run("; ".join(map(submit, (echo(where=TWO), replace(echo(), nature=TRY),
                                     replace(echo(), reason=9)))))
    expected = ["EBADF" if i < 3 or i == 20 else [0, i, 0] for i in range(60)]
    answers = quiet.run("; ".join(f"request_fetch {handle:#x} 1" for handle in handles))
    for i, answer in enumerate(answers):
        equal(outcome(answer), expected[i], _("result {number}, all places being taken").format(
            number=i + 1))
    # The second one is done before the first, whose handler waits for it.
    answers = quiet.run("request_forget 1; request_forget 2; request_context 4; "
                        f"a={submit(act(RUN_AS, 5))}; b={submit(echo(1))}; request_run; "
                        f"request_fill 2 {ONE} {SLOTS - 2}; request_run; {submit(echo(2))}; "
                        "request_fetch $b 1; request_fetch $a 1")
    equal([outcome(answer) for answer in answers[-2:]], ["EBADF", [0, 1, 0]],
          _("the result that was there first, and the one that was submitted first"))


@check(2, _("A sender that has ended is forgotten, with all that it asked for"), read="exercise-4",
       why=_("A process that was killed fetches nothing more. If it died inside a handler, the "
             "handler never returns: without request_forget() that place is taken for ever, and "
             "the next process with this number is taken for a handler."))
def test_forget(quiet: Machine) -> None:
    quiet.run(f"device_register {ONE}; request_context 3")
    log = Log(quiet)
    handles = [a.value for a in quiet.run("; ".join(submit(echo(i, sender=2 + i % 2))
                                                    for i in range(4)))]
    quiet.run(f"request_run; {submit(echo(7, sender=3))}; {submit(echo(8, sender=2))}")
    equal(quiet.call("request_forget 3"), [3], _("places that become free: two results, one "
                                                 "request in the queue"))
    errors = [a.error for a in quiet.run("; ".join(f"request_fetch {handle:#x} {2 + i % 2}"
                                                   for i, handle in enumerate(handles)))]
    equal(errors, ["", "EBADF", "", "EBADF"], _("errors of request_fetch"))
    equal([quiet.call("request_run"), len(log.requests())], [[1], 5], _("requests handled"))
    # One that dies in its handler, and one whose request another context is handling.
    answers = quiet.run(f"a={submit(act(VANISH, sender=3))}; b={submit(act(VANISH, sender=2))}; "
                        "request_run; request_context 9; request_run; request_context 3; "
                        f"{submit(echo(1))}; request_forget 3; {submit(echo(1))}; "
                        "request_fetch $a 3; request_forget 9; request_fetch $b 2")
    equal([answers[2].error, answers[4].error], ["ECHILD", "ECHILD"], _("both handlers vanish"))
    equal([answers[6].error, answers[8].error], ["EBUSY", ""],
          _("request_submit() in the dead handler's context, before and after request_forget()"))
    equal([answers[7].values, answers[9].error], [[1], "EBADF"], _("places free, and its result"))
    equal([answers[10].values, answers[11].error or answers[11].values],
          [[0], [-5, 0, 0, answers[1].value]],
          _("when the context ends that handled another's request: places free, and the result"))
    late = quiet.run(f"request_context 3; request_run; c={submit(act(FORGET_AS, 5, 6, sender=6))};"
                     " request_run; request_fetch $c 6; request_waiting")
    equal([late[4].error, late[5].values], ["EBADF", [0]],
          _("a request whose sender is forgotten while its handler is at work"))


@check(2, _("What is forgotten leaves no gap, and what runs is forgotten when it has run"),
       read="exercise-4",
       why=_("A handler that works for somebody who has ended does not know it, and still reads "
             "the request: its place becomes free when it returns, and not before; and then it "
             "is a place like any other."))
def test_forget_running(quiet: Machine, rng: random.Random) -> None:
    quiet.run(f"device_register {ONE}; request_context 3")
    log = Log(quiet)
    requests = [echo(i, sender=rng.choice((1, 2, 2, 0x102, 0x10002))) for i in range(20)]
    handles = [a.value for a in quiet.run("; ".join(map(submit, requests)))]
    kept = [replace(r, ticket=h) for r, h in zip(requests, handles) if r.sender != 2]
    equal(quiet.call("request_forget 2"), [len(requests) - len(kept)],
          _("places that become free: those of the requests in the queue"))
    quiet.call("request_run")
    log.equal(kept, _("requests handled"))
    answers = quiet.run(f"a={submit(act(RUN_AS, 5, sender=6))}; "
                        f"b={submit(act(FORGET_AS, 9, 6, sender=7))}; request_run; "
                        "request_fetch $b 7; request_fetch $a 6")
    equal([outcome(answers[3]), answers[4].error], [[0, 0, 0], "EBADF"],
          _("places that become free while the handler of the sender's request is at work; and its "
            "result, afterwards"))
    equal(quiet.error(f"request_perform {act(FORGET_AS, 5, 1).words}"), "EBADF",
          _("what request_perform() returns, its sender being forgotten meanwhile"))
    # Nobody will fetch the first one's result, and its handler will not return.
    trace = Trace(quiet)
    answers = quiet.run(f"request_context 9; a={submit(act(VANISH, sender=2))}; request_run; "
                        f"request_forget 2; request_forget 9; request_fetch $a 2; "
                        f"{submit(act(VANISH, sender=2))}; request_run; request_forget 9")
    equal([answers[3].values, answers[4].values, answers[5].error], [[0], [1], "EBADF"],
          _("places free when the sender has ended, and then the handler's context; the result"))
    equal([(e.step, e.status) for e in trace.entries()][-2:], [("handler", 0), ("result", -5)],
          _("the last two steps in the trace, and the status"))
    answers = quiet.run(f"request_context; device_remove {ONE}; request_bench {2 * SLOTS}; "
                        f"request_waiting")
    equal([answers[2].error, answers[3].values], ["", [0]],
          _("the error of so many requests that each place has one, and requests waiting"))


@check(2, _("Every step is in the trace"), read="exercise-4",
       why=_("What cannot be seen cannot be believed: the trace is how you will find out who asked "
             "for what."))
def test_trace(quiet: Machine) -> None:
    quiet.run(f"device_register {ONE}; device_register {MUTE} 0 0")
    trace = Trace(quiet)
    answers = quiet.run(f"a={submit(echo(7, -5, 3, sender=4))}; b={submit(echo(0, where=MUTE))}; "
                        # What is refused takes no step.
                        f"{submit(echo(where=TWO))}; {submit(replace(echo(), reason=9))}; "
                        "request_fetch $a 4; request_fetch $a 5; "
                        "request_run; request_fetch $b 1; request_fetch $a 4; request_fetch $a 4; "
                        "request_run")
    a, b = answers[0].value, answers[1].value
    got = [[e.step, e.ticket, e.sender, e.device, e.status, e.value, e.pages]
           for e in trace.entries()]
    mine, other = [a, 4, ONE], [b, 1, MUTE]
    equal(got, [["submit", *mine, 0, 0, 0], ["submit", *other, 0, 0, 0],
                ["handler", *mine, 0, 0, 0],
                ["result", *mine, -5, 7, 3], ["result", *other, -38, 0, 0],
                ["fetch", *other, -38, 0, 0], ["fetch", *mine, -5, 7, 3]],
          _("step, ticket, sender, device, status, value and pages of each entry"))


# In how many pieces each may keep interrupts out; request_waiting() may not need to.
PIECES = {"request_submit": 1, "request_run": 1, "request_fetch": 1, "request_perform": 3,
          "request_forget": 1, "request_waiting": 1}
LEAST = 16  # instructions, which none of the others does without


@check(1, _("Interrupts are kept out meanwhile, and are as before afterwards"), read="exercise-4",
       why=_("The clock's tick is a request, too. One that comes while a request is on its way "
             "from list to list finds it in none, or in two."))
def test_interrupts(quiet: Machine) -> None:
    quiet.call(f"device_register {ONE}")
    for version, on in ((1, 0), (1, 1), (2, 0), (2, 1)):  # 2 is malformed
        quiet.call(submit(echo(sender=0)))
        answers = quiet.run("; ".join(f"request_steps {name} {ONE} {version} {on}"
                                      for name in PIECES))
        for answer, (name, pieces) in zip(answers, PIECES.items()):
            _returned, after, went_off, came_on, steps_off = answer.values
            equal(after, on, _("interrupts after `{command}`").format(command=answer.command))
            true(on or not came_on, _("interrupts stay out during `{command}`").format(
                command=answer.command), came_on)
            if on and version == 1 and name != "request_waiting":
                true(1 <= went_off <= pieces, _("how often interrupts went off during `{command}`: "
                                                "at least once, at most {count} times").format(
                    command=answer.command, count=pieces), went_off)
                true(steps_off >= LEAST, _("at least {count} instructions of `{command}` are "
                                           "carried out with interrupts off").format(
                    command=answer.command, count=LEAST), steps_off)


# Random sequences against a model

senders = st.integers(1, 3)
devices = st.sampled_from([ONE, TWO, MUTE, OTHER])
names = st.integers(0, 11)
operation = st.one_of(
    st.tuples(st.just("submit"), senders, devices), st.tuples(st.just("submit"), senders, devices),
    st.tuples(st.just("many"), st.integers(1, SLOTS + 2)), st.tuples(st.just("run")),
    st.tuples(st.just("fetch"), names, senders), st.tuples(st.just("fetch"), names, st.none()),
    st.tuples(st.just("forget"), senders), st.tuples(st.just("plug"), devices))
operations = st.lists(operation, max_size=14)
MANY = 3  # the sender of the requests of "many"


class Play:
    """One sequence: its commands, and the model that judges them."""

    def __init__(self) -> None:
        self.model = Manager({ONE: True, TWO: True, MUTE: False})
        self.steps = [Step("request_forget 1"), Step("request_forget 2"), Step("request_forget 3"),
                      *(Step(f"device_remove {d}") for d in range(device(TEST, 1), 0xF4)),
                      Step(f"device_register {ONE}"), Step(f"device_register {TWO}"),
                      Step(f"device_register {MUTE} 0 0")]
        self.senders: list[int] = []

    def add(self, command: str, expected: str | list[int]) -> None:
        self.steps.append(Step(command, partial(self._judge, command, expected)))

    @staticmethod
    def _judge(command: str, expected: str | list[int], answer: Answer) -> None:
        values = answer.values[:len(expected)] if isinstance(expected, list) else ""
        equal(answer.error or values, expected, f"`{command}`")

    def submit(self, sender: int, where: int) -> None:
        name = f"h{len(self.senders)}"
        self.senders.append(sender)
        request = echo(len(self.senders), sender=sender, where=where)
        self.add(f"{name}={submit(request)}", self.model.submit(name, request))

    def many(self, count: int) -> None:
        expected = self.model.fill(echo(sender=MANY), count)
        self.add(f"request_fill {MANY} {ONE} {count}", [expected])

    def run(self) -> None:
        self.add("request_run", [self.model.run()])

    def fetch(self, number: int, sender: int | None) -> None:
        """Twice, since the second time is another thing. SENDER: None for the request's own."""
        for _unused in range(2 if self.senders else 0):
            number %= len(self.senders)
            name, sender = f"h{number}", sender or self.senders[number]
            found = self.model.fetch(name, sender)
            self.add(f"request_fetch ${name} {sender}",
                     found if isinstance(found, str) else list(found))

    def forget(self, sender: int) -> None:
        self.add(f"request_forget {sender}", [self.model.forget(sender)])

    def plug(self, where: int) -> None:
        there = where in self.model.devices
        self.add(f"device_{'remove' if there else 'register'} {where}", "")
        if there:
            del self.model.devices[where]
        else:
            self.model.devices[where] = True


def script(played: list[tuple]) -> list[Step]:
    play = Play()
    for name, *arguments in played:
        getattr(play, name)(*arguments)
    play.add("request_waiting", [len(play.model.queue)])
    return play.steps


@check(3, _("Any sequence of requests, compared with a model"), read="exercise-4",
       why=_("Queues are easy until they are full, empty, and full again."))
def test_any(quiet_boot) -> None:
    explore(quiet_boot, operations, script, examples=60)
