"""Runs a command; its last line on standard output is the seconds of processor time that it took
with all that it has started, what outlived its parent included: so do Chromium's processes."""

import ctypes
import os
import subprocess
import sys

ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER

if sys.platform == "linux":
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
command = subprocess.Popen(sys.argv[1:]).pid  # pylint: disable=consider-using-with
ends = {}
while True:
    try:
        child, end = os.wait()
    except ChildProcessError:
        break
    ends[child] = end
times = os.times()
print(times.children_user + times.children_system)
sys.exit(os.waitstatus_to_exitcode(ends[command]))
