"""Processes that share work out among them: copies of this one, made when there is work to do."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from .lifetime import die_with

MOST = 8  # processes
GRACE = 10  # seconds in which a process ends by itself, once told to

_fork = get_context("fork")


def cores() -> int:
    """Returns how many processes have a core to themselves here, MOST at most."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), MOST)
    return min(os.cpu_count() or 1, MOST)


def _from_both_ends(count: int) -> deque[int]:
    """Returns 0, COUNT - 1, 1, COUNT - 2... The long pieces are often among the last ones: begun at
    the end, each would keep one process busy while the others have nothing to do any more."""
    return deque(count - 1 - i // 2 if i % 2 else i // 2 for i in range(count))


class WorkerDied(Exception):
    """The process that did piece NUMBER of the work ended. status: as Process.exitcode."""

    def __init__(self, number: int, status: int | None) -> None:
        super().__init__(f"{number}: {status}")
        self.number = number
        self.status = status


def _interrupt(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough: cleaning up is not to be interrupted
    raise KeyboardInterrupt


def _serve(work: Callable[..., Any], end: Callable[[], None], connection: Connection,
           others: list[Connection], parent: int) -> None:
    """In the worker: does what is asked for, until nobody asks any more; then END()s."""
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which tells us
    signal.signal(signal.SIGTERM, _interrupt)
    for other in others:
        other.close()
    try:
        while True:
            connection.send(work(*connection.recv()))
    except (EOFError, KeyboardInterrupt):
        pass
    finally:
        end()


class Workers:
    """JOBS processes, in each of which WORK(number, known) is there to be called, at last END().

    To be used as a context, at whose end they are gone.
    """

    def __init__(self, jobs: int, work: Callable[[int, Any], Any],
                 end: Callable[[], None] = lambda: None) -> None:
        self._work = work
        self._end = end
        self._jobs = jobs
        self._processes: dict[Connection, Any] = {}
        self._busy: dict[Connection, int] = {}

    def __enter__(self) -> "Workers":
        for _unused in range(self._jobs):
            ours, theirs = _fork.Pipe()
            process = _fork.Process(target=_serve, daemon=True, args=(
                self._work, self._end, theirs, [*self._processes, ours], os.getpid()))
            process.start()
            theirs.close()
            self._processes[ours] = process
        return self

    def __exit__(self, *_exception: object) -> None:
        for connection, process in self._processes.items():
            connection.close()
            process.terminate()
        for process in self._processes.values():
            process.join(GRACE)
            process.kill()
            process.join()

    def results(self, count: int, known: Callable[[], Any], learn: Callable[[Any], None],
                together: Callable[[], bool]) -> Iterator[Any]:
        """Gives the results of the pieces 0 to COUNT - 1 of the work, in that order.

        known: what a piece is told when it starts. learn: takes each result as soon as it comes.
        together: whether a piece may start while another one is being done.
        Raises WorkerDied.
        """
        given = 0
        came: dict[int, Any] = {}
        waiting = _from_both_ends(count)
        while given < count:
            while waiting and len(self._busy) < (self._jobs if together() else 1):
                self._start(waiting.popleft(), known())
            if given in came:
                yield came.pop(given)
                given += 1
                continue
            for connection in wait(list(self._busy)):
                number, result = self._finish(connection)
                learn(result)
                came[number] = result

    def _start(self, number: int, known: Any) -> None:
        connection = next(c for c in self._processes if c not in self._busy)
        self._busy[connection] = number
        try:
            connection.send((number, known))
        except ConnectionError:
            self._dead(connection)

    def _finish(self, connection: Any) -> tuple[int, Any]:
        try:
            result = connection.recv()
        except (EOFError, ConnectionError):
            self._dead(connection)
        return self._busy.pop(connection), result

    def _dead(self, connection: Connection) -> None:
        process = self._processes[connection]
        process.join(GRACE)
        raise WorkerDied(self._busy[connection], process.exitcode)
