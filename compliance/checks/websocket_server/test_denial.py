"""ASGI extension websocket.http.response: denying a handshake with a response of the application's own."""

import contextlib
from typing import Any

import pytest

from compliance.attempt import FOLLOWING
from compliance.claims import offers, present
from compliance.expect import Closed, Observe, built_in, saw
from compliance.guest.apps import asgi_websocket
from compliance.guest.apps.asgi_websocket import accept, text
from compliance.guest.apps.asgi_websocket_asking import asks_after_answer
from compliance.guest.apps.asgi_websocket_sending import stays, tries, tries_late
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire.pace import wait_read
from compliance.wire.websocket import TEXT

EXTENSION = "websocket.http.response"


def start(status: int = 401, *headers: tuple[bytes, bytes], **more: Any) -> dict[str, Any]:
    """A websocket.http.response.start message."""
    pairs = [list(pair) for pair in headers]
    return {"type": f"{EXTENSION}.start", "status": status, "headers": pairs, **more}


def body(data: bytes = b"", **more: Any) -> dict[str, Any]:
    """A websocket.http.response.body message."""
    return {"type": f"{EXTENSION}.body", "body": data, **more}


def answered(server: Server, *messages: dict[str, Any], app: Any = stays, **more: Any) -> WebSocketExchange:
    """A handshake that the application answers with these messages; NotApplicable without the extension."""
    exchange = server.websocket("/", app=app, with_={"messages": messages, **more})
    offers(exchange.value("scope"), EXTENSION)
    return exchange


def denied(server: Server, *messages: dict[str, Any]) -> WebSocketExchange:
    """A handshake that the application answers with these messages before it returns."""
    exchange = answered(server, *messages)
    exchange.open_gate("leave")
    return exchange


@requirement("asgi.ext.denial.advertised")
def test_the_extension_is_announced_with_a_dict(server: Server) -> None:
    """A server with the extension lists it in the scope with a dict, which may be empty."""
    with answered(server) as exchange:
        found = exchange.value("scope")["extensions"][EXTENSION]
    assert built_in(found) == "dict", saw(found, "a dict")


@requirement("asgi.ext.denial.start_after_connect")
def test_the_denial_has_the_applications_status_and_headers(server: Server) -> None:
    """The client gets the status and the headers of websocket.http.response.start."""
    head = start(401, (b"www-authenticate", b"Basic"), (b"x-a", b"1"))
    with denied(server, head, body(b"no")) as exchange:
        response = exchange.response
    found = (response.status, response.all("www-authenticate"), response.all("x-a"))
    assert found == (401, [b"Basic"], [b"1"]), saw(found, "401 with the application's headers")


