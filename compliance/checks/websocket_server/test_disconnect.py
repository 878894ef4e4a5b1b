"""ASGI WebSocket, Disconnect: what the application learns when a connection ends, and after that."""

from collections.abc import Callable
from typing import Any

import pytest

from compliance.claims import since
from compliance.expect import Observe, built_in, saw
from compliance.guest.apps import asgi_websocket
from compliance.guest.apps.asgi_websocket import accept, close, text
from compliance.guest.apps.asgi_websocket_asking import asks_after_disconnect
from compliance.guest.apps.asgi_websocket_sending import (
    keeps_sending_to_nobody,
    says,
    tries_late,
    tries_when_gone,
)
from compliance.listener import connected, heard
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire.websocket import CLOSE, TEXT, Frame

MESSAGES = [str(number) for number in range(10)]


def closes(exchange: WebSocketExchange) -> None:
    """The client closes as RFC 6455 wants it."""
    exchange.send_close(1000, "bye")


def closes_without_code(exchange: WebSocketExchange) -> None:
    """The client sends an empty Close frame."""
    exchange.send_close(None)


def ends(exchange: WebSocketExchange) -> None:
    """The client ends the connection (FIN) without a Close frame."""
    exchange.connection.close()


def resets(exchange: WebSocketExchange) -> None:
    """The client resets the connection (RST)."""
    exchange.connection.abort()


WAYS = pytest.mark.parametrize("way", [closes, closes_without_code, ends, resets])


def closed_by_application(server: Server, **more: object) -> WebSocketExchange:
    """A connection that the application has closed, and the client too."""
    exchange = server.websocket("/", app=says, with_={"messages": [accept(), close(**more)]})
    exchange.accepted().ending()
    return exchange


def code_of(event: dict[str, Any]) -> Any:
    """The code of websocket.disconnect, as a plain int also where it is a member of an IntEnum."""
    code = event.get("code")
    return getattr(code, "value", code)


@requirement("asgi.ws.disconnect.event")
@WAYS
def test_the_end_of_a_connection_is_an_event(
    server: Server, way: Callable[[WebSocketExchange], None]
) -> None:
    """However a client leaves, receive gives websocket.disconnect."""
    with connected(server) as exchange:
        way(exchange)
        event = exchange.value("disconnected")
    assert event.get("type") == "websocket.disconnect", saw(event, "websocket.disconnect")


@requirement("asgi.ws.disconnect.code_present")
@WAYS
def test_a_disconnect_always_has_a_code(server: Server, way: Callable[[WebSocketExchange], None]) -> None:
    """However a client leaves, websocket.disconnect has an int as code."""
    with connected(server) as exchange:
        way(exchange)
        event = exchange.value("disconnected")
    assert built_in(event.get("code")) == "int", saw(event, "an int as code")


@requirement("asgi.ws.disconnect.code_from_client")
@pytest.mark.parametrize("code", [1000, 1001, 1003, 1008, 1011, 3000, 4999])
def test_the_code_is_the_clients(server: Server, code: int) -> None:
    """code is the code of the client's Close frame."""
    with connected(server) as exchange:
        exchange.send_close(code, "bye")
        event = exchange.value("disconnected")
    assert code_of(event) == code, saw(event, f"code {code}")


@requirement("asgi.ws.disconnect.code_1005")
def test_the_code_of_a_close_without_code_is_1005(server: Server) -> None:
    """code is 1005 where the client's Close frame is empty."""
    with connected(server) as exchange:
        exchange.send_close(None)
        event = exchange.value("disconnected")
    assert code_of(event) == 1005, saw(event, "code 1005")


@requirement("asgi.ws.disconnect.code_1006")
@pytest.mark.parametrize("way", [ends, resets])
def test_the_code_of_a_lost_connection(
    server: Server, way: Callable[[WebSocketExchange], None], observe: Observe
) -> None:
    """Which code stands for a connection that ended without a Close frame is recorded; RFC 6455 says 1006."""
    with connected(server) as exchange:
        way(exchange)
        observe(code_of(exchange.value("disconnected")))


