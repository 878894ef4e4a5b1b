"""ASGI HTTP: what a server does with the start and body messages of a response."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_http_response
from compliance.guest.apps.asgi_http_response import body, start
from compliance.requirements import requirement
from compliance.server import Server

# 412 and 299 were once treated as something else than a plain response with a body.
STATUSES = [200, 201, 299, 404, 412, 418, 500, 503, 599]


@requirement("asgi.http.start.event_accepted")
@pytest.mark.parametrize("status", STATUSES)
def test_the_status_reaches_the_client(server: Server, status: int) -> None:
    """The response has the status and the body that the application gave."""
    exchange = server.call(app=asgi_http_response.says, with_={"messages": [start(status), body(b"content")]})
    assert (exchange.status, exchange.body) == (status, b"content"), exchange.seen(f"{status} with content")


@requirement("asgi.http.body.flush")
def test_a_body_message_reaches_the_client_before_send_returns(server: Server) -> None:
    """Each body message is on the wire before the application continues."""
    with server.open("GET", "/", app=asgi_http_response.two_parts_with_a_gate) as exchange:
        assert exchange.read_body(3) == b"one", exchange.seen("the first part before the gate opens")
        exchange.open_gate("first part read")
        assert exchange.read_body() == b"two", exchange.seen("the second part after the gate")


@requirement("asgi.http.body.event_accepted")
def test_a_thousand_body_messages_arrive_in_order(server: Server) -> None:
    """The client's body is the concatenation of the bodies of all messages."""
    exchange = server.call(app=asgi_http_response.numbered_parts, with_={"count": 1000})
    expected = b"".join(b"%d\n" % number for number in range(1000))
    assert exchange.body == expected, saw(exchange.body, "the numbers from 0 to 999")
    assert exchange.response.complete, exchange.seen("a complete message")


@requirement("asgi.http.body.event_accepted")
@given(parts=st.lists(st.binary(max_size=60), min_size=1, max_size=8), declared=st.booleans())
def test_any_split_of_a_response_arrives_whole(server: Server, parts: list[bytes], declared: bool) -> None:
    """However a body is split into messages, empty ones among them, the client gets the whole of it."""
    length = [(b"content-length", b"%d" % len(b"".join(parts)))][:declared]
    messages = [start(200, length), *(body(part, True) for part in parts[:-1]), body(parts[-1])]
    exchange = server.call(app=asgi_http_response.says, with_={"messages": messages})
    assert exchange.body == b"".join(parts), exchange.seen(repr(b"".join(parts)))
    assert exchange.response.complete, exchange.seen("a complete message")


@requirement("asgi.http.body.body_default")
def test_a_missing_body_key_means_no_bytes(server: Server) -> None:
    """Body messages without the key body add nothing, and the last of them ends the response."""
    nothing: dict[str, Any] = {"type": "http.response.body"}
    messages = [start(), {**nothing, "more_body": True}, body(b"content", True), nothing]
    exchange = server.call(app=asgi_http_response.says, with_={"messages": messages})
    assert exchange.body == b"content", exchange.seen("content")
    assert exchange.response.complete, exchange.seen("a complete message")


@requirement("asgi.http.body.more_body_default")
def test_a_missing_more_body_key_ends_the_response(server: Server) -> None:
    """A body message without the key more_body is the last: the client sees the end at once."""
    messages = [start(), {"type": "http.response.body", "body": b"content"}]
    with server.open(app=asgi_http_response.says_and_stays, with_={"messages": messages}) as exchange:
        assert exchange.body == b"content", exchange.seen("content, while the application is still running")
        assert exchange.response.complete, exchange.seen("a complete message")


@requirement("asgi.http.body.completes")
def test_the_last_body_message_completes_the_response(server: Server) -> None:
    """The client sees the end of the message although the application has not returned."""
    with server.open(
        app=asgi_http_response.says_and_stays, with_={"messages": [start(), body(b"content", False)]}
    ) as exchange:
        assert exchange.body == b"content", exchange.seen("content, while the application is still running")
        assert exchange.response.complete, exchange.seen("a complete message")


@requirement("asgi.http.body.completes")
def test_a_return_value_does_not_spoil_a_complete_response(server: Server) -> None:
    """An application that returns something after its last message has answered all the same."""
    exchange = server.call(app=asgi_http_response.returns_a_value)
    assert (exchange.status, exchange.body) == (200, b"fine"), exchange.seen("200 fine")
    assert exchange.response.complete, exchange.seen("a complete message")


@requirement("asgi.http.body.closed_means_response")
def test_a_connection_outlives_a_complete_response(server: Server) -> None:
    """After a response that does not say close, the next request on the connection is answered."""
    app = asgi_http_response.fine
    first = server.call(app=app)
    assert first.body == b"fine", first.seen("200 fine")
    assert first.response.says_close() or server.call(app=app, connection=first.connection).body == b"fine"


@requirement("asgi.http.start.trailers_flag_type")
@pytest.mark.parametrize("more", [{}, {"trailers": False}], ids=["absent", "false"])
def test_a_response_without_trailers_ends_with_its_body(server: Server, more: dict[str, Any]) -> None:
    """With trailers false or missing, the last body message ends the response."""
    messages = [start(200, [], **more), body(b"content")]
    with server.open(app=asgi_http_response.says_and_stays, with_={"messages": messages}) as exchange:
        assert exchange.body == b"content", exchange.seen("content, while the application is still running")
        assert exchange.response.complete, exchange.seen("a complete message")


@requirement("asgi.http.start.not_flushed_early")
def test_when_the_head_is_sent(server: Server, observe: Observe) -> None:
    """The head may wait for the first body message: which of both happens is recorded."""
    messages = {"before": [start()], "after": [body(b"content")]}
    with server.open(app=asgi_http_response.says_with_a_gate, with_=messages) as exchange:
        exchange.wait_gate("go on")
        server.fence(asgi_http_response.fine)
        observe({"head sent with the start message": bool(exchange.connection.poll())})
        exchange.open_gate("go on")
        assert exchange.body == b"content", exchange.seen("content")


@requirement("asgi.core.send.awaitable")
def test_send_gives_an_awaitable(server: Server) -> None:
    """Calling send with one message gives something that can be awaited."""
    exchange = server.call("OPTIONS", app=asgi_http_response.asks_what_send_gives)
    assert exchange.values("awaitable") == [True, True], exchange.seen("two awaitables")
