"""ASGI requests with a body: sent in pieces, and the events that come of them."""

import contextlib
from collections.abc import Sequence
from typing import Any

from compliance.exchange import App, Exchange
from compliance.expect import saw
from compliance.guest.apps import asgi_http_request, default
from compliance.server import Server

Event = dict[str, Any]
_FENCES = 50
_AT_REST = 5  # fences
_AT_ONCE = 1 << 18  # bytes


def post(exchange: Exchange, rest: bytes) -> None:
    """Send a POST request: the rest is what follows the Host field."""
    exchange.send(b"POST / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field + rest)


def uploaded(server: Server, pieces: Sequence[bytes]) -> list[Event]:
    """The events of a request whose framing and body come in pieces, each after the one before was read.

    The first piece comes in one write with what is before it: whether two are read at once would be chance.
    """
    first, *others = pieces
    with server.prepare(asgi_http_request.contents, method="POST") as exchange:
        post(exchange, first)
        for piece in others:
            server.fence(default.http)
            exchange.send(piece)
        return exchange.finish().values("event")


def is_called(server: Server, exchange: Exchange) -> bool:
    """Whether the application has been called for the exchange when many others have come and gone."""
    return any(server.fence(default.http) and server.calls(exchange) for _ in range(_FENCES))


def taken(server: Server, exchange: Exchange, pieces: Sequence[bytes], app: App) -> int:
    """How many of the pieces go into a connection until, for five fences in a row, no more do.

    `app` answers the fences. All of them is what a server takes that reads on whatever its application does.
    """
    left, still = memoryview(b"".join(pieces)), 0
    while left and still < _AT_REST:
        server.fence(app)
        gone = _push(exchange, left)
        left, still = left[gone:], 0 if gone else still + 1
    return len(pieces) - -(-len(left) // len(pieces[0]))


def _push(exchange: Exchange, data: memoryview) -> int:
    """Send as many bytes as the connection takes without waiting; none once it has ended."""
    gone = 0
    exchange.connection.socket.setblocking(False)
    with contextlib.suppress(OSError):
        while gone < len(data):
            gone += exchange.connection.socket.send(data[gone : gone + _AT_ONCE])
    return gone


def let_read(server: Server, exchange: Exchange) -> None:
    """Open the gate before which the application does not read, if it has been called by now."""
    if is_called(server, exchange):
        exchange.open_gate("read")


def split(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    """The data in pieces of these sizes, and the rest."""
    ends = [sum(sizes[:count]) for count in range(1, len(sizes) + 1)]
    return [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]


def flags(events: Sequence[Event]) -> list[Any]:
    """Whether each event says that more is to come."""
    return [event.get("more_body", False) for event in events]


def assert_complete(events: Sequence[Event], body: bytes) -> None:
    """Fail unless the events are http.request, give the body, and only the last of them ends it."""
    types = {event.get("type") for event in events}
    whole = b"".join(event.get("body", b"") for event in events)
    assert types == {"http.request"}, saw(types, "http.request events only")  # noqa: S101 - a judgement
    assert whole == body, saw(whole, repr(body))  # noqa: S101
    ends = flags(events)
    assert ends == [True] * (len(ends) - 1) + [False], saw(ends, "False once, at the end")  # noqa: S101
