"""ASGI HTTP, Request: what receive() gives of a request's body, however it comes."""

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_http_request as guest
from compliance.guest.apps import default
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Connection, chunked

Event = dict[str, Any]
End = Callable[[Connection], None]
FENCES = 50

PARTS = st.lists(st.binary(min_size=1, max_size=200), max_size=5)
NO_BODY = {
    "no framing": b"\r\n",
    "length 0": b"Content-Length: 0\r\n\r\n",
    "chunked": b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}
LARGE = {
    "length": b"Content-Length: %d\r\n\r\n" % (1 << 20) + bytes(1 << 20),
    "chunked": b"Transfer-Encoding: chunked\r\n\r\n" + chunked([bytes(1 << 16)] * 16),
}
# What a client has sent when it goes away in the middle of the body.
CUT_SHORT = {
    "before the body": b"Content-Length: 100\r\n\r\n",
    "length": b"Content-Length: 100\r\n\r\nfirst part",
    "between chunks": b"Transfer-Encoding: chunked\r\n\r\na\r\nfirst part\r\n",
    "within a chunk": b"Transfer-Encoding: chunked\r\n\r\n64\r\nfirst part",
    "before the last line": b"Transfer-Encoding: chunked\r\n\r\na\r\nfirst part\r\n0\r\n",
}


