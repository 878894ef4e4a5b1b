"""Where the time of a run goes, for `benchmarks/run.py`: off unless COMPLIANCE_PROFILE names a file.

Lines `part seconds` are appended to the file when the process ends. Parts are "starts" and "stops" that the
run waited for, "exchanges" (the time inside of checks) and, a part of that, "waiting" for bytes and events.
"""

import atexit
import contextlib
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_FILE = os.environ.get("COMPLIANCE_PROFILE")
_SUMS: Counter[str] = Counter()


def add(part: str, seconds: float) -> None:
    """Count seconds for a part."""
    if _FILE:
        _SUMS[part] += seconds  # type: ignore[assignment]


@contextlib.contextmanager
def timed(part: str) -> Iterator[None]:
    """Count the time inside for a part; only in the main thread, where the checks run."""
    if not _FILE or threading.current_thread() is not threading.main_thread():
        yield
        return
    began = time.perf_counter()
    try:
        yield
    finally:
        add(part, time.perf_counter() - began)


@atexit.register
def _write() -> None:
    if _FILE and _SUMS:
        with Path(_FILE).open("a", encoding="ascii") as file:
            file.writelines(f"{part} {seconds:.6f}\n" for part, seconds in _SUMS.items())
