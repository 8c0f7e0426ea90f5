"""Exercise 4: handling requests, and what becomes of their results."""

import random
from functools import partial

from hypothesis import strategies as st

from miroir.check import check, equal, true
from miroir.i18n import _
from miroir.machine import Answer, Machine
from miroir.model import Step, explore
from miroir.requests import SLOTS, TEST, Log, Manager, Request, Trace, device

ONE, TWO, MUTE = device(TEST, 1), device(TEST, 2), device(TEST, 3)
SUBMIT, RUN, PERFORM, SUBMIT_AS, RUN_AS, FORGET_AS, VANISH = range(1, 8)
EBUSY = 0xFFFFFFF0


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
    equal(quiet.call(f"request_perform {echo(5, -5, 6).words}")[:3], [-5, 5, 6],
          _("status, value and pages that request_perform() brings"))


@check(3, _("A result is read once; after that its handle is stale, whoever has its place"),
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
    live = [a.value for a in quiet.run("; ".join([submit(echo(2))] * 40))]
    true(not set(live) & set(stale), _("handles that are not used again"), live)
    for when in (_("while its place is queued"), _("while its place has another result")):
        for handle in stale:
            equal(quiet.error(f"request_fetch {handle:#x} 1"), "EBADF",
                  _("an old handle, {when}").format(when=when))
        quiet.call("request_run")


@check(2, _("Forged handles are refused"), read="exercise-4",
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
            ("request_fetch $h 0", "EPERM"), ("request_fetch $h 7", [0, 9, 0]),
            ("request_fetch $h 8", "EBADF"),
            (f"h={submit(echo(4, sender=0))}", None), ("request_run", None),
            ("request_fetch $h 7", "EPERM"), ("request_fetch $h 0", [0, 4, 0])):
        answer = quiet.run(command)[0]
        if expected is not None:
            equal(outcome(answer), expected, f"`{command}`")


@check(2, _("Without a handler, or without its device, a request still has a result"),
       read="exercise-4",
       why=_("A driver that is not finished, a device that was pulled out: the sender waits for a "
             "result and shall have one. A panic would punish the whole kernel for it."))
def test_no_handler(quiet: Machine) -> None:
    quiet.run(f"device_register {ONE}; device_register {MUTE} 0 0; device_register {TWO}")
    used = [a.value for a in quiet.run("; ".join([submit(echo(9, 9, 9))] * 3))]
    quiet.run("; ".join(["request_run", *(f"request_fetch {handle:#x} 1" for handle in used)]))
    log = Log(quiet)
    a, b, c = (x.value for x in quiet.run("; ".join(map(submit, (
        echo(1, 3, where=MUTE), echo(2, 4, where=TWO), echo(3, 5))))))
    quiet.call(f"device_remove {TWO}")
    equal(quiet.call("request_run"), [3], _("requests handled"))
    for handle, expected in ((a, [-38, 0, 0]), (b, [-19, 0, 0]), (c, [5, 3, 0])):
        equal(outcome(quiet.run(f"request_fetch {handle:#x} 1")[0]), expected,
              _("status, value and pages"))
    equal(len(log.requests()), 1, _("requests that a handler has seen"))


@check(3, _("A handler cannot submit requests, nor have them handled"), read="exercise-4",
       why=_("A handler that asks the manager waits for itself. It calls the function that it "
             "needs: it is on the kernel's side already."))
def test_recursion(quiet: Machine) -> None:
    quiet.call(f"device_register {ONE}")
    log = Log(quiet)
    for action in (SUBMIT, RUN, PERFORM):
        equal(quiet.call(f"request_perform {act(action).words}")[:2], [0, EBUSY],
              _("status, and what the handler was told as it did {action}").format(
                  action=("", "request_submit()", "request_run()", "request_perform()")[action]))
    first = submit(act(RUN))
    answers = quiet.run(f"a={first}; b={submit(echo(1))}; request_run; request_fetch $a 1; "
                        "request_fetch $b 1")
    equal([outcome(answer) for answer in answers[3:]], [[0, EBUSY, 0], [0, 1, 0]],
          _("results of a handler that runs the queue, and of the request after it"))
    equal(len(log.requests()), 5, _("requests handled"))
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
    expected = ["EBADF" if i < 3 or i == 20 else [0, i, 0] for i in range(60)]
    answers = quiet.run("; ".join(f"request_fetch {handle:#x} 1" for handle in handles))
    for i, answer in enumerate(answers):
        equal(outcome(answer), expected[i], _("result {number}, all places being taken").format(
            number=i + 1))


@check(3, _("A sender that has ended is forgotten, with all that it asked for"), read="exercise-4",
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
    equal([answers[10].values, outcome(answers[11])], [[0], [-5, 0, 0]],
          _("when the context ends that handled another's request: places free, and the result"))
    late = quiet.run(f"request_context 3; request_run; c={submit(act(FORGET_AS, 5, 6, sender=6))};"
                     " request_run; request_fetch $c 6; request_waiting")
    equal([late[4].error, late[5].values], ["EBADF", [0]],
          _("a request whose sender is forgotten while its handler is at work"))


@check(2, _("Every step is in the trace"), read="exercise-4",
       why=_("What cannot be seen cannot be believed: the trace is how you will find out who asked "
             "for what."))
def test_trace(quiet: Machine) -> None:
    quiet.run(f"device_register {ONE}; device_register {MUTE} 0 0")
    trace = Trace(quiet)
    answers = quiet.run(f"a={submit(echo(7, -5, sender=4))}; b={submit(echo(0, where=MUTE))}; "
                        "request_run; request_fetch $b 1; request_fetch $a 4; request_fetch $a 4")
    a, b = answers[0].value, answers[1].value
    got = [[e.step, e.ticket, e.sender, e.device, e.status, e.value] for e in trace.entries()]
    mine, other = [a, 4, ONE], [b, 1, MUTE]
    equal(got, [["submit", *mine, 0, 0], ["submit", *other, 0, 0], ["handler", *mine, 0, 0],
                ["result", *mine, -5, 7], ["result", *other, -38, 0],
                ["fetch", *other, -38, 0], ["fetch", *mine, -5, 7]],
          _("step, ticket, sender, device, status and value of each entry"))


# Random sequences against a model

senders = st.integers(1, 3)
devices = st.sampled_from([ONE, TWO, MUTE, device(TEST, 4)])
names = st.integers(0, 11)
operation = st.one_of(
    st.tuples(st.just("submit"), senders, devices), st.tuples(st.just("submit"), senders, devices),
    st.tuples(st.just("many"), st.integers(1, SLOTS + 2)), st.tuples(st.just("run")),
    st.tuples(st.just("fetch"), names, senders), st.tuples(st.just("fetch"), names, senders),
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
        self.count = 0

    def add(self, command: str, expected: str | list[int]) -> None:
        self.steps.append(Step(command, partial(self._judge, command, expected)))

    @staticmethod
    def _judge(command: str, expected: str | list[int], answer: Answer) -> None:
        values = answer.values[:len(expected)] if isinstance(expected, list) else ""
        equal(answer.error or values, expected, f"`{command}`")

    def submit(self, sender: int, where: int) -> None:
        name, self.count = f"h{self.count}", self.count + 1
        request = echo(self.count, sender=sender, where=where)
        self.add(f"{name}={submit(request)}", self.model.submit(name, request))

    def many(self, count: int) -> None:
        expected = self.model.fill(echo(sender=MANY), count)
        self.add(f"request_fill {MANY} {ONE} {count}", [expected])

    def run(self) -> None:
        self.add("request_run", [self.model.run()])

    def fetch(self, number: int, sender: int) -> None:
        if number < self.count:
            found = self.model.fetch(f"h{number}", sender)
            self.add(f"request_fetch $h{number} {sender}",
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
