"""What WSGI apps return: an iterable that tells what a server does with it, and ends the channel at last."""

from typing import Any, Iterable, Iterator, List

TEXT = (("Content-Type", "text/plain"),)
KEPT: List[Any] = []
"""Objects that only the server may close: the end of their last reference must not do it."""


def notice() -> None:
    """Fail if the server has called with an exception set, as CPython does wherever it looks for one.

    It looks after a call of C code that it has not specialised, and forgets the exception where it misses a
    cache: without this, what becomes of the code that follows would be a matter of chance.
    """
    len(*([],))


class Blocks:
    """An iterator over blocks; notes "next" for each that is asked for, and "close" with their number."""

    def __init__(self, channel: Any, blocks: Iterable[Any]) -> None:
        """Iterate over `blocks`, which may be a generator that waits at gates."""
        self._channel = channel
        self._blocks = iter(blocks)
        self._asked = 0

    def __iter__(self) -> Iterator[Any]:
        """Return itself."""
        return self

    def __next__(self) -> Any:
        """Return the next block."""
        self._asked += 1
        self._channel.note("next", self._asked)
        return next(self._blocks)

    def close(self) -> None:
        """Note the call, and that the application's work is over."""
        notice()
        self._channel.note("close", self._asked)
        self._channel.end()


class Single(Blocks):
    """The same with a length of one."""

    def __len__(self) -> int:
        """One."""
        return 1


def in_turn(channel: Any, blocks: Iterable[Any], before: int = 0) -> Iterator[Any]:
    """The blocks, each behind the gate "after n" if n blocks come before it; the first one is free."""
    for number, block in enumerate(blocks, before):
        if number:
            channel.gate("after %d" % number)
        yield block