def post(exchange: Exchange, rest: bytes) -> None:
    """Send a POST request: the rest is what follows the Host field."""
    exchange.send(b"POST / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field + rest)


def uploaded(server: Server, pieces: Sequence[bytes]) -> list[Event]:
    """The events of a request whose framing and body come in pieces, each after the one before was read."""
    with server.prepare(guest.events, method="POST") as exchange:
        post(exchange, b"")
        for piece in pieces:
            exchange.send(piece)
            server.fence(default.http)
        return exchange.finish().values("event")


def whole(events: Sequence[Event]) -> bytes:
    """The bodies of the events, one after the other."""
    return b"".join(event.get("body", b"") for event in events)


def flags(events: Sequence[Event]) -> list[Any]:
    """Whether each event says that more is to come."""
    return [event.get("more_body", False) for event in events]


def assert_complete(events: Sequence[Event], body: bytes) -> None:
    """Fail unless the events are http.request, give the body, and only the last of them ends it."""
    types = {event.get("type") for event in events}
    assert types == {"http.request"}, saw(types, "http.request events only")
    assert whole(events) == body, saw(whole(events), repr(body))
    assert flags(events) == [True] * (len(events) - 1) + [False], saw(flags(events), "False once, at the end")


def is_called(server: Server, exchange: Exchange) -> bool:
    """Whether the application has been called for the exchange when many others have come and gone."""
    return any(server.fence(default.http) and server.calls(exchange) for _ in range(FENCES))


def after_cut(server: Server, exchange: Exchange) -> list[Event]:
    """The events of a request that was broken off, [] if the application was never called for it."""
    return exchange.values("event") if is_called(server, exchange) else []


def let_read(server: Server, exchange: Exchange) -> None:
    """Open the gate before which the application does not read, if it has been called by now."""
    if is_called(server, exchange):
        exchange.open_gate("read")


def split(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    """The data in pieces of these sizes, and the rest."""
    ends = [sum(sizes[:count]) for count in range(1, len(sizes) + 1)]
    return [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]


@requirement("asgi.http.request.event_type")
def test_the_first_event_is_http_request(server: Server) -> None:
    """The first call of receive() gives an http.request event."""
    first = server.call("PATCH", "/", app=guest.events, body=b"body").values("event")[0]
    assert first.get("type") == "http.request", saw(first, "http.request")


@requirement("asgi.http.request.sent_without_body")
@pytest.mark.parametrize("framing", NO_BODY)
def test_a_request_without_a_body_gives_one_empty_event(server: Server, framing: str) -> None:
    """Where there is no body, one http.request event says so: empty, and nothing more to come."""
    events = uploaded(server, [NO_BODY[framing]])
    assert events[-1].get("type") == "http.request", saw(events, "http.request events only")
    assert_complete(events, b"")


@requirement("asgi.http.request.body_type")
@pytest.mark.parametrize("body", [b"", b"\x00\xff\r\n"])
def test_the_body_of_an_event_is_bytes(server: Server, body: bytes) -> None:
    """body is bytes, also where it is empty."""
    events = server.call("POST", "/", app=guest.events, body=body).values("event")
    types = {type(event.get("body", b"")) for event in events}
    assert types == {bytes}, saw(events, "bytes as body")


@requirement("asgi.http.request.more_body_type")
@pytest.mark.parametrize("body", [b"", b"body"])
def test_more_body_is_a_bool(server: Server, body: bytes) -> None:
    """more_body is a bool, or absent."""
    events = server.call("POST", "/", app=guest.events, body=body).values("event")
    assert {type(flag) for flag in flags(events)} == {bool}, saw(events, "a bool as more_body")


@requirement("asgi.http.request.body_concat")
@pytest.mark.parametrize("size", [1, 1 << 16, (1 << 20) + 1, 10 << 20])
def test_a_body_of_any_size_arrives_whole(server: Server, size: int) -> None:
    """The bodies of all events together are the body that was sent, byte for byte."""
    body = (b"0123456789abcde\n" * (size // 16 + 1))[:size]
    found = server.call("POST", "/", app=guest.digest, body=body).value("body")
    assert found == [size, hashlib.sha256(body).hexdigest()], saw(found, f"{size} bytes as they were sent")


@requirement("asgi.http.request.body_concat")
@given(parts=PARTS)
def test_a_body_in_any_split_arrives_whole(server: Server, parts: list[bytes]) -> None:
    """However a body of known length is split on the way, the events together are the body, with one end."""
    body = b"".join(parts)
    assert_complete(uploaded(server, [b"Content-Length: %d\r\n\r\n" % len(body), *parts]), body)


@requirement("asgi.http.request.body_concat")
def test_a_body_that_comes_byte_by_byte_arrives_whole(server: Server) -> None:
    """A request whose bytes all come one by one is the same request."""
    request = b"Content-Length: 11\r\n\r\nbyte by\r\n\r\n"
    assert_complete(uploaded(server, split(request, [1] * (len(request) - 1))), b"byte by\r\n\r\n")


@requirement("asgi.http.request.body_concat")
@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "PATCH", "PUT"])
def test_a_body_arrives_whatever_the_method(server: Server, method: str) -> None:
    """Not the method but the framing says whether a request has a body."""
    events = server.call(method, "/", app=guest.events, body=b"content").values("event")
    assert_complete(events, b"content")


@requirement("asgi.http.request.body_concat")
def test_a_body_arrives_in_spite_of_an_upgrade_that_is_not_taken(server: Server) -> None:
    """A client that offers another protocol, which the server need not know, has sent a body all the same."""
    offer = [("Connection", "Upgrade"), ("Upgrade", "compliance/1")]
    events = server.call("POST", "/", app=guest.events, headers=offer, body=b"content").values("event")
    assert_complete(events, b"content")


@requirement("asgi.http.request.body_concat")
def test_a_body_that_waits_for_the_application_arrives_whole(server: Server) -> None:
    """Of 8 MiB, much is on its way when the application begins to read, and nothing of it is lost."""
    body = bytes(range(256)) * (1 << 15)
    with server.prepare(guest.late_digest, method="POST") as exchange:
        post(exchange, b"Content-Length: %d\r\n\r\n" % len(body) + body[: 1 << 18])
        let_read(server, exchange)
        exchange.send(body[1 << 18 :])
        exchange.open_gate("read")
        found = exchange.finish().value("body")
    assert found == [len(body), hashlib.sha256(body).hexdigest()], saw(
        found, f"{len(body)} bytes as they were sent"
    )


@requirement("asgi.http.request.body_concat")
def test_a_body_ends_where_the_next_request_begins(server: Server) -> None:
    """The bytes of a pipelined request are no part of the body before it."""
    exchange = server.prepare(guest.events, method="POST")
    following = server.prepare(default.http, connection=exchange.connection)
    post(
        exchange,
        b"Content-Length: 5\r\n\r\nfirstGET /next HTTP/1.1\r\nHost: x\r\n" + following.field + b"\r\n",
    )
    assert_complete(exchange.finish().values("event"), b"first")
    assert following.finish().status == 200, following.seen("200 to the request after the body")


@requirement("asgi.http.request.more_body_final")
@pytest.mark.parametrize("coding", LARGE)
def test_only_the_last_event_of_a_large_body_says_that_it_is_the_last(server: Server, coding: str) -> None:
    """more_body is true in every event of a body of 1 MiB but the last."""
    with server.prepare(guest.digest, method="POST") as exchange:
        post(exchange, LARGE[coding])
        exchange.finish()
        length, found = exchange.value("body")[0], exchange.value("flags")
    assert length == 1 << 20, saw(length, "1 MiB before the event that says that it is the last")
    assert found in ([["http.request", False]], [["http.request", True], ["http.request", False]]), saw(
        found, "True in all http.request events but the last"
    )


@requirement("asgi.http.request.single_completion")
@pytest.mark.parametrize("framing", NO_BODY)
def test_no_http_request_follows_the_last_one(server: Server, framing: str) -> None:
    """After the event that ends the body, receive() gives no further http.request."""
    with server.prepare(guest.asks_again, method="POST") as exchange:
        post(exchange, NO_BODY[framing])
        exchange.wait("complete")
        server.fence(default.http)
        exchange.connection.close()
        later = exchange.value("later")
    assert later.get("type") != "http.request", saw(later, "anything but http.request")


@requirement("asgi.core.receive.waits")
@pytest.mark.parametrize("body", [None, b"body"])
def test_receive_waits_while_nothing_happens(server: Server, body: bytes | None) -> None:
    """After the body receive() gives nothing until the client closes, and then the disconnect."""
    with server.open("POST", "/", app=guest.asks_again, body=body) as exchange:
        exchange.wait("complete")
        server.fence(default.http)
        closed = time.monotonic()
        exchange.connection.close()
        event = exchange.wait("later")
    assert event.at >= closed, saw(event.value, "nothing from receive() before the client closed")
    assert event.value.get("type") == "http.disconnect", saw(event.value, "http.disconnect")


@requirement("asgi.core.receive.awaitable")
def test_receive_gives_an_awaitable(server: Server) -> None:
    """receive() takes no arguments, and what it returns can be awaited for an event."""
    exchange = server.call("GET", "/await", app=guest.awaits_by_hand)
    found = [exchange.value("awaitable"), exchange.value("event").get("type")]
    assert found == [True, "http.request"], saw(found, "an awaitable that gives http.request")


@requirement("asgi.http.request.started_before_body_complete")
@pytest.mark.parametrize("sent", ["before the body", "between chunks"])
def test_the_application_is_called_before_the_body_is_complete(server: Server, sent: str) -> None:
    """The call begins with the request, while the client still holds back the body or a part of it."""
    with server.prepare(guest.late_digest, method="POST") as exchange:
        post(exchange, CUT_SHORT[sent])
        assert is_called(server, exchange), exchange.seen("a call before the body is complete")


@requirement("asgi.http.request.streamed")
@pytest.mark.parametrize("sent", ["length", "between chunks"])
def test_a_part_of_the_body_arrives_before_the_rest_is_sent(
    server: Server, observe: Observe, sent: str
) -> None:
    """What has come of the body reaches the application while the client holds back the rest."""
    with server.prepare(guest.events, method="POST") as exchange:
        post(exchange, CUT_SHORT[sent])
        first = exchange.value("event") if is_called(server, exchange) else None
    observe(first)
    assert first == {"type": "http.request", "body": b"first part", "more_body": True}, saw(
        first, "the first part, and more to come"
    )


@requirement("asgi.http.te.inbound_dechunk")
@given(parts=PARTS, sizes=st.lists(st.integers(1, 40), max_size=5))
def test_a_chunked_body_in_any_split_arrives_whole(
    server: Server, parts: list[bytes], sizes: list[int]
) -> None:
    """Whatever the chunks, and however their bytes are split on the way, the events are the plain body."""
    pieces = split(b"Transfer-Encoding: chunked\r\n\r\n" + chunked(parts), [32, *sizes])
    assert_complete(uploaded(server, pieces), b"".join(parts))


@requirement("asgi.http.te.inbound_dechunk")
@pytest.mark.parametrize("size", [b"A", b"a", b"000a", b"00000000000A"])
def test_a_chunk_size_in_any_spelling_is_understood(server: Server, size: bytes) -> None:
    """Hexadecimal digits of either case and leading zeros give the size of a chunk."""
    events = uploaded(
        server, [b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\n0123456789\r\n000\r\n\r\n"]
    )
    assert_complete(events, b"0123456789")


@requirement("asgi.http.request.chunk_contents_only")
def test_chunk_extensions_are_no_part_of_the_body(server: Server) -> None:
    """What stands behind the size of a chunk is not given to the application."""
    body = b'4;name=value\r\nWiki\r\n5;a;b="c;d"\r\npedia\r\n0;last\r\n\r\n'
    assert_complete(uploaded(server, [b"Transfer-Encoding: chunked\r\n\r\n", body]), b"Wikipedia")


@requirement("asgi.http.request.chunk_contents_only")
def test_trailers_are_no_part_of_the_body(server: Server) -> None:
    """Fields that follow the last chunk are not given to the application as a part of the body."""
    body = chunked([b"Wiki", b"pedia"], [(b"X-Sum", b"1"), (b"X-More", b"2")])
    assert_complete(uploaded(server, [b"Transfer-Encoding: chunked\r\n\r\n", body]), b"Wikipedia")


@requirement("asgi.http.request.chunk_contents_only")
def test_what_looks_like_chunks_inside_a_chunk_is_content(server: Server) -> None:
    """A chunk's content may hold line ends, and what would be sizes elsewhere."""
    parts = [b"0\r\n\r\n", b"\r\n", b"5\r\nhello\r\n", b"\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"]
    assert_complete(
        uploaded(server, [b"Transfer-Encoding: chunked\r\n\r\n" + chunked(parts)]), b"".join(parts)
    )


@requirement("asgi.http.request.truncated_body")
@pytest.mark.parametrize("sent", CUT_SHORT)
def test_a_body_that_breaks_off_never_ends(server: Server, sent: str) -> None:
    """When the client closes in the middle of the body, no event says that the body is complete."""
    with server.prepare(guest.events, method="POST") as exchange:
        post(exchange, CUT_SHORT[sent])
        server.fence(default.http)
        exchange.connection.close()
        events = after_cut(server, exchange)
    requests = [event for event in events if event.get("type") == "http.request"]
    assert all(flags(requests)), saw(events, "more_body true in every http.request")


@requirement("asgi.http.request.truncated_body")
@pytest.mark.parametrize("end", [Connection.close, Connection.abort], ids=["close", "reset"])
@pytest.mark.parametrize("sent", CUT_SHORT)
def test_a_body_that_breaks_off_ends_in_a_disconnect(server: Server, sent: str, end: End) -> None:
    """When the client closes in the middle of the body, the application gets http.disconnect."""
    with server.prepare(guest.events, method="POST") as exchange:
        post(exchange, CUT_SHORT[sent])
        server.fence(default.http)
        end(exchange.connection)
        last = [event.get("type") for event in after_cut(server, exchange)][-1:]
    assert last in (["http.disconnect"], []), saw(
        last, "http.disconnect at last, if the application was called"
    )
