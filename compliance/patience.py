"""Ceilings: how long the host waits before it calls a target silent.

They are not oracles: no passing check waits, and no verdict depends on being below one by a margin.
COMPLIANCE_PATIENCE (or `--patience`) scales them all: above 1 for slow machines, below for targets that
are known to be silent (the liars).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SECONDS = {"start": 30.0, "stop": 10.0, "answer": 10.0, "event": 10.0, "connect": 5.0, "overlap": 4.0}
_HURRIED, _WARY = 0.1, 0.4
_EASED = {"answer": 2.0, "event": 2.0}
_shortened: ContextVar[dict[str, float]] = ContextVar("shortened", default={})  # noqa: B039 - never changed


def ceiling(what: str) -> float:
    """Seconds to wait for "start", "stop", "answer" (bytes), "event" (of a guest), "connect" or "overlap"."""
    return _shortened.get().get(what, _SECONDS[what]) * float(os.environ.get("COMPLIANCE_PATIENCE", "1"))


@contextmanager
def hurry(*, wary: bool = False) -> Iterator[None]:
    """Have this thread wait only briefly for answers and events, as the target is known to be silent.

    `wary`: not all that it is waited for is in vain, and what comes may be late on a busy machine.
    """
    token = _shortened.set(dict.fromkeys(("answer", "event"), _WARY if wary else _HURRIED))
    try:
        yield
    finally:
        _shortened.reset(token)


@contextmanager
def ease() -> Iterator[None]:
    """Within a hurry, wait longer for what has to come, as machines may be slow; else as long as ever."""
    token = _shortened.set(_EASED if _shortened.get() else {})
    try:
        yield
    finally:
        _shortened.reset(token)
