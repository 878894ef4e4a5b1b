"""WSGI apps that read wsgi.input in every way there is."""

import hashlib
from typing import Any, Callable, Dict, Iterable, Iterator, List

from compliance.guest.apps.wsgi_blocks import Blocks
from compliance.guest.apps.wsgi_environ import answer

Environ = Dict[str, Any]
Start = Callable[..., Any]


def _call(stream: Any, name: str, arguments: Iterable[Any]) -> Any:
    """Read once; what is raised becomes its text, which equals no bytes."""
    try:
        if name == "iterate":
            return list(stream)
        if name == "next":
            return next(iter(stream), b"")
        return getattr(stream, name)(*arguments)
    except Exception as error:  # noqa: BLE001 - the host judges what came of it
        return "{}: {}".format(type(error).__name__, error)


def reads(environ: Environ, start_response: Start, channel: Any, calls: Any) -> List[bytes]:
    """Make these calls, each a name and its arguments, and note what each gave under "got"."""
    for name, *arguments in calls:
        channel.note("got", _call(environ["wsgi.input"], name, arguments))
    return answer(start_response)


def reads_within(
    environ: Environ, start_response: Start, channel: Any, calls: Any, length: int
) -> List[bytes]:
    """Make these calls but never ask for more than the rest of the body, and read what they left."""
    left = length
    for name, *arguments in [*calls, *[("read", length)] * length]:
        if left <= 0:
            break
        got = _call(environ["wsgi.input"], name, [min(size, left) for size in arguments])
        channel.note("got", got)
        if not isinstance(got, bytes) or not got:
            break
        left -= len(got)
    return answer(start_response)


def digests(environ: Environ, start_response: Start, channel: Any, length: int) -> List[bytes]:
    """Read the body in blocks of 64 KiB; note how many bytes came and their SHA-256."""
    count, digest = 0, hashlib.sha256()
    while count < length:
        data = environ["wsgi.input"].read(min(65536, length - count))
        if not data:
            break
        count += len(data)
        digest.update(data)
    channel.note("length", count)
    channel.note("digest", digest.hexdigest())
    return answer(start_response)


def does_not_read(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Answer without touching the body; note the path that was asked for."""
    channel.note("path", environ.get("PATH_INFO"))
    return answer(start_response)


def reads_late(environ: Environ, start_response: Start, channel: Any, length: int) -> Blocks:
    """Give a part of the response first, and read the body then."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return Blocks(channel, _first_and_body(environ["wsgi.input"], length))


def _first_and_body(stream: Any, length: int) -> Iterator[bytes]:
    yield b"first "
    yield stream.read(length)


def closes(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Close the stream, which no application may do, if it has a close method."""
    close = getattr(environ["wsgi.input"], "close", None)
    channel.note("has close", close is not None)
    if close is not None:
        close()
    return answer(start_response)
