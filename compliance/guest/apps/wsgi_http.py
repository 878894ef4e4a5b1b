"""WSGI apps that a check of HTTP itself runs; `asgi_http` has the same ones."""

from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

Environ = Dict[str, Any]
Start = Callable[..., Any]

TEXT = ("Content-Type", "text/plain")
LARGE = b"." * (1 << 16)
_MOST = 1 << 28  # octets of a body that are kept, more than any check sends


def _note_request(environ: Environ, channel: Any) -> None:
    channel.note("environ", {key: environ[key] for key in environ if isinstance(environ[key], str)})


def _content(environ: Environ) -> bytes:
    """The whole body: as long as Content-Length says, or where it is chunked, to the end of the stream."""
    length = environ.get("CONTENT_LENGTH")
    if length:
        return bytes(environ["wsgi.input"].read(int(length)))
    last = environ.get("HTTP_TRANSFER_ENCODING", "").rpartition(",")[2].strip().lower()
    ends = last == "chunked" or environ.get("wsgi.input_terminated")
    return _to_the_end(environ["wsgi.input"]) if ends else b""


def _to_the_end(stream: Any) -> bytes:
    """What a stream gives up to its end, or the beginning of it: a server may give without an end."""
    blocks, size = [], 0
    for block in iter(lambda: bytes(stream.read(1 << 16)), b""):
        size += len(block)
        if size <= _MOST:
            blocks.append(block)
    return b"".join(blocks)


def _answer(environ: Environ, start_response: Start, body: bytes) -> List[bytes]:
    content = b"" if environ["REQUEST_METHOD"] == "HEAD" else body
    start_response("200 OK", [TEXT, ("Content-Length", str(len(content)))])
    return [content]


def reads(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note the request, and the body once it was read to its end: "body", or what was raised: "cut"."""
    _note_request(environ, channel)
    try:
        channel.note("body", _content(environ))
    except Exception as error:
        channel.note("cut", repr(error))
        raise
    return _answer(environ, start_response, b"read")


def answers(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Read the body, and answer; note nothing of a request that may be large."""
    _content(environ)
    return _answer(environ, start_response, b"answered")


def ignores(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Note the request, and answer without a look at the body."""
    _note_request(environ, channel)
    return _answer(environ, start_response, b"ignored")


def stays(environ: Environ, start_response: Start, channel: Any) -> Iterator[bytes]:
    """Answer without a look at the body, and keep hold of it up to the gate "answered"."""
    start_response("200 OK", [TEXT, ("Content-Length", str(len(LARGE)))])
    return _staying(environ, channel)


def _staying(environ: Environ, channel: Any) -> Iterator[bytes]:
    yield LARGE
    channel.gate("answered")


def litters(environ: Environ, start_response: Start, channel: Any) -> List[bytes]:
    """Make many small objects of each size, so that whoever has spoilt the memory stumbles; and answer."""
    del [bytes(size) for size in range(16, 512, 8) for _ in range(60)][:]
    return _answer(environ, start_response, b"littered")


def responds(
    environ: Environ,
    start_response: Start,
    channel: Any,
    status: int = 200,
    headers: Optional[List[Tuple[bytes, bytes]]] = None,
    parts: Tuple[bytes, ...] = (b"content",),
) -> List[bytes]:
    """Answer with this status, exactly these headers, and content in these parts."""
    _note_request(environ, channel)
    given = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers or []]
    start_response("{} Phrase".format(status), given)
    return list(parts)
