"""ASGI WebSocket: handshakes that the application closes, or leaves without an answer."""

import pytest

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.guest.apps.asgi_websocket import accept, close, text
from compliance.guest.apps.asgi_websocket_asking import asks_after_answer, listens_after_answer
from compliance.guest.apps.asgi_websocket_sending import stays, tries_late
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange

ENDS = pytest.mark.parametrize("error", ["", "on purpose"], ids=["returns", "raises"])


def denied(server: Server, *messages: object) -> WebSocketExchange:
    """A handshake that the application closes before it returns."""
    exchange = server.websocket("/", app=stays, with_={"messages": messages or [close()]})
    exchange.open_gate("leave")
    return exchange


def abandoned(server: Server, error: str) -> WebSocketExchange:
    """A handshake whose application ends without an answer: it returns, or raises an error with this text."""
    exchange = server.websocket("/", app=stays, with_={"messages": [], "error": error})
    exchange.open_gate("leave")
    return exchange


@requirement("asgi.ws.connect.denied_403")
def test_a_denied_client_gets_403(server: Server) -> None:
    """Where the application answers websocket.connect with websocket.close, the client gets 403."""
    with denied(server) as exchange:
        assert exchange.status == 403, exchange.seen("403 Forbidden")


@requirement("asgi.ws.close.before_accept_403")
def test_the_403_does_not_wait_for_the_application_to_return(server: Server) -> None:
    """A denied client has its 403 while the application stays in its call."""
    with server.websocket("/", app=stays, with_={"messages": [close()]}) as exchange:
        assert exchange.status == 403, exchange.seen("403 Forbidden")


@requirement("asgi.ws.close.before_accept_403", definite=True)
def test_a_client_is_denied_by_an_application_that_listens_on(server: Server) -> None:
    """A denied client has its 403 although the application returns at websocket.disconnect only."""
    with server.websocket("/", app=listens_after_answer, with_={"messages": [close()]}) as exchange:
        assert exchange.status == 403, exchange.seen("403 Forbidden")


@requirement("asgi.ws.close.before_accept_403")
def test_a_denied_client_is_disconnected(server: Server) -> None:
    """The 403 is a complete response, after which the connection ends or could carry another request."""
    with denied(server) as exchange:
        response = exchange.outcome()
    assert response is not None and response.complete, exchange.seen("a complete response")  # noqa: PT018


@requirement("asgi.ws.close.before_accept_no_handshake")
def test_a_denied_handshake_is_not_completed(server: Server) -> None:
    """The answer to a denied handshake has no Sec-WebSocket-Accept."""
    with denied(server) as exchange:
        values = exchange.response.all("Sec-WebSocket-Accept")
    assert values == [], saw(values, "no Sec-WebSocket-Accept")


@requirement("asgi.ws.close.before_accept_no_handshake", definite=True)
def test_a_denied_client_gets_no_frames(server: Server) -> None:
    """What a denied client gets is an HTTP response, and no bytes beyond it."""
    with denied(server) as exchange:
        exchange.outcome()
        server.fence(asgi_websocket.answers_http)
        extra = exchange.connection.arrived()
    assert extra == b"", saw(extra, "no bytes after the response")


@requirement("asgi.ws.close.before_accept_code_unused")
@pytest.mark.parametrize("more", [{"code": 4001}, {"code": 1000, "reason": "no"}, {"reason": None}], ids=str)
def test_code_and_reason_do_not_matter_before_accept(server: Server, more: dict[str, object]) -> None:
    """Whatever code and reason the application gives, a denied client gets 403."""
    with denied(server, close(**more)) as exchange:
        assert exchange.status == 403, exchange.seen("403 Forbidden")


@requirement("asgi.ws.close.after_close_noop")
def test_accept_after_a_denial_changes_nothing(server: Server) -> None:
    """accept after the handshake was closed does nothing, or raises an OSError."""
    options = {"first": [close()], "messages": [accept()]}
    with server.websocket("/", app=tries_late, with_=options) as exchange:
        exchange.wait_gate("try")
        server.fence(asgi_websocket.answers_http)
        exchange.open_gate("try")
        raised = exchange.value("tried")
    assert raised[0] is None or "OSError" in raised[0], saw(raised, "an OSError, or nothing")


@requirement("rfc6455.data.open_state_only")
def test_a_message_after_a_denial_is_not_sent(server: Server) -> None:
    """websocket.send after the handshake was closed writes nothing."""
    options = {"first": [close()], "messages": [text("late")]}
    with server.websocket("/", app=tries_late, with_=options) as exchange:
        exchange.open_gate("try")
        exchange.wait("tried")
        exchange.outcome()
    received = exchange.connection.everything()
    assert b"late" not in received, saw(received, "no message")


@requirement("asgi.ws.disconnect.after_denial")
def test_what_receive_gives_after_a_denial(server: Server, observe: Observe) -> None:
    """Whether receive gives websocket.disconnect after a denial, and with which code, is recorded."""
    with server.websocket("/", app=asks_after_answer, with_={"messages": [close()]}) as exchange:
        exchange.wait_gate("asked")
        server.fence(asgi_websocket.answers_http)
        exchange.open_gate("asked")
        observe(exchange.value("meanwhile"))


@requirement("asgi.ws.app.no_accept_return", definite=True)
@ENDS
def test_a_handshake_without_an_answer_does_not_hang(server: Server, error: str) -> None:
    """If the application ends without an answer, the client gets an error response, or just an end."""
    with abandoned(server, error) as exchange:
        response = exchange.outcome()
    assert response is None or response.status >= 400, exchange.seen("an error response, or an end")


@requirement("asgi.ws.app.no_accept_return")
@ENDS
def test_a_handshake_without_an_answer_gets_an_error_response(
    server: Server, error: str, observe: Observe
) -> None:
    """What the client gets if the application ends without an answer is recorded."""
    with abandoned(server, error) as exchange:
        response = exchange.outcome()
        observe(response.status if response else "closed without a response")