@requirement("asgi.ws.disconnect.reason")
@pytest.mark.parametrize("reason", ["bye", "auf Wiederh\u00f6ren \U0001f44b"], ids=ascii)
def test_the_reason_is_the_clients(server: Server, reason: str) -> None:
    """reason is the text of the client's Close frame, from spec_version 2.5 on."""
    with connected(server) as exchange:
        since(exchange.value("scope"), "2.5")
        exchange.send_close(1000, reason)
        event = exchange.value("disconnected")
    assert event.get("reason") == reason, saw(event, f"the reason {reason!r}")


@requirement("asgi.ws.disconnect.reason")
@pytest.mark.parametrize("code", [1000, None])
def test_a_disconnect_without_reason_has_none(server: Server, code: int | None) -> None:
    """Where the client's Close frame has no reason, reason is empty, None or missing, in every version."""
    with connected(server) as exchange:
        exchange.send_close(code)
        event = exchange.value("disconnected")
    assert event.get("reason") in (None, ""), saw(event, "no reason")


@requirement("asgi.ws.protocol.socket_dies_app_ends")
def test_a_connection_lost_inside_a_message_is_reported(server: Server) -> None:
    """A connection that breaks off within a fragmented message gives websocket.disconnect, and no message."""
    with connected(server) as exchange:
        exchange.send_frame(Frame(TEXT, b"unfinished", final=False))
        exchange.connection.close()
        texts, event = heard(exchange), exchange.value("disconnected")
    assert not texts, saw(texts, "no message")
    assert event.get("type") == "websocket.disconnect", saw(event, "websocket.disconnect")


@requirement("asgi.ws.disconnect.after_server_close", definite=True)
def test_the_applications_own_close_is_followed_by_a_disconnect(server: Server) -> None:
    """After the application has closed, receive gives websocket.disconnect: it neither hangs nor raises."""
    with closed_by_application(server) as exchange:
        event = exchange.value("disconnected")
    assert event.get("type") == "websocket.disconnect", saw(event, "websocket.disconnect")


@requirement("asgi.ws.disconnect.after_server_close")
def test_the_code_after_the_applications_own_close(server: Server, observe: Observe) -> None:
    """Which code websocket.disconnect has after the application itself closed with 4000 is recorded."""
    with closed_by_application(server, code=4000) as exchange:
        observe(code_of(exchange.value("disconnected")))


@requirement("asgi.ws.disconnect.pending_messages")
def test_messages_before_the_clients_close_are_delivered(server: Server) -> None:
    """What the client sent before it closed reaches an application that comes to it later."""
    frames = [Frame(TEXT, message.encode()) for message in MESSAGES]
    with server.websocket("/", app=asgi_websocket.listens_late).accepted() as exchange:
        exchange.send_frame(*frames, Frame(CLOSE, b"\x03\xe8"))
        exchange.wait_gate("listen")
        server.fence(asgi_websocket.answers_http)
        exchange.open_gate("listen")
        texts = heard(exchange)
    assert texts == MESSAGES, saw(texts, repr(MESSAGES))


@requirement("asgi.ws.disconnect.pending_messages")
def test_messages_before_a_lost_connection_are_delivered(server: Server) -> None:
    """What the client sent before it ended the connection reaches an application that comes to it later."""
    with server.websocket("/", app=asgi_websocket.listens_late).accepted() as exchange:
        exchange.send_frame(*[Frame(TEXT, message.encode()) for message in MESSAGES])
        exchange.connection.close()
        exchange.wait_gate("listen")
        server.fence(asgi_websocket.answers_http)
        exchange.open_gate("listen")
        texts = heard(exchange)
    assert texts == MESSAGES, saw(texts, repr(MESSAGES))


@requirement("rfc6455.close.later_data_discarded")
def test_what_follows_the_clients_close_is_no_message(server: Server) -> None:
    """Data that a client sends after its Close frame does not reach the application."""
    with connected(server) as exchange:
        exchange.send_frame(Frame(TEXT, b"a"), Frame(CLOSE, b"\x03\xe8"), Frame(TEXT, b"late"))
        texts = heard(exchange)
    assert "late" not in texts, saw(texts, "no message after the Close frame")


