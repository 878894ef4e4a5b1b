"""The orphan guard: ends every process group of a run whose pytest is gone, also after `kill -9`.

Runs as a process of its own, `python watchdog.py MARK`, told on standard input of each group
(`+pgid`, `-pgid`). The end of standard input means that the run is over: what is left is killed.
MARK is the value of COMPLIANCE_RUN in the environment of every process of the run, by which processes
that left their group are found, where the platform shows environments (Linux).
"""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path


def strays(mark: str) -> Iterator[int]:
    """Yield the pids of the running processes that carry the mark in their environment."""
    needle = f"COMPLIANCE_RUN={mark}".encode()
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if needle in entry.read_bytes().split(b"\0"):
                yield int(entry.parent.name)


def kill_group(pgid: int) -> None:
    """Kill a process group; one that is gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pgid, signal.SIGKILL)


def kill_strays(mark: str) -> int:
    """Kill every process that carries the mark; how many there were."""
    count = 0
    for pid in strays(mark):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
            count += 1
    return count


def main() -> None:
    """Keep the list of groups until standard input ends, then kill what is on it."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        pgid = int(line[1:])
        if line[0] == "+":
            groups.add(pgid)
        else:
            groups.discard(pgid)
    for pgid in groups:
        kill_group(pgid)
    kill_strays(sys.argv[1])


if __name__ == "__main__":
    main()
