"""WSGI apps whose iterable is closed after every kind of end."""

from functools import partial
from typing import Any, Callable, Dict, Iterable, Iterator

from compliance.guest.apps.wsgi_blocks import KEPT, TEXT, Blocks, Single, notice

Environ = Dict[str, Any]
Start = Callable[..., Any]
BLOCK = b"x" * 65536
LIMIT = 1000  # blocks after which an app stops that nobody stops: 64 MB


def closes(
    environ: Environ,
    start_response: Start,
    channel: Any,
    status: str = "200 OK",
    headers: Any = TEXT,
    blocks: Iterable[Any] = (b"one, ", b"two"),
) -> Blocks:
    """Return the blocks in an iterable with close()."""
    start_response(status, list(headers))
    return Blocks(channel, blocks)


def closes_one(environ: Environ, start_response: Start, channel: Any) -> Blocks:
    """Return an iterable with close() and a length of one."""
    start_response("200 OK", list(TEXT))
    return Single(channel, [b"one"])


def closes_unstarted(environ: Environ, start_response: Start, channel: Any) -> Blocks:
    """Return an iterable with close() without having called start_response."""
    return Blocks(channel, [b"one"])


def writes(environ: Environ, start_response: Start, channel: Any) -> Blocks:
    """Send everything with write(), and return an iterable without blocks."""
    start_response("200 OK", list(TEXT))(b"one")
    return Blocks(channel, [])


class Counting(Blocks):
    """Goes on reporting after its first close()."""

    def close(self) -> None:
        """Note the call; the host hangs up once it has seen enough."""
        notice()
        self._channel.note("close", self._asked)


def counts(
    environ: Environ, start_response: Start, channel: Any, blocks: Iterable[Any] = (b"one",)
) -> Blocks:
    """Return an iterable that notes every close()."""
    start_response("200 OK", list(TEXT))
    return Counting(channel, blocks)


def fails(environ: Environ, start_response: Start, channel: Any, before: Iterable[bytes] = ()) -> Blocks:
    """Yield these blocks, then raise."""
    start_response("200 OK", list(TEXT))
    return Blocks(channel, _failing(before))


def _failing(before: Iterable[bytes]) -> Iterator[bytes]:
    yield from before
    raise LookupError("the application's own error")


class Unready(Blocks):
    """Cannot be iterated."""

    def __iter__(self) -> Iterator[Any]:
        """Raise."""
        raise LookupError("the application's own error")


def cannot_iterate(environ: Environ, start_response: Start, channel: Any) -> Blocks:
    """Return an iterable with close() whose iteration cannot begin."""
    start_response("200 OK", list(TEXT))
    return Unready(channel, [])


def streams(environ: Environ, start_response: Start, channel: Any, headers: Any = TEXT) -> Blocks:
    """Yield "first", wait at the gate "left", then yield block after block until closed, but not forever."""
    start_response("200 OK", list(headers))
    return Blocks(channel, _streaming(channel))


def _streaming(channel: Any) -> Iterator[bytes]:
    yield b"first"
    channel.gate("left")
    for _ in range(LIMIT):
        yield BLOCK


def waits_before_returning(environ: Environ, start_response: Start, channel: Any) -> Blocks:
    """Wait at the gate "left" before anything is sent, then return one small block."""
    channel.gate("left")
    start_response("200 OK", list(TEXT))
    return Blocks(channel, [b"one"])


def generates(environ: Environ, start_response: Start, channel: Any) -> Iterator[bytes]:
    """Stream like `streams` from a generator, and note when its finally clause is run."""
    start_response("200 OK", list(TEXT))
    KEPT.append(_generating(channel))
    found: Iterator[bytes] = KEPT[-1]
    return found


def _generating(channel: Any) -> Iterator[bytes]:
    try:
        yield from _streaming(channel)
    finally:
        channel.note("finally")
        channel.end()


class BadClose(Blocks):
    """Raises out of close()."""

    def close(self) -> None:
        """Report, then raise."""
        super().close()
        raise LookupError("the error of close()")


def close_fails(environ: Environ, start_response: Start, channel: Any, headers: Any = TEXT) -> Blocks:
    """Return an iterable whose close() raises."""
    start_response("200 OK", list(headers))
    return BadClose(channel, [b"one, ", b"two"])


class AnyClose:
    """An iterable whose attribute close is a callable of some kind."""

    def __init__(self, close: Any) -> None:
        """Set the attribute on the instance."""
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        """One block."""
        return iter([b"one"])


class _Callable:
    def __init__(self, channel: Any) -> None:
        self._channel = channel

    def __call__(self) -> None:
        _closed(self._channel)


def _closed(channel: Any) -> None:
    channel.note("close", 1)
    channel.end()


CLOSES: Dict[str, Callable[[Any], Any]] = {
    "a lambda": lambda channel: lambda: _closed(channel),
    "a partial": lambda channel: partial(_closed, channel),
    "an instance": _Callable,
    "a bound method": lambda channel: _Callable(channel).__call__,
}


def closes_with(environ: Environ, start_response: Start, channel: Any, kind: str) -> AnyClose:
    """Return an iterable whose close is this kind of callable."""
    start_response("200 OK", list(TEXT))
    return AnyClose(CLOSES[kind](channel))
