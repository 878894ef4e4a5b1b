"""WSGI apps whose blocks each wait for the host."""

from typing import Any, Callable, Dict, Iterable, Iterator

from compliance.guest.apps.wsgi_blocks import TEXT, Blocks, in_turn

Environ = Dict[str, Any]
Start = Callable[..., Any]


def yields_in_turn(
    environ: Environ,
    start_response: Start,
    channel: Any,
    blocks: Iterable[bytes] = (b"one", b"two", b"three"),
    headers: Any = TEXT,
) -> Blocks:
    """Yield the blocks, each but the first behind the gate "after n"."""
    start_response("200 OK", list(headers))
    return Blocks(channel, in_turn(channel, blocks))


def yields_large(environ: Environ, start_response: Start, channel: Any, size: int) -> Blocks:
    """Yield one block of this many bytes, wait at the gate "after 1", yield "end"."""
    start_response("200 OK", list(TEXT))
    return Blocks(channel, in_turn(channel, [b"x" * size, b"end"]))


def starts_in_turn(environ: Environ, start_response: Start, channel: Any) -> Blocks:
    """Call start_response in the first iteration of a stream."""
    return Blocks(channel, _started(start_response, channel))


def _started(start_response: Start, channel: Any) -> Iterator[bytes]:
    start_response("200 OK", list(TEXT))
    yield from in_turn(channel, [b"one", b"two"])
