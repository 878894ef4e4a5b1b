"""WSGI apps that call start_response in all legal and some illegal ways."""

import sys
import weakref
from typing import Any, Callable, Dict, Iterable, Iterator, List

from compliance.guest.apps.wsgi_blocks import TEXT, Blocks, in_turn

Environ = Dict[str, Any]
Start = Callable[..., Any]
FAILED = "503 Failed"


def answers(
    environ: Environ,
    start_response: Start,
    channel: Any,
    status: Any = "200 OK",
    headers: Any = TEXT,
    blocks: Any = (b"hello",),
) -> Any:
    """Call start_response, note the type of what it raised ("" for nothing), and return the blocks."""
    try:
        start_response(status, list(TEXT) if headers is TEXT else headers)
    except Exception as error:
        channel.note("raised", type(error).__name__)
        raise
    channel.note("raised", "")
    return blocks


def tries(
    environ: Environ, start_response: Start, channel: Any, status: Any = "200 OK", headers: Any = TEXT
) -> Any:
    """Call start_response, note the type of what it raised ("" for nothing), and raise."""
    answers(environ, start_response, channel, status, headers)
    raise RuntimeError("no response is to be made of these arguments")


def keeps_headers(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note what is left of the list of headers after start_response."""
    headers = [*TEXT, ("X-A", "a")]
    start_response("200 OK", headers)
    channel.note("headers", headers)
    return [b"hello"]


def returns(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note whether what start_response returned can be called."""
    channel.note("callable", callable(start_response("200 OK", list(TEXT))))
    return [b"hello"]


def gives_none(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Call start_response with None as its third argument."""
    start_response("200 OK", list(TEXT), None)
    return [b"hello"]


def waits(
    environ: Environ, start_response: Start, channel: Any, before: Any = (), headers: Any = TEXT
) -> Any:
    """Stand at the gate "started" after start_response; yield what is before "data", each behind a gate."""
    start_response("200 OK", list(headers))
    channel.gate("started")
    return Blocks(channel, in_turn(channel, [*before, b"data"]))


def lingers(environ: Environ, start_response: Start, channel: Any, gates: Iterable[str]) -> Any:
    """Stand at each of the gates after start_response; answer "data"."""
    start_response("200 OK", list(TEXT))
    for name in gates:
        channel.gate(name)
    return [b"data"]


def waits_at_the_end(environ: Environ, start_response: Start, channel: Any, headers: Any = TEXT) -> Any:
    """Yield nothing; stand at the gate "started" before the end of the iterable."""
    start_response("200 OK", list(headers))
    return Blocks(channel, _nothing(channel))


def _nothing(channel: Any) -> Iterator[bytes]:
    channel.gate("started")
    yield from ()


def starts_late(
    environ: Environ, start_response: Start, channel: Any, before: Iterable[bytes] = ()
) -> Iterator[bytes]:
    """Call start_response in the first iteration, after yielding what is to come before it."""
    return Blocks(channel, _late(start_response, before))


def _late(start_response: Start, before: Iterable[bytes]) -> Iterator[bytes]:
    yield from before
    start_response("201 Late", [*TEXT, ("X-Late", "yes")])
    yield b"late"


def never_starts(environ: Environ, start_response: Start, channel: Any, blocks: Any = ()) -> Any:
    """Return blocks without having called start_response."""
    return Blocks(channel, blocks)


def changes_its_mind(
    environ: Environ, start_response: Start, channel: Any, before: Any = (), first: Any = TEXT
) -> Any:
    """Begin a response, yield what is to come before the error, and answer the error with exc_info."""
    start_response("200 First", [*first, ("X-First", "yes")])
    return Blocks(channel, _changed(start_response, before))


def _changed(start_response: Start, before: Iterable[bytes]) -> Iterator[bytes]:
    yield from before
    try:
        _fail(LookupError("the application's own error"))
    except LookupError:
        start_response(FAILED, [*TEXT, ("X-Second", "yes")], sys.exc_info())
    yield b"second"


def repairs(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Let start_response refuse a header, and answer that error with exc_info."""
    try:
        start_response("200 First", [("X-First", 5)])
    except Exception:  # noqa: BLE001 - what a server raises is its own choice
        start_response(FAILED, [*TEXT, ("X-Second", "yes")], sys.exc_info())
    return [b"second"]


def too_late(environ: Environ, start_response: Start, channel: Any) -> Any:
    """Yield "first", wait at a gate, then give exc_info to start_response and note what that raised."""
    start_response("200 OK", list(TEXT))
    return Blocks(channel, _too_late(start_response, channel))


def _too_late(start_response: Start, channel: Any) -> Iterator[bytes]:
    yield b"first"
    channel.gate("after 1")
    mine = LookupError("the application's own error")
    try:
        _fail(mine)
    except LookupError:
        try:
            start_response(FAILED, list(TEXT), sys.exc_info())
        except BaseException as error:
            channel.note("raised", type(error).__name__)
            channel.note("same", error is mine and "_fail" in _functions(error))
            raise
    channel.note("raised", "")
    yield b"second"


def _fail(error: Exception) -> None:
    raise error


def _functions(error: BaseException) -> List[str]:
    """The names of the functions in the traceback."""
    names, trace = [], error.__traceback__
    while trace is not None:
        names.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    return names


class _Held:
    """Something in a frame of the traceback."""


def releases(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note whether a frame of the traceback in exc_info is still alive once start_response has returned."""
    seen: List[Any] = []
    _handled(start_response, seen)
    channel.note("alive", seen[0]() is not None)
    return [b"second"]


def _handled(start_response: Start, seen: List[Any]) -> None:
    try:
        _holding(seen)
    except LookupError:
        start_response(FAILED, list(TEXT), sys.exc_info())


def _holding(seen: List[Any]) -> None:
    held = _Held()
    seen.append(weakref.ref(held))
    raise LookupError("the application's own error")


def twice(environ: Environ, start_response: Start, channel: Any, first: Any = TEXT) -> Any:
    """Call start_response twice without exc_info; note the type of what the second call raised."""
    try:
        start_response("200 First", list(first))
    except Exception as error:  # noqa: BLE001 - what a server raises is its own choice
        channel.note("first raised", type(error).__name__)
    return answers(environ, start_response, channel, "200 Second", list(TEXT))
