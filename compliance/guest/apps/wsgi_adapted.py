"""The WSGI application that is put behind an adapter alone: what it sees it tells in its response.

An adapter need not carry a context into its threads, so there is no channel here. The header X-App names
the function that answers, X-With its arguments, as JSON.
"""

import asyncio
import json
from typing import Any, Callable, Dict, Iterable, List

from compliance.guest.tagged import encode

Environ = Dict[str, Any]
Start = Callable[..., Any]
_PLAIN = (str, int, tuple, type(None))


def wsgi(environ: Environ, start_response: Start) -> Iterable[bytes]:
    """Answer as the function does that the request names."""
    app: Callable[..., Iterable[bytes]] = globals()[environ.get("HTTP_X_APP", "echoes")]
    return app(environ, start_response, **json.loads(environ.get("HTTP_X_WITH", "{}")))


def echoes(environ: Environ, start_response: Start) -> List[bytes]:
    """Answer with the body."""
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return [environ["wsgi.input"].read()]


def tells(environ: Environ, start_response: Start) -> List[bytes]:
    """Answer with what environ holds of plain values."""
    start_response("200 OK", [("Content-Type", "application/json")])
    return [encode({key: value for key, value in environ.items() if isinstance(value, _PLAIN)})]


def complains(environ: Environ, start_response: Start) -> List[bytes]:
    """Write to wsgi.errors, and answer."""
    environ["wsgi.errors"].write("a complaint\n")
    environ["wsgi.errors"].flush()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"complained"]


def stands(environ: Environ, start_response: Start) -> List[bytes]:
    """Answer whether it runs on an event loop."""
    try:
        asyncio.get_running_loop()
        where = b"on the event loop"
    except RuntimeError:
        where = b"off the event loop"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [where]


def responds(
    environ: Environ,
    start_response: Start,
    status: str = "200 OK",
    headers: Iterable[Iterable[str]] = (),
    blocks: Iterable[str] = ("x",),
) -> List[bytes]:
    """Answer with this status, these headers and these blocks."""
    start_response(status, [(name, value) for name, value in headers])
    return [block.encode() for block in blocks]
