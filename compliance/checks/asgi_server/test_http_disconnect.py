"""ASGI HTTP: what an application is told when its client leaves, and when it is not."""

from collections.abc import Callable
from typing import Any

import pytest

from compliance.claims import present
from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_http_disconnect, asgi_http_response
from compliance.guest.apps.asgi_http_response import body, start
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Connection

Leave = Callable[[Connection], None]
PART = [start(), body(b"part", True)]
WHOLE = [start(200, [(b"content-length", b"5")]), body(b"whole")]
leaving = pytest.mark.parametrize("leave", [Connection.close, Connection.abort], ids=["FIN", "RST"])
BODIES = [b"Content-Length: 100\r\n\r\npartial", b"Transfer-Encoding: chunked\r\n\r\n7\r\npartial\r\n"]


def waiting(server: Server, before: list[dict[str, Any]], times: int = 1) -> Exchange:
    """An exchange whose application has sent these messages and is about to wait in receive."""
    exchange = server.open(app=asgi_http_disconnect.waits, with_={"before": before, "times": times})
    exchange.wait("waiting")
    return exchange


def kind(message: Any) -> Any:
    """The type of a message that the guest noted; the message itself if it has none."""
    plain = getattr(message, "value", message)  # of a subclass of dict, which is judged elsewhere
    return plain.get("type", plain) if isinstance(plain, dict) else plain


@requirement("asgi.http.disconnect.event_type")
def test_the_disconnect_message_is_a_dict_of_its_type(server: Server) -> None:
    """What receive gives then is a dict with the type http.disconnect."""
    exchange = waiting(server, [])
    exchange.connection.close()
    message = exchange.value("received")
    assert isinstance(message, dict), saw(message, "a dict")
    assert message.get("type") == "http.disconnect", saw(message, "the type http.disconnect")


@requirement("asgi.http.disconnect.after_client_close")
@leaving
def test_a_pending_receive_gives_the_disconnect(server: Server, leave: Leave) -> None:
    """An application that waits in receive after the request learns that its client has left."""
    exchange = waiting(server, [])
    leave(exchange.connection)
    assert kind(exchange.value("received")) == "http.disconnect", exchange.seen("http.disconnect")


@requirement("asgi.http.disconnect.after_client_close")
@leaving
def test_a_later_receive_gives_the_disconnect(server: Server, leave: Leave) -> None:
    """An application that calls receive only after its client has left learns it all the same."""
    exchange = server.open(app=asgi_http_disconnect.asks_late)
    exchange.wait_gate("left")
    leave(exchange.connection)
    server.fence(asgi_http_response.fine)
    exchange.open_gate("left")
    assert kind(exchange.value("received")) == "http.disconnect", exchange.seen("http.disconnect")


@requirement("asgi.http.disconnect.during_long_poll")
@leaving
def test_the_disconnect_is_given_in_the_middle_of_a_response(server: Server, leave: Leave) -> None:
    """An application that has sent a part of its response learns that its client has left."""
    exchange = waiting(server, PART)
    assert exchange.read_body(4) == b"part", exchange.seen("the first part")
    leave(exchange.connection)
    assert kind(exchange.value("received")) == "http.disconnect", exchange.seen("http.disconnect")


@requirement("asgi.http.disconnect.after_client_close")
@leaving
@pytest.mark.parametrize("rest", BODIES, ids=["length", "chunked"])
def test_a_request_that_breaks_off_is_never_whole(server: Server, leave: Leave, rest: bytes) -> None:
    """If the client leaves in the middle of its body, an application that was called gets the disconnect."""
    exchange = server.prepare(asgi_http_disconnect.reads)
    exchange.send(b"POST / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field + rest)
    server.fence(asgi_http_response.fine)
    leave(exchange.connection)
    server.fence(asgi_http_response.fine)
    present(server.has_called(exchange), "the application is not called before the body has come")
    received = exchange.values("received")
    assert kind(received[-1]) == "http.disconnect", saw(received, "http.disconnect as the last message")


@requirement("asgi.http.disconnect.after_client_close")
def test_many_clients_that_leave_at_once_are_all_reported(server: Server) -> None:
    """Thirty clients that leave at the same moment give thirty disconnects, and the server goes on."""
    exchanges = [waiting(server, PART) for _ in range(30)]
    for exchange in exchanges:
        exchange.connection.abort()
    received = [kind(exchange.value("received")) for exchange in exchanges]
    assert received == ["http.disconnect"] * 30, saw(received, "http.disconnect thirty times")
    assert server.fence(asgi_http_response.fine).body == b"fine"


@requirement("asgi.http.disconnect.not_early")
@pytest.mark.parametrize("before", [[], PART], ids=["before the response", "in the middle of it"])
def test_no_disconnect_while_the_client_stays(server: Server, before: list[dict[str, Any]]) -> None:
    """As long as the client waits, receive waits too."""
    exchange = waiting(server, before)
    server.fence(asgi_http_response.fine)
    server.fence(asgi_http_response.fine)
    assert exchange.so_far("received") == [], saw(
        exchange.so_far("received"), "no message, the client is here"
    )
    exchange.connection.close()
    assert kind(exchange.value("received")) == "http.disconnect", exchange.seen("http.disconnect")


@requirement("asgi.http.disconnect.after_response", definite=True)
def test_after_the_response_receive_gives_only_the_disconnect(server: Server, observe: Observe) -> None:
    """Then receive gives http.disconnect: whether at once, or when the client leaves, is recorded."""
    exchange = waiting(server, WHOLE)
    assert exchange.body == b"whole", exchange.seen("the whole response")
    server.fence(asgi_http_response.fine)
    at_once = exchange.so_far("received")
    exchange.connection.close()
    assert kind(exchange.value("received")) == "http.disconnect", exchange.seen("http.disconnect")
    observe("at once" if at_once else "when the client leaves")


@requirement("asgi.http.disconnect.repeated")
def test_how_often_receive_gives_the_disconnect(server: Server, observe: Observe) -> None:
    """Further calls of receive give http.disconnect again: how many of three did is recorded."""
    exchange = waiting(server, PART, 3)
    exchange.connection.close()
    exchange.wait("received")
    server.fence(asgi_http_response.fine)
    server.fence(asgi_http_response.fine)
    received = [kind(message) for message in exchange.so_far("received")]
    assert received == ["http.disconnect"] * len(received), saw(received, "http.disconnect each time")
    observe(len(received))


@requirement("asgi.http.disconnect.half_close", definite=True)
def test_a_client_that_only_stops_sending_is_not_left_waiting(server: Server, observe: Observe) -> None:
    """After a half-close the client gets its response, or the end of the connection: which is recorded."""
    with server.open(app=asgi_http_disconnect.answers_at_a_gate) as exchange:
        exchange.wait_gate("answer")
        exchange.connection.half_close()
        server.fence(asgi_http_response.fine)
        exchange.open_gate("answer")
        response = exchange.outcome()
        observe("the response" if response and response.body == b"answer" else "the end of the connection")


@requirement("asgi.http.disconnect.half_close")
def test_whether_a_half_close_is_reported_as_disconnect(server: Server, observe: Observe) -> None:
    """Whether receive gives http.disconnect when the client only stops sending is recorded."""
    with waiting(server, []) as exchange:
        exchange.connection.half_close()
        server.fence(asgi_http_response.fine)
        server.fence(asgi_http_response.fine)
        observe([kind(message) for message in exchange.so_far("received")])
