"""WSGI apps that send with the write() callable."""

import sys
from typing import Any, Callable, Dict, Iterable, List

from compliance.guest.apps.wsgi_blocks import TEXT, Blocks, in_turn

Environ = Dict[str, Any]
Start = Callable[..., Any]


def writes(  # noqa: PLR0917 - a check chooses what matters to it
    environ: Environ,
    start_response: Start,
    channel: Any,
    parts: Iterable[Any] = (b"one, ", b"two"),
    blocks: Any = (),
    headers: Any = TEXT,
    status: str = "200 OK",
) -> Any:
    """Write each part, noting the type of what that raised ("" for nothing), and return the blocks."""
    write = start_response(status, list(headers))
    for part in parts:
        _write(write, part, channel)
    return blocks


def _write(write: Callable[[Any], Any], part: Any, channel: Any) -> None:
    try:
        write(part)
    except Exception as error:
        channel.note("raised", type(error).__name__)
        raise
    channel.note("raised", "")


def writes_in_turn(
    environ: Environ, start_response: Start, channel: Any, blocks: Any = (), headers: Any = TEXT
) -> Any:
    """Write "one", wait at the gate "after 1", write "two", wait at "after 2" and return the blocks."""
    write = start_response("200 OK", list(headers))
    write(b"one")
    channel.gate("after 1")
    write(b"two")
    channel.gate("after 2")
    return Blocks(channel, blocks)


def writes_and_yields_in_turn(environ: Environ, start_response: Start, channel: Any) -> Any:
    """Write "one", then yield "two" and "three", each behind its gate."""
    start_response("200 OK", list(TEXT))(b"one")
    return Blocks(channel, in_turn(channel, [b"two", b"three"], 1))


def writes_nothing_in_turn(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Write no data, wait at the gate "after 1", write "one"."""
    write = start_response("200 OK", list(TEXT))
    write(b"")
    channel.gate("after 1")
    write(b"one")
    return []


def writes_and_fails(
    environ: Environ, start_response: Start, channel: Any, headers: Any = TEXT
) -> List[bytes]:
    """Write one part, then raise."""
    start_response("200 OK", list(headers))(b"one, ")
    return _fail()


def _fail() -> List[bytes]:
    raise LookupError("the application's own error")


def writes_and_restarts(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Write one part, then give exc_info to start_response and note the type of what that raised."""
    start_response("200 OK", list(TEXT))(b"one, ")
    try:
        _fail()
    except LookupError:
        try:
            start_response("503 Failed", list(TEXT), sys.exc_info())
        except BaseException as error:
            channel.note("raised", type(error).__name__)
            raise
    channel.note("raised", "")
    return [b"two"]
