"""ASGI HTTP, Request: the events that receive() gives, and when."""

import time
from collections.abc import Callable

import pytest

from compliance.claims import present
from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_http_request as guest
from compliance.guest.apps import default
from compliance.requirements import requirement
from compliance.server import Server
from compliance.upload import Event, assert_complete, flags, is_called, post, taken, uploaded
from compliance.wire.http import Connection, chunked

End = Callable[[Connection], None]

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


def after_cut(server: Server, exchange: Exchange) -> list[Event]:
    """The events of a request that was broken off; NotApplicable if the application was not called for it."""
    present(is_called(server, exchange), "the application is not called before the body has come")
    return exchange.values("event")


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


@requirement("asgi.core.receive.awaitable")
def test_a_call_that_waits_is_no_garbage(server: Server) -> None:
    """What waits in receive() gets the event that comes, although garbage was collected meanwhile.

    An event loop refers to a task only while it is ready to run: a server that keeps no reference loses it.
    """
    with server.prepare(guest.contents, method="POST") as exchange:
        post(exchange, b"Content-Length: 3\r\n\r\n")
        present(is_called(server, exchange), "the application is not called before the body has come")
        server.fence(guest.collects)
        exchange.send(b"abc")
        exchange.finish()
        assert_complete(exchange.values("event"), b"abc")


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
    assert last == ["http.disconnect"], saw(last, "http.disconnect at last")


@requirement("asgi.http.request.streamed")
def test_whether_a_body_waits_for_an_application_that_does_not_read(server: Server, observe: Observe) -> None:
    """Whether all of 32 MiB goes into the server before the application reads any of it is recorded."""
    blocks = [bytes(1 << 20)] * 32
    with server.prepare(guest.late_digest, method="POST") as exchange:
        post(exchange, b"Content-Length: %d\r\n\r\n" % (32 << 20))
        observe({"waits": taken(server, exchange, blocks, default.http) < len(blocks)})
