"""Waiting until something can be read, with any number of open files."""

import select
from collections.abc import Sequence
from typing import Protocol, TypeVar

from compliance.profiling import timed


class HasFile(Protocol):
    """Anything with a file number."""

    def fileno(self) -> int:
        """The file number."""


T = TypeVar("T", bound=HasFile)


def readable(sources: Sequence[T], seconds: float) -> list[T]:
    """Those that can be read, or have ended; none if that takes longer than `seconds`."""
    with timed("waiting"):
        if not hasattr(select, "poll"):
            return list(select.select(sources, [], [], max(0.0, seconds))[0])
        poll = select.poll()  # unlike select, it has no limit of 1,024 files
        for source in sources:
            poll.register(source.fileno(), select.POLLIN)
        ready = {number for number, _ in poll.poll(max(0.0, seconds) * 1000)}
    return [source for source in sources if source.fileno() in ready]