@requirement("asgi.ext.denial.start_after_connect")
def test_the_denial_may_repeat_a_header(server: Server) -> None:
    """Two headers of one name in a denial are two headers of the response, as two cookies are."""
    head = start(401, (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"))
    with denied(server, head, body(b"no")) as exchange:
        values = exchange.response.all("set-cookie")
    assert values == [b"a=1", b"b=2"], saw(values, "both cookies, in order")


@requirement("asgi.ext.denial.body")
def test_the_denial_has_the_applications_body(server: Server) -> None:
    """The parts of the body reach the client as one content."""
    with denied(server, start(), body(b"go ", more_body=True), body(b"away")) as exchange:
        response = exchange.outcome()
    found = (response.body, response.complete) if response else None
    assert found == (b"go away", True), saw(found, "b'go away', complete")


@requirement("asgi.ext.denial.body")
def test_a_denial_may_declare_its_length(server: Server) -> None:
    """Where the application gives content-length, the client gets it once and the content with it."""
    with denied(server, start(403, (b"content-length", b"7")), body(b"go away")) as exchange:
        response = exchange.outcome()
    found = (response.all("content-length"), response.body) if response else None
    assert found == ([b"7"], b"go away"), saw(found, "Content-Length: 7 and b'go away'")


@requirement("asgi.ext.denial.event_structure")
def test_the_keys_of_a_denial_have_defaults(server: Server) -> None:
    """Without headers there are none, without body it is empty, without more_body it is the last."""
    messages = ({"type": f"{EXTENSION}.start", "status": 404}, {"type": f"{EXTENSION}.body"})
    with denied(server, *messages) as exchange:
        response = exchange.outcome()
    found = (response.status, response.body, response.complete) if response else None
    assert found == (404, b"", True), saw(found, "404 without content, complete")


@requirement("asgi.ext.denial.close_after")
def test_the_connection_ends_after_a_denial(server: Server) -> None:
    """After the denial the server closes the connection."""
    with denied(server, start(), body(b"no")) as exchange:
        exchange.outcome()
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "nothing after the response")


@requirement("asgi.ext.denial.close_after")
def test_a_request_behind_a_denial_ends_no_server(server: Server) -> None:
    """The server goes on when a client that is being denied goes on to ask."""
    more = body(b"behind", more_body=True)
    with answered(server, body(), app=tries_late, first=[start(), more]) as exchange:
        parts = []
        with contextlib.suppress(AssertionError):
            exchange.wait_gate("try")
            parts.append(more)
        present(parts, "the denial cannot have parts")
        exchange.send(FOLLOWING)
        wait_read(exchange.connection.socket)
        with contextlib.suppress(Closed):
            exchange.open_gate("try")
    after = server.call()
    assert after.status == 200, after.seen("200")


@requirement("asgi.ext.denial.no_upgrade")
def test_a_denial_does_not_complete_the_handshake(server: Server) -> None:
    """A denial of status 200 is no 101, and has no Sec-WebSocket-Accept."""
    with denied(server, start(200), body(b"no")) as exchange:
        response = exchange.response
    found = (response.status, response.all("Sec-WebSocket-Accept"))
    assert found == (200, []), saw(found, "200 without Sec-WebSocket-Accept")


@requirement("asgi.ext.denial.no_ws_messages_after")
def test_accept_after_the_start_of_a_denial_has_no_effect(server: Server) -> None:
    """accept after websocket.http.response.start switches nothing."""
    with answered(server, start(), accept(), body(b"no"), app=tries) as exchange:
        response = exchange.outcome()
    assert response is None or response.status != 101, exchange.seen("anything but 101")


@requirement("asgi.ext.denial.no_ws_messages_after")
def test_a_message_after_a_denial_has_no_effect(server: Server) -> None:
    """websocket.send after a denial writes nothing."""
    late = text("late")
    with answered(server, late, app=tries_late, first=[start(), body(b"no")]) as exchange:
        exchange.open_gate("try")
        exchange.wait("tried")
        exchange.outcome()
    received = exchange.connection.everything()
    assert b"late" not in received, saw(received, "no message")


@requirement("asgi.ext.denial.after_accept_invalid")
def test_a_denial_after_accept_raises(server: Server) -> None:
    """websocket.http.response.start after accept is refused by send."""
    with answered(server, accept(), start(), app=tries) as exchange:
        raised = exchange.value("tried")
    assert raised[0] is None and raised[1], saw(raised, "an exception for the denial only")  # noqa: PT018


@requirement("asgi.ext.denial.after_accept_invalid", definite=True)
def test_a_denial_after_accept_leaves_no_trace_on_the_wire(server: Server) -> None:
    """After a denial that came too late the next message of the application is the next frame."""
    with answered(server, accept(), start(), body(b"no"), text("after"), app=tries) as exchange:
        frame = exchange.accepted().receive()
    assert (frame.opcode, frame.payload) == (TEXT, b"after"), saw(frame, "the text 'after'")


@requirement("asgi.ext.denial.disconnect_after")
def test_what_receive_gives_after_a_denial_response(server: Server, observe: Observe) -> None:
    """Whether receive gives websocket.disconnect after a denial response, with which code, is recorded."""
    with answered(server, start(), body(b"no"), app=asks_after_answer) as exchange:
        exchange.wait_gate("asked")
        server.fence(asgi_websocket.answers_http)
        exchange.open_gate("asked")
        observe(exchange.value("meanwhile"))


@requirement("asgi.ext.denial.incomplete")
def test_a_denial_without_an_end_does_not_hang(server: Server) -> None:
    """If the application returns after the start of a denial, the client's wait has an end."""
    with denied(server, start()) as exchange:
        response = exchange.outcome()
    assert response is None or response.status != 101, exchange.seen("a response, or an end")


@requirement("asgi.core.ext.unadvertised_event_rejected")
def test_a_denial_without_the_extension_raises(server: Server) -> None:
    """A server that does not announce the extension refuses its messages; one that does takes them."""
    with server.websocket("/", app=tries, with_={"messages": [start(), body(b"no")]}) as exchange:
        announced = EXTENSION in (exchange.value("scope").get("extensions") or {})
        raised = exchange.value("tried")
    assert bool(raised[0]) is not announced, saw((announced, raised), "an exception unless announced")


DISORDER = {
    "a body before the start": [body(b"early")],
    "a second start": [start(), start(402)],
    "a start within the body": [start(), body(b"n", more_body=True), start(402)],
}
WRONG_TYPES = {
    "a status that is a str": [start("401")],  # type: ignore[arg-type]
    "a header that is a str": [{**start(), "headers": [["x-a", "1"]]}],
    "a body that is a str": [start(), body("no")],  # type: ignore[arg-type]
    "no status": [{"type": f"{EXTENSION}.start", "headers": []}],
}


@requirement("asgi.core.error.send_out_of_order")
@pytest.mark.parametrize("messages", DISORDER.values(), ids=DISORDER.keys())
def test_a_denial_out_of_order_raises(server: Server, messages: list[dict[str, Any]]) -> None:
    """A message of a denial that cannot come at its point is refused by send."""
    with answered(server, *messages, app=tries) as exchange:
        raised = exchange.value("tried")
    assert raised[-1], saw(raised, "an exception for the last message")


@requirement("asgi.core.error.send_wrong_types")
@pytest.mark.parametrize("messages", WRONG_TYPES.values(), ids=WRONG_TYPES.keys())
def test_a_denial_with_a_wrong_type_raises(server: Server, messages: list[dict[str, Any]]) -> None:
    """A message of a denial that has values of wrong types, or none, is refused by send."""
    with answered(server, *messages, app=tries) as exchange:
        raised = exchange.value("tried")
    assert raised[-1], saw(raised, "an exception for the last message")
