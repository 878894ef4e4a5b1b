"""ASGI requests with a body: sent in pieces, and the events that come of them."""

from collections.abc import Sequence
from typing import Any

from compliance.exchange import Exchange
from compliance.expect import saw
from compliance.guest.apps import asgi_http_request, default
from compliance.server import Server

Event = dict[str, Any]
_FENCES = 50


def post(exchange: Exchange, rest: bytes) -> None:
    """Send a POST request: the rest is what follows the Host field."""
    exchange.send(b"POST / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field + rest)


def uploaded(server: Server, pieces: Sequence[bytes]) -> list[Event]:
    """The events of a request whose framing and body come in pieces, each after the one before was read."""
    with server.prepare(asgi_http_request.contents, method="POST") as exchange:
        post(exchange, b"")
        for piece in pieces:
            exchange.send(piece)
            server.fence(default.http)
        return exchange.finish().values("event")


def is_called(server: Server, exchange: Exchange) -> bool:
    """Whether the application has been called for the exchange when many others have come and gone."""
    return any(server.fence(default.http) and server.calls(exchange) for _ in range(_FENCES))


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
