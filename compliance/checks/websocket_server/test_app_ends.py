"""ASGI WebSocket: an application that ends, by return or by an error, ends its socket, and no other."""

import pytest

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.guest.apps.asgi_websocket import accept, text
from compliance.guest.apps.asgi_websocket_sending import says_and_leaves, stays
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire.websocket import TEXT, Frame

ENDS = pytest.mark.parametrize("error", ["", "on purpose"], ids=["returns", "raises"])


def left(server: Server, error: str) -> WebSocketExchange:
    """An accepted connection whose application then ends: it returns, or raises an error with this text."""
    options = {"messages": [accept(), text("last words")], "error": error}
    exchange = server.websocket("/", app=stays, with_=options).accepted()
    exchange.wait_gate("leave")
    exchange.open_gate("leave")
    return exchange


@requirement("asgi.ws.app.return_after_accept")
def test_a_return_ends_the_connection(server: Server) -> None:
    """If the application returns without closing, the client sees the connection end."""
    with left(server, "") as exchange:
        exchange.ending()
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "the end of the connection")


@requirement("asgi.ws.app.raise_after_accept", definite=True)
def test_an_error_ends_the_connection(server: Server) -> None:
    """If the application raises after accept, the client sees the connection end."""
    with left(server, "on purpose") as exchange:
        exchange.ending()
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "the end of the connection")


@requirement("asgi.ws.app.return_after_accept")
def test_the_code_of_a_return(server: Server, observe: Observe) -> None:
    """With which code the connection of an application that returns ends is recorded, if with any."""
    with left(server, "") as exchange:
        frame = exchange.ending()
        observe(frame.code if frame else None)


@requirement("asgi.ws.app.raise_after_accept")
def test_the_code_of_an_error(server: Server, observe: Observe) -> None:
    """With which code the connection of an application that raises ends is recorded, if with any."""
    with left(server, "on purpose") as exchange:
        frame = exchange.ending()
        observe(frame.code if frame else None)


@requirement("asgi.ws.protocol.app_dies_socket_closes")
@ENDS
def test_an_end_within_a_message_of_the_client_ends_the_connection(server: Server, error: str) -> None:
    """An application that ends while the client is in the middle of a message ends the connection as well."""
    options = {"messages": [accept()], "error": error}
    with server.websocket("/", app=stays, with_=options).accepted() as exchange:
        exchange.send_frame(Frame(TEXT, b"unfinished", final=False))
        exchange.open_gate("leave")
        exchange.ending()
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "the end of the connection")


@requirement("asgi.core.send.completes")
@ENDS
def test_what_was_sent_before_the_end_arrives(server: Server, error: str) -> None:
    """A message that send has taken reaches the client, though the application ends right after."""
    with server.websocket("/", app=says_and_leaves, with_={"error": error}).accepted() as exchange:
        frame = exchange.receive()
    assert (frame.opcode, frame.payload) == (TEXT, b"last words"), saw(frame, "the message 'last words'")


@requirement("asgi.core.error.app_exception_isolated")
def test_an_error_ends_no_other_connection(server: Server) -> None:
    """While the application raises in one connection, another one goes on."""
    with server.websocket("/", app=asgi_websocket.echoes).accepted() as other:
        with left(server, "on purpose") as exchange:
            exchange.ending()
            exchange.wait_end()
        other.send_text("still here")
        frame = other.receive()
    assert frame.payload == b"still here", saw(frame, "the echo on the other connection")


@requirement("asgi.core.error.app_exception_isolated", definite=True)
def test_an_error_is_noticed_after_one_at_the_accept_of_another(server: Server) -> None:
    """When an application has failed after it accepted a subprotocol that nobody offered, others count."""
    wrong = {"accepts": {"subprotocol": "never offered"}, "error": "on purpose"}
    server.websocket("/", app=says_and_leaves, with_=wrong).wait_end()
    with left(server, "on purpose") as exchange:
        exchange.ending()
