"""The grader's commands, each in a process of its own, without the half second that Python and its
libraries take to start: a process that has everything loaded forks one for each command.

Reads from its standard input lines of JSON, {"arguments": [...], "environment": {...}, "output":
file, "errors": file}; answers each with a line, the exit status.
"""

import json
import os
import sys

from miroir import cli, i18n, mutants, plugin  # loaded before any fork

assert mutants and plugin


def redirect(path: str, descriptor: int) -> None:
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(target, descriptor)
    os.close(target)


def carry_out(command: dict) -> int:
    """In the child: what `python -m miroir` would do."""
    redirect(command["output"], 1)
    redirect(command["errors"], 2)
    os.environ.update(command["environment"])
    i18n.language = i18n.choose(dict(os.environ))
    status = cli.main(command["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 70  # of a child that could not even fail properly
            try:
                status = carry_out(json.loads(line))
            finally:
                os._exit(status)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
