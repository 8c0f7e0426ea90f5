"""Other processes: they do not outlive the grader, however it ends, and their time is counted."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable

import psutil

_KILL_AT_PARENTS_DEATH = 1  # PR_SET_PDEATHSIG
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with(parent: int) -> None:
    """In a child, on Linux: be killed when the process PARENT ends, even by SIGKILL. On other
    systems only the parent's own care ends a child."""
    if _libc:
        _libc.prctl(_KILL_AT_PARENTS_DEATH, signal.SIGKILL)
        if os.getppid() != parent:  # it was quicker
            os.kill(os.getpid(), signal.SIGKILL)


def processor_clock(process: int) -> Callable[[], float]:
    """Returns what tells the seconds of processor time that PROCESS has used; 0 once it is gone."""
    clock = ctypes.c_int()
    if not _libc or _libc.clock_getcpuclockid(process, ctypes.byref(clock)):
        return _slow_clock(process)  # in hundredths of a second

    def read() -> float:
        try:
            return time.clock_gettime(clock.value)
        except OSError:
            return 0.0
    return read


def _slow_clock(process: int) -> Callable[[], float]:
    usage = psutil.Process(process)

    def read() -> float:
        try:
            times = usage.cpu_times()
        except psutil.Error:
            return 0.0
        return times.user + times.system
    return read