@requirement("asgi.ws.disconnect.repeat_receive")
def test_what_receive_gives_after_a_disconnect(server: Server, observe: Observe) -> None:
    """What receive does after websocket.disconnect is recorded: an event, an exception, or None: it waits."""
    with server.websocket("/", app=asks_after_disconnect).accepted() as exchange:
        exchange.send_close()
        exchange.wait_gate("asked")
        server.fence(asgi_websocket.answers_http)
        exchange.open_gate("asked")
        observe(exchange.value("meanwhile"))


@requirement("asgi.ws.sendexc.oserror")
@WAYS
def test_what_send_raises_after_a_disconnect(
    server: Server, way: Callable[[WebSocketExchange], None], observe: Observe
) -> None:
    """What websocket.send raises after websocket.disconnect is recorded: an OSError, since 2.4."""
    options = {"first": [accept()], "messages": [text("late")]}
    with server.websocket("/", app=tries_when_gone, with_=options).accepted() as exchange:
        way(exchange)
        observe(exchange.value("tried"))


@requirement("asgi.ws.sendexc.not_other")
@WAYS
def test_send_after_a_disconnect_raises_nothing_unrelated(
    server: Server, way: Callable[[WebSocketExchange], None]
) -> None:
    """websocket.send after websocket.disconnect does nothing, or raises an OSError."""
    options = {"first": [accept()], "messages": [text("late"), text("later")]}
    with server.websocket("/", app=tries_when_gone, with_=options).accepted() as exchange:
        way(exchange)
        raised = exchange.value("tried")
    assert all(kinds is None or "OSError" in kinds for kinds in raised), saw(raised, "an OSError, or nothing")


@requirement("asgi.ws.sendexc.not_other")
def test_close_after_a_disconnect_raises_nothing_unrelated(server: Server) -> None:
    """websocket.close after websocket.disconnect does nothing, or raises an OSError."""
    options = {"first": [accept()], "messages": [close()]}
    with server.websocket("/", app=tries_when_gone, with_=options).accepted() as exchange:
        exchange.send_close()
        raised = exchange.value("tried")
    assert raised[0] is None or "OSError" in raised[0], saw(raised, "an OSError, or nothing")


@requirement("asgi.ws.sendexc.race")
def test_what_send_raises_before_the_disconnect_is_received(server: Server, observe: Observe) -> None:
    """What websocket.send raises where the client has gone, but receive was not called, is recorded."""
    options = {"first": [accept()], "messages": [text("late")] * 3}
    with server.websocket("/", app=tries_late, with_=options).accepted() as exchange:
        exchange.connection.abort()
        exchange.wait_gate("try")
        server.fence(asgi_websocket.answers_http)
        exchange.open_gate("try")
        observe(exchange.value("tried"))


@requirement("asgi.ws.sendexc.caught")
@WAYS
def test_the_server_survives_its_own_exception(
    server: Server, way: Callable[[WebSocketExchange], None]
) -> None:
    """An application that does not mind what send raises ends, and the server serves on."""
    with server.websocket("/", app=keeps_sending_to_nobody).accepted() as exchange:
        way(exchange)
        exchange.wait_end()
    status = server.fence(asgi_websocket.answers_http).status
    assert status == 200, saw(status, "200 for the next request")


@requirement("asgi.ws.sendexc.not_logged")
def test_the_servers_own_exception_is_not_logged(server: Server) -> None:
    """What send raises because the client has gone, and the application lets pass, is not logged."""
    with server.websocket("/", app=keeps_sending_to_nobody).accepted() as exchange:
        exchange.send_close()
        exchange.wait_end()
    server.fence(asgi_websocket.answers_http)
    traces = [line for line in server.log(200).splitlines() if "keeps_sending_to_nobody" in line]
    assert not traces, saw(traces[-2:], "no traceback through the application in the log")
